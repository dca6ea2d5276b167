// SPDX-License-Identifier: Apache-2.0
package org.violin.timeline;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.violin.api.model.Conditions;
import org.violin.api.model.Endpoint;
import org.violin.api.model.LinkSpec;
import org.violin.api.model.Mistake;
import org.violin.api.model.NodeSpec;
import org.violin.api.model.Refused;
import org.violin.api.model.Timeline;
import org.violin.api.model.Timeline.Step;
import org.violin.api.model.ViolinSpec;
import org.violin.timeline.Score.Cue;
import org.violin.timeline.Score.Kind;
import org.violin.timeline.Score.Op;
import org.violin.timeline.Score.Part;

/** Works a timeline out into a {@link Score}: pure but for the files of traces. One use, one thread. */
final class Composer {
    static final int MOST_OPS = 200_000;
    static final long MOST_MILLIS = 24 * 3_600_000L;

    private final ViolinSpec spec;
    private final Map<String, String> placement;
    private final Traces traces;
    private final long seed;
    private final boolean reseed;
    private final String file;
    private final List<Mistake> mistakes = new ArrayList<>();
    private final Map<String, NodeSpec> nodes;
    private final Map<String, LinkSpec> links = new TreeMap<>();
    private final Map<String, List<Op>> ops = new TreeMap<>();
    private final Map<String, Set<String>> programs = new TreeMap<>();
    private final Map<String, Set<String>> guests = new TreeMap<>();
    private final List<Line> lines = new ArrayList<>();
    private final Map<Map<String, String>, List<Double>> series = new HashMap<>();
    private final Map<Integer, String> waits = new TreeMap<>();
    private final Moments moments;
    private int count;
    /** The last moment that is known, and the last that is possible. */
    private long knownEnd;
    private long latest;
    private boolean open;

    /** A cue that has no number yet, and its ops. */
    private record Line(int base, long at, int line, String action, String subject, String text, Set<String> hosts, List<Placed> ops) {}

    private record Placed(String host, long at, Kind kind, String subject, Map<String, String> words, boolean told) {}

    /**
     * @param placement host by node
     * @param wished seed instead of the file's; null: the file's
     */
    Composer(ViolinSpec spec, Map<String, String> placement, Traces traces, Long wished) {
        this.reseed = wished != null;
        this.seed = wished != null ? wished : fileSeed(spec);
        this.spec = spec.withAttributes(with(spec.attributes(), Conditions.SEED, Long.toString(seed)));
        this.placement = placement;
        this.traces = traces;
        this.file = spec.name();
        this.nodes = spec.nodesByName();
        spec.links().forEach(l -> links.put(l.key(), l));
        this.moments = new Moments(spec.timeline().steps(), this::traceMillis, this::mistake);
    }

