// SPDX-License-Identifier: Apache-2.0
package org.violin.placement;

import java.util.Arrays;
import org.violin.api.placement.Demand;

/**
 * Makes a whole placement cheaper, one step after the other: an entity moves, two change places, a group that must be together moves as
 * one. Keeps every rule that held; never makes it dearer. Bounded in rounds; who ran out of time has a whole placement at any moment.
 */
public final class LocalSearch {
    private static final int ROUNDS = 40;
    private static final int SWAPS = 8;
    private static final double GAIN = 1e-9;

    private final Problem p;
    private final Ledger ledger;
    private final Places places;
    private final double[] prices;
    private final double[] sums;
    private final boolean[] dirty;
    private final Deadline deadline;
    private boolean cut;

    /** @param deadline when to stop */
    public LocalSearch(Problem problem, Ledger ledger, Deadline deadline) {
        p = problem;
        this.ledger = ledger;
        this.deadline = deadline;
        places = new Places(p);
        prices = new double[p.hosts];
        sums = new double[p.hosts];
        dirty = new boolean[p.entities];
    }

    /** Works until nothing gains; false when the time was over first. */
    public boolean run() {
        Arrays.fill(dirty, true);
        boolean any = true;
        for (int round = 0; any && round < ROUNDS && !cut; round++) {
            any = false;
            for (int i = 0; i < p.entities && !cut; i++) {
                if ((i & 31) == 0) cut = deadline.over();
                if (dirty[i]) any |= better(i);
            }
            for (int g = 0; g < places.rule.length && !cut; g++) {
                if (places.rule[g] == Demand.Rule.TOGETHER) any |= together(g);
            }
        }
        return !cut;
    }

    private boolean better(int i) {
        dirty[i] = false;
        if (p.allowed[i] != null && p.allowed[i].length == 1) return false;
        int here = ledger.at(i);
        ledger.remove(i);
        ledger.prices(i, prices);
        int best = here;
        int wish = here;
        for (int h = 0; h < p.hosts; h++) {
            if (prices[h] < prices[wish] - GAIN && p.allows(i, h)) wish = h;
            if (prices[h] < prices[best] - GAIN && ledger.fits(i, h)) best = h;
        }
        double gain = prices[here] - prices[best];
        ledger.put(i, best);
        if (best != here) touch(i);
        boolean swapped = prices[wish] < prices[best] - GAIN && swap(i, wish);
        return gain > GAIN || swapped;
    }

    /** Changes places with one of those on the host it would rather be on. */
    private boolean swap(int i, int wish) {
        int here = ledger.at(i);
        int tries = 0;
        for (int j = 0; j < p.entities && tries < SWAPS; j++) {
            if (ledger.at(j) != wish || j == i || !p.allows(j, here)) continue;
            tries++;
            ledger.remove(i);
            double before = ledger.price(i, here);
            ledger.remove(j);
            before += ledger.price(j, wish);
            boolean done = false;
            if (ledger.fits(i, wish)) {
                double after = ledger.price(i, wish);
                ledger.put(i, wish);
                if (ledger.fits(j, here) && after + ledger.price(j, here) < before - GAIN) {
                    ledger.put(j, here);
                    done = true;
                } else {
                    ledger.remove(i);
                }
            }
            if (done) {
                touch(i);
                touch(j);
                return true;
            }
            ledger.put(j, wish);
            ledger.put(i, here);
        }
        return false;
    }

    /** All of a group to one other host, where that is cheaper. */
    private boolean together(int g) {
        int[] who = places.entities[g];
        int[] was = new int[who.length];
        double before = 0;
        for (int k = who.length - 1; k >= 0; k--) {
            was[k] = ledger.at(who[k]);
            ledger.remove(who[k]);
            before += ledger.price(who[k], was[k]);
        }
        Arrays.fill(sums, 0);
        for (int i : who) {
            ledger.prices(i, prices);
            for (int h = 0; h < p.hosts; h++) sums[h] += prices[h];
        }
        for (int tries = 0; tries < SWAPS; tries++) {
            int best = 0;
            for (int h = 1; h < p.hosts; h++) if (sums[h] < sums[best]) best = h;
            if (!(sums[best] < before - GAIN)) break;
            sums[best] = Double.POSITIVE_INFINITY;
            double after = 0;
            int k = 0;
            while (k < who.length && ledger.fits(who[k], best)) {
                after += ledger.price(who[k], best);
                ledger.put(who[k++], best);
            }
            if (k == who.length && after < before - GAIN) {
                for (int i : who) touch(i);
                return true;
            }
            while (k > 0) ledger.remove(who[--k]);
        }
        for (int k = 0; k < who.length; k++) ledger.put(who[k], was[k]);
        return false;
    }

    private void touch(int i) {
        dirty[i] = true;
        for (int k = p.first[i]; k < p.first[i + 1]; k++) dirty[p.other(p.edges[k], i)] = true;
    }
}
