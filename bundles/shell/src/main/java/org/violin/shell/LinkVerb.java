// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.violin.api.cluster.HostInfo;
import org.violin.api.cluster.Members;
import org.violin.api.control.Report;
import org.violin.api.control.Specs;
import org.violin.api.control.ViolinView.EntityView;
import org.violin.api.control.ViolinView;
import org.violin.api.control.Violins;
import org.violin.api.dataplane.DataPlaneView;
import org.violin.api.dataplane.PortStatus;
import org.violin.api.guest.GuestException;
import org.violin.api.model.ConditionText;
import org.violin.api.model.Conditions;
import org.violin.api.model.Endpoint;
import org.violin.api.model.LinkSpec;
import org.violin.api.model.Refused;
import org.violin.api.model.ViolinSpec;
import org.violin.shell.link.RemoteHosts;

/** {@code violin:link}. */
@Service
@Command(scope = "violin", name = "link", description = "Shows and changes what a vLink does to frames, while it runs", detailedDescription = """
        show (also without a word): settings, state and counters of each direction.
        set WORD=VALUE ...: delay, jitter, loss, rate, ... as in the violin file;
        'none' takes one away. down, up: with the carrier; cut: silently. reset: a
        plain cable. No frame on its way is lost by a change, but by down and cut.
        Stays until the next apply of a file, which says anew what holds.
        Examples:
          violin:link figure2 vRouter1 vRouter2
          violin:link figure2 vRouter1 vRouter2 set delay=20ms loss=1% rate=10M
          violin:link figure2 vRouter1 vRouter2 set --from vRouter1 loss=none
          violin:link figure2 vRouter1 vRouter2 down
        """)
public final class LinkVerb extends Query {
    @Argument(index = 0, name = "violin", description = "Name of the violin", required = true)
    @Completion(ViolinNames.class)
    String violin;

    @Argument(index = 1, name = "a", description = "Node or vSwitch at one end, or NODE:PORT", required = true)
    @Completion(NodeNames.class)
    String a;

    @Argument(index = 2, name = "b", description = "The one at the other end", required = true)
    @Completion(NodeNames.class)
    String b;

    @Argument(index = 3, name = "what", description = "show, set WORD=VALUE..., down, up, cut or reset", multiValued = true)
    @Completion(value = StringsCompleter.class, values = {"show", "set", "down", "up", "cut", "reset"})
    List<String> what = List.of("show");

    @Option(name = "--from", description = "Only the direction that begins at this node", valueToShowInHelp = "")
    @Completion(NodeNames.class)
    String from;

    @Reference(optional = true)
    Specs specs;

    @Reference(optional = true)
    Violins violins;

    @Reference(optional = true)
    DataPlaneView dataPlane;

    @Reference(optional = true)
    Members members;

    @Reference(optional = true)
    RemoteHosts remotes;

    /** One direction, for people and programs. */
    record Direction(String link, String from, String host, Map<String, String> settings, boolean carrier, Map<String, Long> counters,
            Map<String, Long> drops) {}

    @Override
    int run(Streams io) throws WrongUse, GuestException, Refused, IOException, InterruptedException {
        boolean json = json();
        ViolinSpec spec = need(specs, "org.violin.control").spec(violin)
                .orElseThrow(() -> new GuestException(violin + ": there is no violin of that name; see: violin list"));
        List<LinkSpec> links = links(spec);
        String word = what.get(0);
        List<String> words = what.subList(1, what.size());
        if (from != null && links.stream().noneMatch(l -> at(l.a(), from) || at(l.b(), from))) throw new WrongUse("--from '" + from + "': " + a + " or " + b);
        if (word.equals("show")) return show(io, json, spec, links);
        Map<String, String> changes = changes(word, words);
        check(changed(spec, links, changes, word.equals("reset")), links, io);
        Report report = specs.change(violin, s -> changed(s, links, changes, word.equals("reset")), io.err()::println);
        if (json) io.out().println(Json.pretty(report));
        else io.out().println(report.steps().isEmpty() ? "nothing to do" : report.steps().stream()
                .map(s -> s.verb() + " " + s.kind() + " " + s.entity() + " on " + s.host()).collect(Collectors.joining("\n")));
        report.failures().forEach(io.err()::println);
        return report.failures().isEmpty() ? DONE : FAILED;
    }

