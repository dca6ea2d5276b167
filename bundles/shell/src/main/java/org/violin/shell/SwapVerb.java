// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.violin.api.cluster.HostInfo;
import org.violin.api.cluster.Members;
import org.violin.api.control.GuestAccess;
import org.violin.api.control.Plugins;
import org.violin.api.control.SwapReport;
import org.violin.api.guest.GuestException;
import org.violin.api.model.NodeId;
import org.violin.api.model.Refused;
import org.violin.api.routing.ControlChange;
import org.violin.shell.link.RemoteHosts;

/** {@code violin:swap}. A kind is first made ready and tried on every overlay host; only when all have it anything is changed. */
@Service
@Command(scope = "violin", name = "swap", description = "Replaces a plugin while traffic flows", detailedDescription = """
        ROLE: tunnel, switching, cipher, routing, placement or runtime.
        PROVIDER: a kind that is installed or has a feature violin-ROLE-KIND,
        for one violin (switching, cipher, routing, runtime) or for all overlay
        hosts (tunnel, cipher, placement); or a bundle, for this host only: a
        file, a URL, or SYMBOLIC-NAME/VERSION of the system repository.
        The new one is tried first; when it fails the old one goes on.
        Routing has halves: what learns or computes routes, and what forwards.
        Only the half that KIND is for is replaced; with NODE, at one vRouter.
        When something would be lost, it asks, or wants --yes.
        Examples:
          violin:swap routing click figure2 vRouter1
          violin:swap routing kernel figure2
          violin:swap cipher aead figure2
          violin:swap tunnel udp
          violin:swap switching /srv/my-switch.jar
        """)
public final class SwapVerb extends Query {
    /** What a question to another overlay host takes at most, usually. */
    private static final long ON_THE_WAY_MILLIS = 1000;
    private static final String KIND = "[a-z0-9][a-z0-9-]{0,30}";

    @Argument(index = 0, name = "role", description = "What is replaced", required = true)
    @Completion(value = StringsCompleter.class, values = {"tunnel", "switching", "cipher", "routing", "placement", "runtime"})
    String role;

    @Argument(index = 1, name = "provider", description = "A kind or a bundle", required = true)
    String provider;

    @Argument(index = 2, name = "violin", description = "Only for this violin")
    @Completion(ViolinNames.class)
    String violin;

    @Argument(index = 3, name = "node", description = "Only for this vRouter (routing)")
    @Completion(NodeNames.class)
    String node;

    @Option(name = "--yes", aliases = "-y", description = "Do not ask, even if something is lost")
    boolean yes;

    @Option(name = "--local", description = "Only on this overlay host")
    boolean local;

    @Option(name = "--try", description = "Only make the kind ready on this overlay host and try it")
    boolean only;

    @Option(name = "--losses", description = "Only tell, as JSON, what would be lost on this overlay host")
    boolean tell;

    @Option(name = "--outages", description = "Only tell, as JSON, what changed on this overlay host since so many milliseconds")
    Long since;

    @Reference(optional = true)
    Plugins plugins;

    @Reference(optional = true)
    Members members;

    @Reference(optional = true)
    GuestAccess guests;

    @Reference(optional = true)
    RemoteHosts remotes;

    @Override
    int run(Streams io) throws WrongUse, GuestException, Refused, IOException, InterruptedException {
        boolean json = json();
        Plugins here = need(plugins, "org.violin.swap");
        if (only && violin != null) throw new WrongUse("swap --try ROLE KIND: without a violin");
        if (only) return show(io, json, Map.of(self(), here.offer(role, provider)), List.of());
        if (tell) {
            io.out().println(Json.pretty(here.losses(role, provider, scope())));
            return DONE;
        }
        if (since != null) {
            if (violin == null) throw new WrongUse("swap --outages MILLIS ROLE KIND VIOLIN");
            io.out().println(Json.pretty(here.outages(scope().orElseThrow(), since)));
            return DONE;
        }
        boolean kind = provider.matches(KIND);
        if (node != null && !kind) throw new WrongUse("swap: a bundle is replaced for a whole overlay host, without a violin and node");
        if (kind && !local) return node == null ? everywhere(io, json, here) : atTheNode(io, json, here);
        return swap(io, json, here, kind ? provider : file(), Map.of(), List.of(), List.of(), List.of());
    }

