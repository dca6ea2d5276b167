// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.bench.placement;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the benchmark found: rows, goals with what was reached, and what was left out and why. Prints tables or JSON. */
final class Report {
    /**
     * One question to one strategy.
     *
     * @param cost as the checker has it
     * @param bound the highest one that is known for the instance; NaN: none
     * @param millis of the call; NaN: not measured
     * @param cpuMillis processor time of the whole JVM meanwhile, which other work on the machine hardly changes; NaN: not measured
     * @param moves of entities that were elsewhere
     */
    record Row(String part, String instance, String strategy, double cost, double bound, double millis, double cpuMillis, int moves, String note) {
        double ratio() {
            return bound > 0 ? cost / bound : Double.NaN;
        }
    }

    /** A goal: what was wanted, what was reached. */
    record Goal(String part, String what, String reached, boolean met) {}

    final Map<String, String> about = new LinkedHashMap<>();
    final List<Row> rows = new ArrayList<>();
    final List<Goal> goals = new ArrayList<>();
    final List<String> skipped = new ArrayList<>();
    final List<String> faults = new ArrayList<>();

    void goal(String part, String what, boolean met, String form, Object... values) {
        goals.add(new Goal(part, what, String.format(Locale.ROOT, form, values), met));
    }

    /** For people. */
    String table() {
        StringBuilder out = new StringBuilder();
        about.forEach((k, v) -> out.append(k).append(": ").append(v).append('\n'));
        String part = "";
        for (Row r : rows) {
            if (!r.part.equals(part)) out.append(String.format("%n%s%n%-24s %-18s %14s %14s %9s %9s %9s %6s%n", part = r.part, "instance", "by", "cost", "bound", "ratio", "ms", "cpu ms", "moves"));
            out.append(String.format(Locale.ROOT, "%-24s %-18s %14.3f %14s %9s %9s %9s %6s  %s", r.instance, r.strategy, r.cost, number("%.3f", r.bound),
                    number("%.5f", r.ratio()), number("%.1f", r.millis), number("%.1f", r.cpuMillis), r.moves < 0 ? "-" : r.moves, r.note).stripTrailing()).append('\n');
        }
        out.append('\n');
        for (String s : skipped) out.append("skipped: ").append(s).append('\n');
        for (String f : faults) out.append("FAULT: ").append(f).append('\n');
        for (Goal g : goals) out.append(String.format("%-7s %-7s %s: %s%n", g.met ? "met" : "MISSED", g.part, g.what, g.reached));
        return out.append(goals.stream().filter(Goal::met).count()).append(" goals met, ").append(goals.stream().filter(g -> !g.met).count()).append(" missed\n").toString();
    }

    /** For programs; numbers that are not known are null. */
    String json() {
        List<Map<String, Object>> all = new ArrayList<>();
        for (Row r : rows) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("part", r.part);
            one.put("instance", r.instance);
            one.put("strategy", r.strategy);
            one.put("cost", known(r.cost));
            one.put("bound", known(r.bound));
            one.put("ratio", known(r.ratio()));
            one.put("millis", known(r.millis));
            one.put("cpuMillis", known(r.cpuMillis));
            one.put("moves", r.moves < 0 ? null : r.moves);
            one.put("note", r.note);
            all.add(one);
        }
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("generatorVersion", Instance.VERSION);
        root.put("about", about);
        root.put("rows", all);
        List<Map<String, Object>> wanted = new ArrayList<>();
        for (Goal g : goals) wanted.add(Map.of("part", g.part, "goal", g.what, "reached", g.reached, "met", g.met));
        root.put("goals", wanted);
        root.put("skipped", skipped);
        root.put("faults", faults);
        try {
            return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Double known(double value) {
        return Double.isFinite(value) ? (Double) value : null;
    }

    private static String number(String form, double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, form, value) : "-";
    }
}