    private static long fileSeed(ViolinSpec spec) {
        try {
            return Long.parseLong(spec.attributes().getOrDefault(Conditions.SEED, "0"));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static Map<String, String> with(Map<String, String> map, String key, String value) {
        Map<String, String> more = new TreeMap<>(map);
        more.put(key, value);
        return more;
    }

    /** Throws {@link Refused} with all mistakes. */
    Score compose() throws Refused {
        Timeline timeline = spec.timeline();
        List<Step> steps = timeline.steps();
        for (int i = 0; i < steps.size() && mistakes.size() < 100; i++) step(i, steps.get(i), moments.of(i));
        long duration = timeline.durationMillis();
        long end = duration > 0 ? duration : open ? -1 : knownEnd;
        for (Timeline.Probe probe : timeline.probes()) {
            if (probe.forMillis() > 0 && duration == 0) {
                knownEnd = Math.max(knownEnd, probe.atMillis() + probe.forMillis());
                latest = Math.max(latest, knownEnd);
                if (end >= 0) end = Math.max(end, knownEnd);
            }
        }
        int n = 0;
        for (Timeline.Probe probe : timeline.probes()) probe(n++, probe, end);
        latest = duration > 0 ? duration : Math.max(latest, knownEnd);
        if (latest > MOST_MILLIS) mistakes.add(new Mistake(file, 0, latest + " ms", "an experiment lasts at most " + MOST_MILLIS + " ms"));
        if (latest <= 0 && mistakes.isEmpty()) {
            mistakes.add(new Mistake(file, 0, "", "the timeline lasts no time: give it a 'duration', or a probe or step that lasts"));
        }
        if (!mistakes.isEmpty()) throw new Refused(mistakes);
        return score(end);
    }

    private Score score(long end) {
        // A stable order: by base, by moment, then as in the file.
        lines.sort(Comparator.comparingInt(Line::base).thenComparingLong(Line::at));
        List<Cue> cues = new ArrayList<>();
        for (Line line : lines) {
            int number = cues.size();
            cues.add(new Cue(number, line.base, line.at, line.line, line.action, line.subject, line.text, List.copyOf(line.hosts)));
            for (Placed op : line.ops) {
                ops.computeIfAbsent(op.host, h -> new ArrayList<>()).add(new Op(op.told ? number : -1, line.base, op.at, op.kind, op.subject, op.words));
            }
        }
        Map<String, Part> parts = new TreeMap<>();
        for (String host : new TreeSet<>(placement.values())) {
            List<Op> own = ops.getOrDefault(host, List.of());
            List<Op> sorted = new ArrayList<>(own);
            sorted.sort(Comparator.comparingInt(Op::base).thenComparingLong(Op::atMillis));
            parts.put(host, new Part(sorted, ports(host), List.copyOf(programs.getOrDefault(host, Set.of())),
                    List.copyOf(guests.getOrDefault(host, Set.of()))));
        }
        long sample = spec.timeline().sampleMillis();
        return new Score(spec.name(), seed, reseed, sample > 0 ? sample : 1000, end, latest, waits, cues, parts);
    }

    /** All ends of vLinks at that host; those with a fate of their own get the wished seed. */
    private Map<String, Map<String, String>> ports(String host) {
        Map<String, Map<String, String>> ports = new TreeMap<>();
        for (LinkSpec link : spec.links()) {
            for (Endpoint end : List.of(link.a(), link.b())) {
                if (!host.equals(placement.get(end.node()))) continue;
                boolean fated = Conditions.of(spec, link, end).containsKey(Conditions.SEED);
                ports.put(end.toString(), reseed && fated ? Map.of(Conditions.SEED, Long.toString(Conditions.seed(spec, end))) : Map.of());
            }
        }
        return ports;
    }

    void mistake(int line, String value, String rule) {
        mistakes.add(new Mistake(file, line, value, rule));
    }

    private void step(int index, Step step, Moments.Moment m) {
        Args a = new Args(step.line(), step.arguments(), this::mistake);
        Map<String, String> all = step.arguments();
        long lasts = 0;
        switch (step.action()) {
            case "set" -> {
                Map<String, String> words = new TreeMap<>(all);
                words.remove("links");
                words.remove("from");
                if (words.isEmpty()) mistake(step.line(), "set", "words of conditions to set");
                eachLink(step, a, m.at(), "set", print(words), Kind.LAY, words);
            }
            case "reset" -> eachLink(step, a, m.at(), "reset", "as in the file", Kind.CLEAR, Map.of());
            case "down", "cut" -> eachLink(step, a, m.at(), step.action(), "", Kind.STATE, Map.of(Conditions.STATE, step.action()));
            case "up" -> eachLink(step, a, m.at(), "up", "", Kind.STATE, Map.of());
            case "ramp" -> lasts = ramp(step, a, m.at());
            case "trace" -> lasts = trace(step, a, m.at());
            case "flap" -> lasts = flap(step, a, m.at());
            case "partition" -> lasts = partition(step, a, m.at());
            case "heal" -> heal(step, a, m.at());
            case "crash" -> node(step, a, m, Kind.CRASH);
            case "start" -> node(step, a, m, Kind.REVIVE);
            case "record" -> note(step, a.text("text"), m.at());
            case "run", "wait" -> command(index, step, a, m);
            default -> mistake(step.line(), step.action(), "there is no such action");
        }
        boolean dynamic = step.action().equals("run") || step.action().equals("wait");
        long ends = m.at() + lasts;
        if (m.base() == Score.START && !dynamic) knownEnd = Math.max(knownEnd, ends);
        else open = true;
        latest = Math.max(latest, moments.latest(index) + (dynamic ? 0 : lasts));
    }

    private List<LinkSpec> chosen(Step step, Args a) {
        List<LinkSpec> chosen = new ArrayList<>();
        for (String key : a.list("links")) {
            LinkSpec link = links.get(key);
            if (link == null) mistake(step.line(), key, "there is no such vLink");
            else chosen.add(link);
        }
        return chosen;
    }

    private List<Endpoint> ends(Step step, LinkSpec link) {
        String from = step.arguments().getOrDefault("from", "");
        List<Endpoint> ends = new ArrayList<>();
        for (Endpoint end : List.of(link.a(), link.b())) {
            if (from.isEmpty() || end.toString().equals(from) || end.node().equals(from)) ends.add(end);
        }
        if (ends.isEmpty()) mistake(step.line(), from, "is no end of " + link.key());
        return ends;
    }

    private Line line(Step step, long at, String action, String subject, String text, int base) {
        Line line = new Line(base, at, step.line(), action, subject, text, new TreeSet<>(), new ArrayList<>());
        lines.add(line);
        return line;
    }

    private void op(Line line, String host, long at, Kind kind, String subject, Map<String, String> words, boolean told) {
        if (host == null || host.isEmpty()) {
            mistake(line.line, subject, "is not placed on an overlay host yet");
            return;
        }
        if (++count == MOST_OPS) mistake(line.line, line.action, "the timeline has more than " + MOST_OPS + " single changes");
        if (count >= MOST_OPS) return;
        line.hosts.add(host);
        line.ops.add(new Placed(host, at, kind, subject, words, told));
    }

    private void port(Line line, Endpoint end, long at, Kind kind, Map<String, String> words, boolean told) {
        op(line, placement.get(end.node()), at, kind, end.toString(), words, told);
    }

    private void eachLink(Step step, Args a, long at, String action, String text, Kind kind, Map<String, String> words) {
        for (LinkSpec link : chosen(step, a)) {
            Line line = line(step, at, action, subject(step, link), text, moments.base(step));
            for (Endpoint end : ends(step, link)) port(line, end, at, kind, words, true);
        }
    }

    private static String subject(Step step, LinkSpec link) {
        String from = step.arguments().getOrDefault("from", "");
        return from.isEmpty() ? link.key() : link.key() + " from " + from;
    }

    private long ramp(Step step, Args a, long at) {
        String word = word(step, a);
        double first = a.number("first");
        double last = a.number("last");
        long over = a.millis("over", 1, -1);
        long every = a.millis("every", 1, 100);
        long changes = (over + every - 1) / every;
        if (!fits(step, changes)) return over;
        List<String> values = new ArrayList<>();
        for (long k = 0; k < changes; k++) values.add(Args.plain(first + (last - first) * k * every / over));
        for (LinkSpec link : chosen(step, a)) {
            Line begin = line(step, at, "ramp", subject(step, link), word + " " + Args.plain(first) + " to " + Args.plain(last), moments.base(step));
            Line end = line(step, at + over, "ramp ends", subject(step, link), word + " " + Args.plain(last), moments.base(step));
            for (Endpoint from : ends(step, link)) {
                for (int k = 0; k < values.size(); k++) port(begin, from, at + k * every, Kind.LAY, Map.of(word, values.get(k)), k == 0);
                port(end, from, at + over, Kind.LAY, Map.of(word, Args.plain(last)), true);
            }
        }
        return over;
    }

    private String word(Step step, Args a) {
        String word = a.text("word");
        if (!Conditions.WORDS.contains(word)) mistake(step.line(), word, "one of " + new TreeSet<>(Conditions.WORDS));
        return word;
    }

    private boolean fits(Step step, long changes) {
        if (changes <= Traces.MOST_VALUES) return true;
        mistake(step.line(), step.action(), changes + " changes; at most " + Traces.MOST_VALUES);
        return false;
    }

    private long trace(Step step, Args a, long at) {
        String word = word(step, a);
        long every = a.millis("every", 1, -1);
        double scale = a.number("scale", 1);
        List<Double> values = series.computeIfAbsent(step.arguments(), words -> values(step, a));
        String name = step.arguments().getOrDefault("file", "");
        if (!fits(step, values.size()) || values.isEmpty()) return 0;
        long duration = spec.timeline().durationMillis();
        for (LinkSpec link : chosen(step, a)) {
            Line begin = line(step, at, "trace", subject(step, link), word + ", " + values.size() + " values" + (name.isEmpty() ? "" : " of " + name),
                    moments.base(step));
            for (Endpoint from : ends(step, link)) {
                String before = null;
                for (int k = 0; k < values.size() && (duration == 0 || at + k * every < duration); k++) {
                    String value = Args.plain(values.get(k) * scale);
                    if (!value.equals(before)) port(begin, from, at + k * every, Kind.LAY, Map.of(word, value), k == 0);
                    before = value;
                }
            }
        }
        return every * values.size();
    }

    private List<Double> values(Step step, Args a) {
        List<Double> values = new ArrayList<>();
        String name = step.arguments().getOrDefault("file", "");
        if (name.isEmpty()) {
            for (String text : a.list("values")) values.add(a.number("values", text));
            return values;
        }
        try {
            values.addAll(traces.read(name, (int) a.number("row", 0), (int) a.number("column", 0)));
        } catch (IOException e) {
            mistake(step.line(), name, e.getMessage());
        }
        return values;
    }

    private long traceMillis(Step step) {
        Args a = new Args(step.line(), step.arguments(), (line, value, rule) -> { });
        return a.millis("every", 1, -1) * series.computeIfAbsent(step.arguments(), words -> values(step, a)).size();
    }

    private long flap(Step step, Args a, long at) {
        long every = a.millis("every", 2, -1);
        long down = a.millis("down", 1, every / 2);
        long lasts = a.millis("for", 1, -1);
        if (down >= every) mistake(step.line(), "down " + down, "less than every " + every);
        if (!fits(step, lasts / Math.max(1, every))) return lasts;
        for (LinkSpec link : chosen(step, a)) {
            for (long t = 0; t < lasts; t += every) {
                long up = Math.min(t + down, lasts);
                Line falls = line(step, at + t, "down", link.key(), "flap", moments.base(step));
                Line rises = line(step, at + up, "up", link.key(), "flap", moments.base(step));
                for (Endpoint end : List.of(link.a(), link.b())) {
                    port(falls, end, at + t, Kind.STATE, Map.of(Conditions.STATE, "down"), true);
                    port(rises, end, at + up, Kind.STATE, Map.of(), true);
                }
            }
        }
        return lasts;
    }

    private long partition(Step step, Args a, long at) {
        long lasts = a.millis("for", 0, 0);
        String sides = a.text("sides");
        Line cut = line(step, at, "partition", sides, "", moments.base(step));
        Line healed = lasts > 0 ? line(step, at + lasts, "heal", sides, "", moments.base(step)) : null;
        Map<String, Integer> side = sides(step, sides);
        int crossing = 0;
        for (LinkSpec link : spec.links()) {
            Integer x = side.get(placement.getOrDefault(link.a().node(), ""));
            Integer y = side.get(placement.getOrDefault(link.b().node(), ""));
            if (x == null || y == null || x.equals(y)) continue;
            crossing++;
            for (Endpoint end : List.of(link.a(), link.b())) {
                port(cut, end, at, Kind.PART, Map.of("token", sides), true);
                if (healed != null) port(healed, end, at + lasts, Kind.HEAL, Map.of("token", sides), true);
            }
        }
        if (crossing == 0) mistake(step.line(), sides, "no vLink of this violin lies between these hosts, as it is placed now");
        return lasts;
    }

    private Map<String, Integer> sides(Step step, String text) {
        Map<String, Integer> side = new TreeMap<>();
        String[] all = text.split("\\|");
        for (int i = 0; i < all.length; i++) {
            for (String host : all[i].split(",")) {
                if (host.isBlank()) continue;
                if (side.putIfAbsent(host.strip(), i) != null) mistake(step.line(), host.strip(), "stands on two sides");
            }
        }
        if (all.length < 2) mistake(step.line(), text, "two sides or more: hosts joined by ',', sides by '|'");
        return side;
    }

    private void heal(Step step, Args a, long at) {
        String sides = step.arguments().getOrDefault("sides", "");
        Line line = line(step, at, "heal", sides.isEmpty() ? "all" : sides, "", moments.base(step));
        for (LinkSpec link : spec.links()) {
            String x = placement.getOrDefault(link.a().node(), "");
            String y = placement.getOrDefault(link.b().node(), "");
            if (x.equals(y)) continue;
            for (Endpoint end : List.of(link.a(), link.b())) port(line, end, at, Kind.HEAL, Map.of("token", sides), true);
        }
    }

    private NodeSpec guest(int line, String name) {
        NodeSpec node = nodes.get(name);
        if (node == null || !node.kind().isGuest()) {
            mistake(line, name, node == null ? "there is no such node" : "a vswitch runs no programs; take a vhost or vrouter");
            return null;
        }
        if (placement.getOrDefault(name, "").isEmpty()) {
            mistake(line, name, "is not placed on an overlay host yet");
            return null;
        }
        return node;
    }

    private void node(Step step, Args a, Moments.Moment m, Kind kind) {
        String name = a.text("node");
        if (guest(step.line(), name) == null) return;
        op(line(step, m.at(), step.action(), name, "", m.base()), placement.get(name), m.at(), kind, name, Map.of(), true);
    }

    /** The first host writes it down. */
    private void note(Step step, String text, long at) {
        Collection<String> hosts = new TreeSet<>(placement.values());
        if (hosts.isEmpty()) return;
        op(line(step, at, "record", "", text, moments.base(step)), hosts.iterator().next(), at, Kind.NOTE, "", Map.of(), true);
    }

    private void command(int index, Step step, Args a, Moments.Moment m) {
        String name = a.text("node");
        if (guest(step.line(), name) == null) return;
        String command = a.text("command");
        boolean wait = step.action().equals("wait");
        long timeout = a.millis("timeout", 1, Moments.TIMEOUT_MILLIS);
        long every = wait ? a.millis("every", 1, 200) : 0;
        if (moments.awaited(index)) waits.put(index, step.name());
        Map<String, String> words = Map.of("command", command, "timeout", "" + timeout, "every", "" + every, "name", Args.fileName(step.name(), "step" + (index + 1)),
                "mark", moments.awaited(index) ? "" + index : "");
        guests.computeIfAbsent(placement.get(name), h -> new TreeSet<>()).add(name);
        op(line(step, m.at(), step.action(), name, command, m.base()), placement.get(name), m.at(), wait ? Kind.WAIT : Kind.RUN, name, words, true);
    }

    private static String print(Map<String, String> words) {
        List<String> all = new ArrayList<>();
        words.forEach((word, value) -> all.add(word + " " + value));
        return String.join(", ", all);
    }

    private void probe(int number, Timeline.Probe probe, long end) {
        Args a = new Args(probe.line(), probe.arguments(), this::mistake);
        new Probes(this, spec, number, probe, a, end).add();
    }

    /** For probes: a line of the script with one op at each host of a node; negative moments are before the start and are no event. */
    final class Sheet {
        private final Line line;

        Sheet(Timeline.Probe probe, String subject, String text) {
            line = new Line(Score.START, probe.atMillis(), probe.line(), probe.kind(), subject, text, new TreeSet<>(), new ArrayList<>());
            lines.add(line);
        }

        /** Does nothing but tell the mistake when that is no guest. */
        void op(String node, long at, Kind kind, Map<String, String> words, boolean told, String program) {
            if (guest(line.line, node) == null) return;
            String host = placement.get(node);
            programs.computeIfAbsent(host, h -> new LinkedHashSet<>()).add(program);
            guests.computeIfAbsent(host, h -> new TreeSet<>()).add(node);
            Composer.this.op(line, host, at, kind, node, words, told);
        }
    }
}