    /** By word, canonical; {@link ConditionText#NONE}: taken away. */
    private static Map<String, String> changes(String word, List<String> words) throws WrongUse {
        if (!word.equals("set")) {
            if (!List.of("down", "up", "cut", "reset").contains(word)) throw new WrongUse("'" + word + "': show, set, down, up, cut or reset");
            if (!words.isEmpty()) throw new WrongUse("'" + word + " " + String.join(" ", words) + "': " + word + " takes no values");
            return word.equals("reset") ? Map.of() : Map.of(Conditions.STATE, word);
        }
        if (words.isEmpty()) throw new WrongUse("set WORD=VALUE ..., such as: set delay=20ms loss=1%");
        Map<String, String> given = new LinkedHashMap<>();
        List<String> wrong = new ArrayList<>();
        for (String pair : words) {
            int at = pair.indexOf('=');
            String key = at < 1 ? pair : pair.substring(0, at);
            if (at < 1) wrong.add("'" + pair + "': WORD=VALUE");
            else given.put(key, pair.substring(at + 1));
        }
        if (wrong.isEmpty() && given.containsKey(Conditions.STATE)) wrong.add("state: say down, up or cut");
        try {
            if (wrong.isEmpty()) return ConditionText.parse(given);
        } catch (IllegalArgumentException e) {
            wrong.add(e.getMessage());
        }
        throw new WrongUse(String.join("\n", wrong));
    }

    private List<LinkSpec> links(ViolinSpec spec) throws GuestException {
        List<LinkSpec> links = spec.links().stream().filter(l -> at(l.a(), a) && at(l.b(), b) || at(l.a(), b) && at(l.b(), a)).toList();
        if (!links.isEmpty()) return links;
        for (String end : List.of(a, b)) {
            if (spec.links().stream().noneMatch(l -> at(l.a(), end) || at(l.b(), end))) {
                throw new GuestException(violin + "/" + end + ": there is no such node, or no vLink leads there; see: violin show " + violin);
            }
        }
        String others = spec.links().stream().filter(l -> at(l.a(), a) || at(l.b(), a)).map(l -> (at(l.a(), a) ? l.b() : l.a()).node()).distinct().sorted()
                .limit(20).collect(Collectors.joining(", "));
        throw new GuestException(violin + ": no vLink joins " + a + " and " + b + "; from " + a + " they lead to " + others);
    }

    private static boolean at(Endpoint end, String word) {
        return end.node().equals(word) || end.toString().equals(word);
    }

    private ViolinSpec changed(ViolinSpec spec, List<LinkSpec> links, Map<String, String> changes, boolean reset) {
        List<LinkSpec> all = new ArrayList<>();
        List<String> keys = links.stream().map(LinkSpec::key).toList();
        for (LinkSpec link : spec.links()) all.add(keys.contains(link.key()) ? changed(imposed(spec, link, changes), changes, reset) : link);
        return spec.withLinks(all);
    }

    /** Who changes a condition by hand wants it imposed; what the link had as facts only is not. */
    private static LinkSpec imposed(ViolinSpec spec, LinkSpec link, Map<String, String> changes) {
        boolean facts = "false".equals(link.attributes().getOrDefault(Conditions.EMULATE, spec.attributes().get(Conditions.EMULATE)));
        if (!facts || changes.keySet().stream().noneMatch(Conditions.WORDS::contains)) return link;
        Map<String, String> attributes = new TreeMap<>(link.attributes());
        attributes.put(Conditions.EMULATE, "true");
        for (Endpoint end : List.of(link.a(), link.b())) {
            changesAway(link).forEach((word, none) -> attributes.put(Conditions.FROM + end + "." + word, none));
        }
        return new LinkSpec(link.a(), link.b(), link.cost(), link.delayMillis(), attributes);
    }

    private LinkSpec changed(LinkSpec link, Map<String, String> changes, boolean reset) {
        Map<String, String> attributes = new TreeMap<>(link.attributes());
        if (from != null) {
            Endpoint end = at(link.a(), from) ? link.a() : link.b();
            String own = Conditions.FROM + end + ".";
            if (reset) attributes.keySet().removeIf(k -> k.startsWith(own));
            Map<String, String> values = reset ? changesAway(link) : changes;
            values.forEach((word, value) -> attributes.put(own + word, value));
            return new LinkSpec(link.a(), link.b(), link.cost(), link.delayMillis(), attributes);
        }
        double delay = reset ? 0 : link.delayMillis();
        if (reset) attributes.keySet().removeIf(k -> k.startsWith(Conditions.FROM) || Conditions.WORDS.contains(k) || k.equals(Conditions.STATE));
        for (Map.Entry<String, String> change : changes.entrySet()) {
            for (Endpoint end : List.of(link.a(), link.b())) attributes.remove(Conditions.FROM + end + "." + change.getKey());
            attributes.remove(change.getKey());
            boolean gone = change.getValue().equals(ConditionText.NONE);
            if (change.getKey().equals("delay")) delay = gone ? 0 : Double.parseDouble(change.getValue());
            else if (!gone) attributes.put(change.getKey(), change.getValue());
        }
        attributes.remove(Conditions.STATE, "up");
        return new LinkSpec(link.a(), link.b(), link.cost(), delay, attributes);
    }

