// SPDX-License-Identifier: Apache-2.0
package org.violin.placement.greedy;

import java.util.Arrays;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.violin.placement.Ledger;
import org.violin.placement.Problem;

/**
 * Places entities one after the other: first who must be somewhere, then what runs where it runs, then outwards by traffic to what is
 * placed, each where it costs least; where that is even, near the root.
 */
final class Growth {
    private final Problem p;
    private final Ledger ledger;
    private final int[] urgent;
    private final double[] prices;
    private final double[] pull;
    private final double[] all;

    /** @param ledger is filled anew by each {@link #from} */
    Growth(Problem problem, Ledger ledger) {
        p = problem;
        this.ledger = ledger;
        urgent = new int[p.entities];
        prices = new double[p.hosts];
        pull = new double[p.entities];
        all = new double[p.entities];
        for (int e = 0; e < p.a.length; e++) {
            all[p.a[e]] += p.rate[e];
            all[p.b[e]] += p.rate[e];
        }
    }

    /**
     * Places all from nothing.
     *
     * @param links false: every entity goes as near to the root as it fits, whatever its traffic
     * @return the entity that found no place and comes earlier next time; {@link Problem#NOWHERE}: all are placed
     */
    int from(int root, boolean links) {
        for (int i = 0; i < p.entities; i++) ledger.remove(i);
        Arrays.fill(pull, 0);
        PriorityQueue<Turn> queue = new PriorityQueue<>(Turn.ORDER);
        for (int i = 0; i < p.entities; i++) queue.add(turn(i));
        while (!queue.isEmpty()) {
            Turn turn = queue.remove();
            int i = turn.entity;
            if (ledger.at(i) != Problem.NOWHERE || turn.pull != pull[i]) continue;
            int h = p.current[i] != Problem.NOWHERE && ledger.fits(i, p.current[i]) ? p.current[i] : best(i, root, links);
            if (h == Problem.NOWHERE) {
                urgent[i]++;
                return i;
            }
            ledger.put(i, h);
            for (int k = p.first[i]; k < p.first[i + 1]; k++) {
                int j = p.other(p.edges[k], i);
                if (ledger.at(j) != Problem.NOWHERE || p.rate[p.edges[k]] == 0) continue;
                pull[j] += p.rate[p.edges[k]];
                queue.add(turn(j));
            }
        }
        return Problem.NOWHERE;
    }

    private int best(int i, int root, boolean links) {
        if (links) ledger.prices(i, prices);
        int best = Problem.NOWHERE;
        for (int h = 0; h < p.hosts; h++) {
            if (best != Problem.NOWHERE && !less(h, best, root, links)) continue;
            if (ledger.fits(i, h)) best = h;
        }
        return best;
    }

    private boolean less(int h, int best, int root, boolean links) {
        if (links && prices[h] != prices[best]) return prices[h] < prices[best];
        return p.between(root, h) < p.between(root, best);
    }

    private Turn turn(int i) {
        boolean fixed = p.allowed[i] != null && p.allowed[i].length == 1;
        int rank = urgent[i] > 0 ? -urgent[i] : fixed ? 1 : p.current[i] != Problem.NOWHERE ? 2 : 3;
        double size = p.entity(i).cpus() + p.entity(i).memoryBytes() / (double) (1L << 30);
        return new Turn(i, rank, pull[i], size, all[i]);
    }

    private record Turn(int entity, int rank, double pull, double size, double all) {
        static final Comparator<Turn> ORDER = Comparator.comparingInt(Turn::rank).thenComparingDouble(t -> -t.pull)
                .thenComparingDouble(t -> -t.size).thenComparingDouble(t -> -t.all).thenComparingInt(Turn::entity);
    }
}