    /** At the host that has the vRouter: only there it is known what would be lost, and only that host must have the kind. */
    private int atTheNode(Streams io, boolean json, Plugins here) throws GuestException, Refused, IOException, InterruptedException {
        String at = guests == null ? self() : guests.hostOf(new NodeId(violin, node)).orElse(self());
        HostInfo host = at.equals(self()) ? null : need(members, "org.violin.members").hosts().stream().filter(h -> h.name().equals(at)).findFirst()
                .orElseThrow(() -> new GuestException("overlay host " + at + ", which has " + violin + "/" + node + ", is not there"));
        if (host == null) {
            here.offer(role, provider);
            return swap(io, json, here, provider, Map.of(), List.of(), List.of(), List.of());
        }
        Map<String, SwapReport> reports = new TreeMap<>();
        List<String> failures = new ArrayList<>();
        List<String> words = new ArrayList<>(List.of("swap", "--local", "-o", "json", role, provider, violin, node));
        if (yes) words.add(1, "--yes");
        ask(host, words, reports, failures);
        return show(io, json, reports, failures);
    }

    private Optional<String> scope() {
        return Optional.ofNullable(node == null ? violin : violin + "/" + node);
    }

    /**
     * @param lostElsewhere what other overlay hosts would lose
     * @param asked overlay hosts that may have vRouters of the violin, too
     */
    private int swap(Streams io, boolean json, Plugins here, String provider, Map<String, SwapReport> others, List<String> failures,
            List<String> lostElsewhere, List<HostInfo> asked) throws Refused, IOException, InterruptedException {
        Optional<String> scope = scope();
        List<String> losses = new ArrayList<>(lostElsewhere);
        if (!yes) losses.addAll(here.losses(role, provider, scope));
        if (!losses.isEmpty() && !agreed(io, losses)) return FAILED;
        Map<String, SwapReport> reports = new TreeMap<>(others);
        long began = System.nanoTime();
        SwapReport report = here.swap(role, provider, scope);
        reports.put(self(), role.equals("routing") && violin != null ? everyOutage(report, began, asked) : report);
        return show(io, json, reports, failures);
    }

    /** With the outages of vRouters of other overlay hosts; who does not answer is noted. */
    private SwapReport everyOutage(SwapReport report, long began, List<HostInfo> asked) throws InterruptedException {
        List<String> notes = new ArrayList<>();
        List<ControlChange> outages = new ArrayList<>();
        for (HostInfo host : asked) {
            long ago = (System.nanoTime() - began) / 1_000_000 + ON_THE_WAY_MILLIS;
            try {
                String said = Elsewhere.ask(remotes, host, List.of("swap", "--outages", "" + ago, role, provider, violin));
                outages.addAll(List.of(Json.read(said, ControlChange[].class)));
            } catch (GuestException | IOException e) {
                notes.add("outages at overlay host " + host.name() + " are not known: " + e.getMessage());
            }
        }
        return report.with(notes, outages);
    }

    private boolean agreed(Streams io, List<String> losses) throws IOException {
        io.err().println("This swap loses:");
        losses.forEach(l -> io.err().println("  " + l));
        if (session == null || session.getTerminal() == null) {
            io.err().println("Nothing was done; to swap all the same: swap --yes " + role + " " + provider + (violin == null ? "" : " " + violin)
                    + (node == null ? "" : " " + node));
            return false;
        }
        String answer = session.readLine("Swap all the same? (yes/no) ", null);
        return answer != null && answer.strip().matches("(?i)y|yes");
    }

