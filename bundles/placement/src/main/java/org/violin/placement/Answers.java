// SPDX-License-Identifier: Apache-2.0
package org.violin.placement;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.violin.api.placement.Answer;
import org.violin.api.placement.Cost;

/** Makes a strategy's numbers an answer: names, cost, and one sentence for each entity. Called by strategies as their last step. */
public final class Answers {
    private Answers() {}

    /**
     * A complete placement.
     *
     * @param at host by entity, all placed, keeping the rules
     * @param bound cut to the cost where rounding brought it above
     */
    public static Answer of(Problem p, int[] at, OptionalDouble bound, boolean cut) {
        return of(p, at, bound, Map.of(), cut);
    }

    /** As above, with the paths of a substrate that has wires. */
    public static Answer of(Problem p, int[] at, OptionalDouble bound, Map<Integer, List<String>> paths, boolean cut) {
        Map<String, String> placement = new TreeMap<>();
        for (int i = 0; i < p.entities; i++) placement.put(p.entity(i).name(), p.host(at[i]).name());
        Cost cost = p.cost(at);
        OptionalDouble below = bound.isEmpty() ? bound : OptionalDouble.of(Math.min(bound.getAsDouble(), cost.total()));
        return new Answer(placement, cost, below, Map.of(), reasons(p, at), paths, cut);
    }

    /** By entity what its place costs, and what the next best would cost more. Time in entities times hosts. */
    public static Map<String, String> reasons(Problem p, int[] at) {
        Ledger ledger = new Ledger(p);
        ledger.set(at);
        double[] prices = new double[p.hosts];
        Map<String, String> reasons = new TreeMap<>();
        for (int i = 0; i < p.entities; i++) reasons.put(p.entity(i).name(), reason(p, ledger, i, prices));
        return reasons;
    }

    private static String reason(Problem p, Ledger ledger, int i, double[] prices) {
        int here = ledger.at(i);
        StringBuilder s = new StringBuilder(80).append(p.host(here).name());
        if (p.allowed[i] != null && p.allowed[i].length == 1) {
            String why = p.entity(i).why();
            return s.append(": ").append(why.isEmpty() ? "the only host it may go to" : why).toString();
        }
        ledger.remove(i);
        ledger.prices(i, prices);
        int next = Problem.NOWHERE;
        for (int h = 0; h < p.hosts; h++) {
            if (h != here && (next == Problem.NOWHERE || prices[h] < prices[next]) && ledger.fits(i, h)) next = h;
        }
        ledger.put(i, here);
        if (p.current[i] == here) s.append(", where it is");
        if (p.current[i] != Problem.NOWHERE && p.current[i] != here) s.append(", from ").append(p.host(p.current[i]).name());
        s.append(": costs ");
        number(s, prices[here]);
        if (next == Problem.NOWHERE) return s.append("; it fits no other host as things are").toString();
        double more = prices[next] - prices[here];
        s.append("; ").append(p.host(next).name());
        if (Math.abs(more) < 0.0005) return s.append(" would cost the same").toString();
        number(s.append(" would cost "), Math.abs(more));
        return s.append(more > 0 ? " more" : " less").toString();
    }

    /** Three digits after the point, without the slow formatter. */
    static void number(StringBuilder s, double value) {
        if (!(Math.abs(value) < 1e12)) {
            s.append(value);
            return;
        }
        long thousandths = Math.round(value * 1000);
        if (thousandths < 0) s.append('-');
        thousandths = Math.abs(thousandths);
        s.append(thousandths / 1000);
        int rest = (int) (thousandths % 1000);
        if (rest > 0) s.append('.').append(rest / 100).append(rest / 10 % 10).append(rest % 10);
    }
}
