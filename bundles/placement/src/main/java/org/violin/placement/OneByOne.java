// SPDX-License-Identifier: Apache-2.0
package org.violin.placement;

import java.util.Arrays;
import java.util.Map;
import java.util.OptionalDouble;
import org.violin.api.placement.Answer;

/**
 * The frame of simple policies: first who must be somewhere, what runs where it runs, then the biggest first, each on the host the policy
 * likes best. Who finds no place comes earlier next time; in the end any placement that keeps the rules is taken. Wires are refused.
 */
public final class OneByOne {
    private static final int ATTEMPTS = 12;
    private static final long SEARCH = 2_000_000;

    /** What a policy likes; called for hosts the entity fits. */
    public interface Policy {
        /** Before each attempt: nothing is placed. */
        default void start() {}

        /** Whether entity i would rather be on host h than on q; {@code price} by host is what it would add to the objective. */
        boolean rather(int i, int h, int q, double[] price);

        /** Entity i went to h. */
        default void put(int i, int h) {}
    }

    private OneByOne() {}

    /** Places all by the policy, or refuses with the smallest explanation found; half of the time is for finding a placement. */
    public static Answer place(Problem p, Ledger ledger, Policy policy, Deadline deadline) {
        if (!p.substrate.wires().isEmpty()) {
            return Answer.refused(Map.of("wires", "this strategy places on a mesh of hosts only, not on wires"), false);
        }
        int[] urgent = new int[p.entities];
        Deadline half = deadline.half();
        for (int attempt = 0; attempt < ATTEMPTS && (attempt == 0 || !half.over()); attempt++) {
            int stuck = attempt(p, ledger, policy, urgent);
            if (stuck == Problem.NOWHERE) return Answers.of(p, ledger.at(), OptionalDouble.empty(), false);
            urgent[stuck]++;
        }
        Search search = new Search(p, SEARCH, half);
        if (p.hosts > 0 && search.run() == Search.Outcome.FOUND) return Answers.of(p, search.found(), OptionalDouble.empty(), half.cut());
        Map<String, String> why = Explanation.of(p, deadline);
        return Answer.refused(why, half.cut() || deadline.cut());
    }

    private static int attempt(Problem p, Ledger ledger, Policy policy, int[] urgent) {
        for (int i = 0; i < p.entities; i++) ledger.remove(i);
        policy.start();
        Integer[] order = new Integer[p.entities];
        for (int i = 0; i < order.length; i++) order[i] = i;
        Arrays.sort(order, (x, y) -> urgent[x] != urgent[y] ? urgent[y] - urgent[x] : rank(p, x) != rank(p, y) ? rank(p, x) - rank(p, y)
                : Double.compare(size(p, y), size(p, x)) != 0 ? Double.compare(size(p, y), size(p, x)) : x - y);
        double[] price = new double[p.hosts];
        for (int i : order) {
            int best = p.current[i] != Problem.NOWHERE && ledger.fits(i, p.current[i]) ? p.current[i] : Problem.NOWHERE;
            if (best == Problem.NOWHERE) {
                ledger.prices(i, price);
                for (int h = 0; h < p.hosts; h++) {
                    if ((best == Problem.NOWHERE || policy.rather(i, h, best, price)) && ledger.fits(i, h)) best = h;
                }
            }
            if (best == Problem.NOWHERE) return i;
            ledger.put(i, best);
            policy.put(i, best);
        }
        return Problem.NOWHERE;
    }

    private static int rank(Problem p, int i) {
        return p.allowed[i] != null && p.allowed[i].length == 1 ? 0 : p.current[i] != Problem.NOWHERE ? 1 : 2;
    }

    /** One figure for a demand, only to order: cores and GiB added up. */
    private static double size(Problem p, int i) {
        return p.entity(i).cpus() + p.entity(i).memoryBytes() / (double) (1L << 30);
    }
}
