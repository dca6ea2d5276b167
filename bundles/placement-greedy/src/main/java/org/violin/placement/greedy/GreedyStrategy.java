// SPDX-License-Identifier: Apache-2.0
package org.violin.placement.greedy;

import java.util.Arrays;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.violin.api.placement.Answer;
import org.violin.api.placement.Demand;
import org.violin.api.placement.PlacementStrategy;
import org.violin.api.placement.Substrate;
import org.violin.api.placement.Terms;
import org.violin.placement.Answers;
import org.violin.placement.Deadline;
import org.violin.placement.Explanation;
import org.violin.placement.Ledger;
import org.violin.placement.LocalSearch;
import org.violin.placement.Problem;
import org.violin.placement.Search;

/**
 * Outwards from several roots by traffic times distance, then moves and swaps while they gain; the best of all roots; small ones
 * are shaken. What runs stays
 * unless it must move or moving pays its price. With wires, see {@link Wired}. Stateless.
 */
@Component
public final class GreedyStrategy implements PlacementStrategy {
    /** Roots tried, and how much work (entities times hosts) all roots together may be. */
    private static final int ROOTS = 12;
    private static final long WORK = 2_000_000;
    private static final int ATTEMPTS = 12;
    private static final long SEARCH = 2_000_000;
    /** Small questions (entities times hosts) are shaken so often. */
    private static final long KICKED = 4_000;
    private static final int KICKS = 60;

    @Activate
    public GreedyStrategy() {}

    @Override
    public String kind() {
        return "greedy";
    }

    @Override
    public Answer place(Demand demand, Substrate substrate, Map<String, String> current, Terms terms) {
        Deadline call = Deadline.of(terms, System::nanoTime);
        Problem p = new Problem(demand, substrate, current);
        Deadline deadline = call.closing(p);
        if (!substrate.wires().isEmpty()) return new Wired(p, deadline).answer();
        if (p.hosts == 0 && p.entities > 0) return Answer.refused(Explanation.of(p, deadline), false);
        Ledger ledger = new Ledger(p);
        Growth growth = new Growth(p, ledger);
        int[] best = null;
        double least = Double.POSITIVE_INFINITY;
        boolean cut = false;
        Deadline half = deadline.half();
        int[] roots = roots(p);
        for (int k = 0; k < 2 * roots.length && !cut; k++) {
            boolean links = k % 2 == 0;
            if (!grown(growth, roots[k / 2], links, half)) break;
            cut = !new LocalSearch(p, ledger, deadline).run();
            double cost = p.cost(ledger.at()).total();
            if (!(cost < least - 1e-9)) continue;
            least = cost;
            best = ledger.at().clone();
        }
        if (best == null && p.entities > 0) {
            Search search = new Search(p, SEARCH, half);
            if (search.run() != Search.Outcome.FOUND) {
                Map<String, String> why = Explanation.of(p, deadline);
                return Answer.refused(why, half.cut() || deadline.cut());
            }
            ledger.set(search.found());
            cut = !new LocalSearch(p, ledger, deadline).run();
            best = ledger.at().clone();
        }
        if (!cut && p.entities > 1 && (long) p.entities * p.hosts <= KICKED) cut = !kicked(p, ledger, best, new Random(terms.seed()), deadline);
        return Answers.of(p, best == null ? new int[0] : best, OptionalDouble.empty(), cut);
    }

    /** Throws two or three about and searches on from there, keeping what is better; {@code best} is changed. False: out of time. */
    private static boolean kicked(Problem p, Ledger ledger, int[] best, Random random, Deadline deadline) {
        double least = p.cost(best).total();
        for (int kick = 0; kick < KICKS; kick++) {
            ledger.set(best);
            int one = random.nextInt(p.entities);
            thrown(p, ledger, one, random);
            int edge = p.first[one + 1] > p.first[one] ? p.edges[p.first[one] + random.nextInt(p.first[one + 1] - p.first[one])] : -1;
            thrown(p, ledger, edge < 0 ? random.nextInt(p.entities) : p.other(edge, one), random);
            if (random.nextBoolean()) thrown(p, ledger, random.nextInt(p.entities), random);
            if (!new LocalSearch(p, ledger, deadline).run()) return false;
            double cost = p.cost(ledger.at()).total();
            if (!(cost < least - 1e-9)) continue;
            least = cost;
            System.arraycopy(ledger.at(), 0, best, 0, best.length);
        }
        return true;
    }

    /** To the first host from a drawn one on that it fits, which may be where it was. */
    private static void thrown(Problem p, Ledger ledger, int i, Random random) {
        int from = random.nextInt(p.hosts);
        int to = ledger.at(i);
        ledger.remove(i);
        for (int k = p.hosts - 1; k >= 0; k--) if (ledger.fits(i, (from + k) % p.hosts)) to = (from + k) % p.hosts;
        ledger.put(i, to);
    }

    /** Who found no place is placed earlier, a few times. */
    private static boolean grown(Growth growth, int root, boolean links, Deadline half) {
        for (int attempt = 0; attempt < ATTEMPTS && (attempt == 0 || !half.over()); attempt++) if (growth.from(root, links) == Problem.NOWHERE) return true;
        return false;
    }

    /** Hosts far from each other, the one nearest to all first; fewer where there is much to place, one where something runs. */
    private static int[] roots(Problem p) {
        long each = Math.max(1, (long) p.entities * p.hosts);
        int n = (int) Math.max(1, Math.min(Math.min(ROOTS, p.hosts), WORK / each));
        if (Arrays.stream(p.current).anyMatch(h -> h != Problem.NOWHERE)) n = 1;
        int[] roots = new int[p.hosts == 0 ? 0 : n];
        double[] away = new double[p.hosts];
        for (int k = 0; k < roots.length; k++) {
            int pick = 0;
            if (k == 0) {
                double[] sum = new double[p.hosts];
                for (int h = 0; h < p.hosts; h++) for (int q = 0; q < p.hosts; q++) sum[h] += p.between(h, q);
                for (int h = 1; h < p.hosts; h++) if (sum[h] < sum[pick]) pick = h;
                Arrays.fill(away, Double.POSITIVE_INFINITY);
            } else {
                for (int h = 1; h < p.hosts; h++) if (away[h] > away[pick]) pick = h;
            }
            roots[k] = pick;
            for (int h = 0; h < p.hosts; h++) away[h] = Math.min(away[h], p.between(pick, h));
        }
        return roots;
    }
}
