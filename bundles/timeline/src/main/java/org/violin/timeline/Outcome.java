// SPDX-License-Identifier: Apache-2.0
package org.violin.timeline;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.violin.api.model.ViolinSpec;
import org.violin.timeline.Performance.PingData;
import org.violin.timeline.Score.Cue;

/**
 * What came of a run, put together from all hosts. Pure.
 *
 * @param spec with the seed that held
 * @param links for each vLink both directions
 * @param summaries one for each probe and command, for a table
 */
record Outcome(ViolinSpec spec, Score score, long startWallMillis, long durationMillis, List<Event> events, List<LinkSeries> links,
        Map<String, Performance> performances, List<Flow> flows, List<Map<String, String>> summaries, List<String> failures, List<String> notes) {
    /**
     * @param atMillis when it was to happen, from the start; of what nobody could know before, when it did
     * @param lateMicros how much later the last host began it; -1: it was not scripted
     * @param after the step whose end the script counts from, and {@code offsetMillis} from there; empty: the start
     */
    record Event(long atMillis, long lateMicros, String after, long offsetMillis, int line, String host, String action, String subject, String text,
            String failure) {
        boolean scripted() {
            return lateMicros >= 0;
        }
    }

    static Outcome of(ViolinSpec spec, Score score, Conductor.Collected c) {
        List<String> failures = new ArrayList<>(c.failures());
        c.performances().values().forEach(p -> failures.addAll(p.failures()));
        List<Event> events = events(score, c, failures);
        List<Flow> flows = new ArrayList<>();
        for (Performance p : c.performances().values()) p.flows().forEach(f -> flows.add(Flow.of(f)));
        flows.sort(Comparator.comparingInt(Flow::probe));
        flows.stream().filter(f -> !f.error().isEmpty()).forEach(f -> failures.add("iperf " + f.from() + " to " + f.to() + ": " + f.error()));
        long duration = c.performances().values().stream().flatMap(p -> p.series().micros().stream()).mapToLong(m -> m / 1000).max().orElse(0);
        duration = Math.max(duration, events.stream().mapToLong(Event::atMillis).max().orElse(0));
        if (score.endMillis() >= 0 && !c.stopped()) duration = score.endMillis();
        return new Outcome(spec, score, c.startWallMillis(), duration, events, LinkSeries.of(spec, score, c.performances()), c.performances(), flows,
                summaries(c.performances(), flows), failures, c.notes());
    }

    private static List<Event> events(Score score, Conductor.Collected c, List<String> failures) {
        long[] late = new long[score.cues().size()];
        String[] bad = new String[late.length];
        java.util.Arrays.fill(late, -1);
        for (Performance p : c.performances().values()) {
            for (Performance.Done d : p.done()) {
                if (d.cue() < 0 || d.cue() >= late.length) continue;
                late[d.cue()] = Math.max(late[d.cue()], d.lateMicros());
                if (!d.failure().isEmpty()) bad[d.cue()] = d.failure();
            }
        }
        record Placed(Event event, int order) {}
        List<Placed> all = new ArrayList<>();
        for (Cue cue : score.cues()) {
            if (late[cue.number()] < 0) {
                if (!c.stopped()) failures.add("line " + cue.line() + ": " + cue.action() + " " + cue.subject() + " was not done: the experiment had ended, or its host was gone");
                continue;
            }
            long base = cue.base() == Score.START ? 0 : c.marks().getOrDefault(cue.base(), 0L) / 1000;
            String after = cue.base() == Score.START ? "" : score.waits().getOrDefault(cue.base(), "step" + (cue.base() + 1));
            all.add(new Placed(new Event(base + cue.atMillis(), late[cue.number()], after, cue.atMillis(), cue.line(), String.join(" ", cue.hosts()), cue.action(),
                    cue.subject(), cue.text(), bad[cue.number()] == null ? "" : bad[cue.number()]), cue.number()));
        }
        for (Performance p : c.performances().values()) {
            for (Performance.Observed o : p.observed()) {
                all.add(new Placed(new Event(o.micros() / 1000, -1, "", 0, 0, p.host(), o.action(), o.subject(), o.text(), ""), Integer.MAX_VALUE));
            }
        }
        all.sort(Comparator.comparingLong((Placed p) -> p.event.atMillis).thenComparingInt(Placed::order));
        return all.stream().map(Placed::event).toList();
    }

    /** Of what the script says, whatever came of it: the same in all runs of one file. */
    String scriptDigest() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Cue c : score.cues()) digest.update((c.base() + "|" + c.atMillis() + "|" + c.action() + "|" + c.subject() + "|" + c.text() + "\n").getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    List<PingData> pings() {
        List<PingData> all = new ArrayList<>();
        performances.values().forEach(p -> all.addAll(p.pings()));
        all.sort(Comparator.comparingInt(PingData::probe));
        return all;
    }

    static List<Pings.Ping> list(PingData data) {
        List<Pings.Ping> all = new ArrayList<>();
        for (int i = 0; i < Math.min(data.sentMicros().length, data.rttMicros().length); i++) all.add(new Pings.Ping(data.sentMicros()[i], data.rttMicros()[i]));
        return all;
    }

    List<Performance.Output> outputs() {
        return performances.values().stream().flatMap(p -> p.outputs().stream()).sorted(Comparator.comparingLong(Performance.Output::beginMicros)).toList();
    }

    static String number(double value) {
        return Args.plain(Math.round(value * 1000) / 1000.0);
    }

    private static Map<String, String> row(String kind, String subject) {
        Map<String, String> row = new LinkedHashMap<>();
        row.put("kind", kind);
        row.put("subject", subject);
        return row;
    }

    private static List<Map<String, String>> summaries(Map<String, Performance> performances, List<Flow> flows) {
        Map<Integer, List<Map<String, String>>> byProbe = new java.util.TreeMap<>();
        Map<Integer, List<Performance.MatrixData>> matrices = new java.util.TreeMap<>();
        List<Map<String, String>> commands = new ArrayList<>();
        for (Performance p : performances.values()) {
            p.pings().forEach(d -> byProbe.computeIfAbsent(d.probe(), k -> new ArrayList<>()).add(ping(d)));
            p.matrices().forEach(m -> matrices.computeIfAbsent(m.probe(), k -> new ArrayList<>()).add(m));
            for (Performance.Output o : p.outputs()) {
                Map<String, String> row = row("command", o.node() + " " + o.name());
                row.put("status", o.status() < 0 ? "ended from outside" : "" + o.status());
                row.put("began ms", number(o.beginMicros() / 1000.0));
                row.put("took ms", number((o.endMicros() - o.beginMicros()) / 1000.0));
                commands.add(row);
            }
        }
        matrices.forEach((probe, all) -> byProbe.computeIfAbsent(probe, k -> new ArrayList<>()).add(matrix(all)));
        flows.forEach(f -> byProbe.computeIfAbsent(f.probe(), k -> new ArrayList<>()).add(f.summary()));
        List<Map<String, String>> rows = new ArrayList<>();
        byProbe.values().forEach(rows::addAll);
        rows.addAll(commands);
        return rows;
    }

    private static Map<String, String> ping(PingData data) {
        List<Pings.Ping> all = list(data);
        List<Pings.Outage> outages = Pings.outages(all);
        double[] answered = all.stream().filter(p -> p.rttMicros() >= 0).mapToDouble(p -> p.rttMicros() / 1000.0).sorted().toArray();
        Map<String, String> row = row("ping", data.from() + " to " + data.to());
        row.put("sent", "" + all.size());
        row.put("lost", "" + (all.size() - answered.length));
        if (answered.length > 0) {
            row.put("median ms", number(answered[answered.length / 2]));
            row.put("p99 ms", number(answered[Math.min(answered.length - 1, answered.length * 99 / 100)]));
        }
        row.put("outages", "" + outages.size());
        long longest = 0;
        for (Pings.Outage o : outages) longest = Math.max(longest, (o.endMicros() < 0 ? all.get(all.size() - 1).sentMicros() : o.endMicros()) - o.beginMicros());
        if (!outages.isEmpty()) row.put("longest ms", number(longest / 1000.0));
        return row;
    }

    private static Map<String, String> matrix(List<Performance.MatrixData> all) {
        int pairs = 0;
        int good = 0;
        TreeSet<String> lost = new TreeSet<>();
        for (Performance.MatrixData m : all) {
            for (Map.Entry<String, List<Double>> e : m.rtts().entrySet()) {
                pairs++;
                if (e.getValue().isEmpty()) lost.add(m.from() + " to " + e.getKey());
                else good++;
            }
        }
        Map<String, String> row = row("matrix", all.size() + " nodes");
        row.put("reachable", good + " of " + pairs);
        if (!lost.isEmpty()) row.put("unreachable", String.join(", ", lost.stream().limit(10).toList()) + (lost.size() > 10 ? ", ..." : ""));
        return row;
    }
}