    private int everywhere(Streams io, boolean json, Plugins here) throws GuestException, Refused, IOException, InterruptedException {
        List<HostInfo> others = need(members, "org.violin.members").hosts().stream().filter(h -> !h.name().equals(self())).toList();
        Map<String, SwapReport> reports = new TreeMap<>();
        List<String> failures = new ArrayList<>();
        here.offer(role, provider);
        for (HostInfo host : others) ask(host, List.of("swap", "--try", "-o", "json", role, provider), reports, failures);
        if (!failures.isEmpty()) {
            failures.forEach(io.err()::println);
            io.err().println("swap: not every overlay host has " + role + " " + provider + "; nothing is changed");
            return FAILED;
        }
        reports.clear();
        if (violin == null) for (HostInfo host : others) ask(host, List.of("swap", "--local", "-o", "json", role, provider), reports, failures);
        List<String> lost = new ArrayList<>();
        if (violin != null && !yes) {
            for (HostInfo host : others) {
                lost.addAll(List.of(Json.read(Elsewhere.ask(remotes, host, List.of("swap", "--losses", role, provider, violin)), String[].class)));
            }
        }
        return swap(io, json, here, provider, reports, failures, lost, others);
    }

    private void ask(HostInfo host, List<String> words, Map<String, SwapReport> reports, List<String> failures) throws InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        try {
            Streams io = Streams.of(new ByteArrayInputStream(new byte[0]), out, err);
            int status = Plumbing.join(need(remotes, TRUST).exec(host, words), io);
            if (status == DONE) reports.put(host.name(), Json.read(out.toString(StandardCharsets.UTF_8), Answer[].class)[0].report());
            else failures.add("overlay host " + host.name() + ": " + err.toString(StandardCharsets.UTF_8).strip());
        } catch (GuestException | IOException e) {
            failures.add(String.valueOf(e.getMessage()));
        }
    }

    /** What one overlay host did. */
    record Answer(String host, SwapReport report) {}

    private static int show(Streams io, boolean json, Map<String, SwapReport> reports, List<String> failures) throws IOException {
        if (json) {
            io.out().println(Json.pretty(reports.entrySet().stream().map(e -> new Answer(e.getKey(), e.getValue())).toList()));
        } else {
            reports.forEach((host, r) -> {
                String where = r.scope().equals("host") ? "overlay host " + host : r.scope();
                String what = r.before().isEmpty() || r.before().equals(r.after()) ? r.after() : r.before() + " -> " + r.after();
                io.out().println(where + ": " + r.role() + " " + what + "; trial: " + r.trial());
                r.notes().forEach(n -> io.out().println("  " + n));
                r.outages().forEach(o -> io.out().println("  " + outage(o)));
            });
        }
        failures.forEach(io.err()::println);
        return failures.isEmpty() ? DONE : FAILED;
    }

    /** For people: what a change of the control plane did to the FIB. */
    static String outage(ControlChange o) {
        String from = o.before().isEmpty() ? "computed" : o.before();
        String to = o.after().isEmpty() ? "computed" : o.after();
        String left = o.departMillis() == 0 ? "" : String.format(Locale.ROOT, "; neighbours had %.1f s to go elsewhere", o.departMillis() / 1e3);
        String how = switch (o.state()) {
            case ControlChange.COMPLETE -> "";
            case ControlChange.EXPIRED -> ", then neighbours were still missing";
            default -> " so far, and goes on";
        };
        String kept = o.keptRoutes() == 0 ? "its FIB was empty meanwhile" : "it forwarded on by " + o.keptRoutes() + " routes of before";
        return String.format(Locale.ROOT, "%s: %s -> %s%s; nothing learnt for %.1f s%s; %s", o.node(), from, to, left, o.outageMillis() / 1e3, how,
                o.outageMillis() == 0 ? "its FIB was replaced at once" : kept);
    }

    private String self() {
        return members == null ? "this one" : members.self().name();
    }

    /** A path is relative to where the session is. */
    private String file() {
        Path path = session == null || provider.contains(":") ? null : session.currentDir().resolve(provider);
        return path != null && Files.exists(path) ? path.toString() : provider;
    }
}
