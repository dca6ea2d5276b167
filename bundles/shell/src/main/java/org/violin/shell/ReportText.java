// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.util.LinkedHashMap;
import java.util.Map;
import org.violin.api.control.PlanStep;
import org.violin.api.control.Report;

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
        }
        s.append(r.violin()).append(r.done() ? ": " : ": would ").append(counts(r));
        s.append(r.done() ? "; revision " + r.revision() : "").append("; planned in ").append(r.planMillis()).append(" ms");
        return s.append(r.done() ? ", done in " + r.applyMillis() + " ms\n" : ", nothing was changed\n").toString();
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