    /** None of what the link does in both directions. */
    private static Map<String, String> changesAway(LinkSpec link) {
        Map<String, String> away = new TreeMap<>();
        if (link.delayMillis() > 0) away.put("delay", ConditionText.NONE);
        link.attributes().keySet().stream().filter(Conditions.WORDS::contains).forEach(word -> away.put(word, ConditionText.NONE));
        if (link.attributes().containsKey(Conditions.STATE)) away.put(Conditions.STATE, "up");
        return away;
    }

    /** Throws when the settings of a direction cannot go together; tells what was hardly meant. */
    private void check(ViolinSpec spec, List<LinkSpec> links, Streams io) throws WrongUse {
        Map<String, String> wrong = new TreeMap<>();
        for (LinkSpec link : spec.links()) {
            if (links.stream().noneMatch(l -> l.key().equals(link.key()))) continue;
            for (Endpoint end : List.of(link.a(), link.b())) {
                Map<String, String> settings = Conditions.of(spec, link, end);
                ConditionText.clashes(settings).forEach(c -> wrong.put(c.toString(), ""));
                ConditionText.note(settings).ifPresent(note -> io.err().println("from " + end + ": " + note));
            }
        }
        if (!wrong.isEmpty()) throw new WrongUse(String.join("\n", wrong.keySet()));
    }

    private int show(Streams io, boolean json, ViolinSpec spec, List<LinkSpec> links) throws GuestException, IOException, InterruptedException {
        ViolinView view = need(violins, "org.violin.control").show(violin).orElseThrow(() -> new GuestException(violin + ": there is no violin of that name"));
        Map<String, String> hosts = view.entities().stream().collect(Collectors.toMap(EntityView::name, EntityView::host));
        Map<String, List<PortStatus>> ports = new TreeMap<>();
        List<Direction> directions = new ArrayList<>();
        for (LinkSpec link : links) {
            for (Endpoint end : List.of(link.a(), link.b())) {
                if (from != null && !at(end, from)) continue;
                String host = hosts.getOrDefault(end.node(), "");
                if (!ports.containsKey(host)) ports.put(host, ports(host));
                PortStatus port = ports.get(host).stream().filter(p -> p.id().node().violin().equals(violin) && p.id().node().node().equals(end.node())
                        && p.id().port().equals(end.port())).findFirst().orElse(null);
                Map<String, String> settings = Conditions.of(spec, link, end);
                settings.remove(Conditions.SEED);
                Map<String, Long> counters = new TreeMap<>();
                if (port != null) port.counters().forEach((k, n) -> {
                    if (k.startsWith("link-")) counters.put(k.substring(5), n);
                });
                directions.add(new Direction(link.key(), end.toString(), host, settings, port != null && port.carrier(), counters, port == null ? Map.of() : port.drops()));
            }
        }
        if (json) {
            io.out().println(Json.pretty(directions));
            return DONE;
        }
        Table table = new Table("from", "host", "carrier", "does", "counted", "drops");
        for (Direction d : directions) table.row(d.from(), d.host(), d.carrier() ? "up" : "down", d.settings().isEmpty() ? "only carries" : pairs(d.settings(), "="),
                pairs(d.counters(), " "), PortsVerb.drops(d.drops()));
        io.out().print(table.text(io.colour()));
        if (dataPlane != null) timing(io, dataPlane.swaps());
        return DONE;
    }

    /** How exact this overlay host is. */
    private static void timing(Streams io, Map<String, Long> figures) {
        long released = figures.getOrDefault("links-released", 0L);
        if (released == 0) return;
        io.out().println("this host: " + released + " records waited in vLinks; late by us: mean "
                + String.format(java.util.Locale.ROOT, "%.1f", figures.get("links-late-mean-nanos") / 1000.0) + " p50 " + figures.get("links-late-p50-micros")
                + " p99 " + figures.get("links-late-p99-micros") + " (upper bounds)");
    }

    private static String pairs(Map<String, ?> map, String joint) {
        return map.entrySet().stream().filter(e -> !String.valueOf(e.getValue()).equals("0")).map(e -> e.getKey() + joint + e.getValue()).collect(Collectors.joining(", "));
    }

    private List<PortStatus> ports(String host) throws GuestException, IOException, InterruptedException {
        if (host.equals(need(members, "org.violin.members").self().name())) return need(dataPlane, "org.violin.engine").ports();
        HostInfo there = members.hosts().stream().filter(h -> h.name().equals(host)).findFirst()
                .orElseThrow(() -> new GuestException("overlay host " + host + " is not joined now"));
        return Arrays.asList(Json.read(Elsewhere.ask(remotes, there, List.of("ports", "-o", "json", violin)), PortStatus[].class));
    }
}
