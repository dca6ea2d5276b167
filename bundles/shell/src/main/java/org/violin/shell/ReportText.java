// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.violin.api.control.PlacementView;
import org.violin.api.control.PlanStep;
import org.violin.api.control.Report;
import org.violin.api.placement.Cost;

/** A report for people: the whole plan when it was only planned, else what was done in one line for each verb. */
final class ReportText {
    private ReportText() {}

    static String of(Report r, boolean verbose, boolean colour) {
        StringBuilder s = new StringBuilder();
        r.notes().forEach(n -> s.append("note: ").append(n).append('\n'));
        if (r.nothingToDo()) return s + r.violin() + ": nothing to do\n";
        if (!r.done() || verbose) {
            Table table = new Table("verb", "kind", "entity", "host", "why");
            for (PlanStep step : r.steps()) table.row(step.verb(), step.kind(), step.entity(), step.host(), step.why());
            s.append(table.text(colour));
            if (!r.done() && r.placement() != null) s.append('\n').append(choices(r.placement(), colour, false)).append(worth(r.placement()));
        }
        s.append(r.violin()).append(r.done() ? ": " : ": would ").append(counts(r));
        s.append(r.done() ? "; revision " + r.revision() : "").append("; planned in ").append(r.planMillis()).append(" ms");
        return s.append(r.done() ? ", done in " + r.applyMillis() + " ms\n" : ", nothing was changed\n").toString();
    }

    /** What moves, with the gain; for orders that only move. */
    static String moves(Report r, boolean colour) {
        PlacementView p = r.placement();
        if (p == null || p.moves() == 0) {
            return r.violin() + ": no move pays its price\n" + (p == null ? "" : worth(p));
        }
        StringBuilder s = new StringBuilder(choices(p, colour, true)).append(worth(p));
        s.append(r.violin()).append(r.done() ? ": moved " : ": would move ").append(p.moves()).append(p.moves() == 1 ? " node" : " nodes");
        if (p.before() > 0) {
            double gain = p.before() - (p.total() - p.cost().moves());
            s.append(String.format(Locale.ROOT, "; cost %s -> %s (%+.1f %%)", figure(p.before()), figure(p.total() - p.cost().moves()), -100 * gain / p.before()));
        }
        return s.append(r.done() ? "; done in " + r.applyMillis() + " ms\n" : "; nothing was changed\n").toString();
    }

    private static String choices(PlacementView p, boolean colour, boolean moved) {
        Table table = moved ? new Table("node", "kind", "from", "to", "why") : new Table("node", "kind", "host", "", "why");
        for (PlacementView.Choice c : p.choices()) {
            boolean moves = !c.from().isEmpty() && !c.from().equals(c.host());
            if (moved && !moves) continue;
            if (moved) table.row(c.node(), c.kind(), c.from(), c.host(), c.why());
            else table.row(c.node(), c.kind(), c.host(), moves ? "from " + c.from() : c.from().isEmpty() ? "new" : "stays", c.why());
        }
        return table.text(colour);
    }

    /** The total with its parts, the bound and the gap. */
    private static String worth(PlacementView p) {
        Cost c = p.cost();
        StringBuilder s = new StringBuilder("placement " + p.strategy() + ": cost " + figure(p.total()) + " (latency " + figure(c.latency())
                + ", loss " + figure(c.loss()) + ", access " + figure(c.access()) + ", balance " + figure(c.balance()) + ", moves " + figure(c.moves()) + ")");
        if (p.bound() == null) s.append("; no bound known");
        else s.append("; none can cost less than ").append(figure(p.bound()));
        if (p.gapPercent() != null) s.append(String.format(Locale.ROOT, ": gap %.2f %%", p.gapPercent()));
        if (p.cut()) s.append("; the search was cut short");
        return s.append("; ").append(p.matrix()).append("; ").append(p.millis()).append(" ms\n").toString();
    }

    private static String figure(double value) {
        return value == 0 ? "0" : String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 1000 ? "%.1f" : "%.0f", value);
    }

    private static String counts(Report r) {
        Map<String, Map<String, Integer>> byVerb = new LinkedHashMap<>();
        for (PlanStep step : r.steps()) byVerb.computeIfAbsent(step.verb(), v -> new LinkedHashMap<>()).merge(step.kind(), 1, Integer::sum);
        StringBuilder s = new StringBuilder();
        byVerb.forEach((verb, kinds) -> {
            s.append(s.length() == 0 ? "" : ", ").append(verb);
            kinds.forEach((kind, n) -> s.append(' ').append(n).append(' ').append(kind).append(','));
            s.setLength(s.length() - 1);
        });
        return s.toString();
    }
}
