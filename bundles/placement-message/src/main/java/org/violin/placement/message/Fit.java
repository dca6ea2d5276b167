// SPDX-License-Identifier: Apache-2.0
package org.violin.placement.message;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.violin.placement.Deadline;
import org.violin.placement.Ledger;
import org.violin.placement.Problem;

/**
 * The best placement yet that keeps every rule, and the ways to a better one: making a placement that may break rules keep them, local
 * search, and taking some neighbours out and putting them in again (Shaw's large neighbourhood search, CP 1998).
 */
final class Fit {
    private final Problem p;
    private final Deadline deadline;
    private final SplittableRandom random;
    private final Ledger ledger;
    private final double[] prices;
    private final int[] out;
    private final int[] was;
    int[] best;
    double cost = Double.POSITIVE_INFINITY;

    Fit(Problem p, Deadline deadline, long seed) {
        this.p = p;
        this.deadline = deadline;
        random = new SplittableRandom(seed);
        ledger = new Ledger(p);
        prices = new double[p.hosts];
        out = new int[Math.max(1, p.entities)];
        was = new int[Math.max(1, p.entities)];
    }

    /** Keeps a placement that keeps the rules, when it is the best. */
    boolean keep(int[] x) {
        double c = p.cost(x).total();
        if (!(c < cost)) return false;
        cost = c;
        best = x.clone();
        return true;
    }

    /** Whether a placement keeps all rules. */
    boolean keeps(int[] x) {
        ledger.set(none());
        for (int i = 0; i < p.entities; i++) {
            if (!ledger.fits(i, x[i])) return false;
            ledger.put(i, x[i]);
        }
        return true;
    }

    private int[] none() {
        int[] none = new int[p.entities];
        Arrays.fill(none, Problem.NOWHERE);
        return none;
    }

    /** Tries to keep the rules near {@code wish}, then makes it cheaper and keeps it when it is the best; whether it fits at all. */
    boolean near(int[] wish, int[] order) {
        ledger.set(none());
        int open = 0;
        for (int i : order) {
            if (ledger.fits(i, wish[i])) ledger.put(i, wish[i]);
            else out[open++] = i;
        }
        int tries = 4 * p.entities + 40;
        int first = tries - p.entities;
        while (open > 0 && tries-- > 0) {
            if (tries < first && deadline.over()) return false;
            int i = out[--open];
            int h = cheapest(i, 0);
            if (h != Problem.NOWHERE) {
                ledger.put(i, h);
                continue;
            }
            open = push(i, open);
            if (open < 0) return false;
        }
        if (open > 0) return false;
        return finish();
    }

    /** Puts i where it would be cheap, and takes out at random of those there, and of its neighbours, until it fits; the new count. */
    private int push(int i, int open) {
        int n = p.allowed[i] == null ? p.hosts : p.allowed[i].length;
        int h = p.allowed[i] == null ? random.nextInt(n) : p.allowed[i][random.nextInt(n)];
        for (int round = 0; round < p.entities && !ledger.fits(i, h); round++) {
            int j = random.nextInt(p.entities);
            boolean related = false;
            for (int k = 0; k < p.entities && !related; k++) {
                j = j + 1 == p.entities ? 0 : j + 1;
                related = ledger.at(j) == h || ledger.at(j) >= 0 && round > 2;
            }
            if (!related || j == i) return -1;
            ledger.remove(j);
            out[open++] = j;
        }
        if (!ledger.fits(i, h)) return -1;
        ledger.put(i, h);
        for (int a = open - 1; a > 0; a--) {
            int b = random.nextInt(a + 1);
            int t = out[a];
            out[a] = out[b];
            out[b] = t;
        }
        return open;
    }

    private int cheapest(int i, double noise) {
        ledger.prices(i, prices);
        int best = Problem.NOWHERE;
        if (noise > 0) for (int h = 0; h < p.hosts; h++) prices[h] *= 1 + noise * random.nextDouble();
        for (int h = 0; h < p.hosts; h++) {
            if ((best == Problem.NOWHERE || prices[h] < prices[best]) && ledger.fits(i, h)) best = h;
        }
        return best;
    }

    /** Moves entities one by one to where they are cheapest, until none gains or the time is over. */
    private boolean finish() {
        boolean[] quiet = new boolean[p.entities];
        boolean any = true;
        for (int round = 0; any && round < 20 && !deadline.over(); round++) {
            any = false;
            for (int i = 0; i < p.entities && ((i & 63) != 0 || !deadline.over()); i++) {
                if (quiet[i] || p.allowed[i] != null && p.allowed[i].length == 1) continue;
                quiet[i] = true;
                int here = ledger.at(i);
                ledger.remove(i);
                int h = cheapest(i, 0);
                boolean better = h != Problem.NOWHERE && prices[h] < prices[here] - 1e-9 * Math.abs(prices[here]);
                ledger.put(i, better ? h : here);
                if (!better) continue;
                any = true;
                for (int k = p.first[i]; k < p.first[i + 1]; k++) quiet[p.other(p.edges[k], i)] = false;
            }
        }
        keep(ledger.at());
        return true;
    }

    /** Takes some neighbours out and puts them in again, so many times; from the best. */
    void shake(int rounds) {
        if (best == null || p.entities == 0) return;
        ledger.set(best);
        double now = cost;
        double heat = cost * 0.002;
        for (int r = 0; r < rounds && ((r & 15) != 0 || !deadline.over()); r++) {
            double gain = shakeOnce(3 + random.nextInt(8));
            if (Double.isNaN(gain)) continue;
            double limit = -heat * (1 - (double) r / rounds) * random.nextDouble();
            if (gain < limit) {
                undo();
                continue;
            }
            now -= gain;
            if (now < cost - 1e-9 * Math.abs(cost)) {
                keep(ledger.at());
                now = cost;
            }
        }
        ledger.set(best);
        finish();
    }

    private int taken;

    /** The gain; NaN when all is as before. */
    private double shakeOnce(int size) {
        taken = 0;
        int start = random.nextInt(p.entities);
        take(start);
        if (taken == 0) return Double.NaN;
        for (int tries = 0; tries < 4 * size && taken < size; tries++) {
            int from = out[random.nextInt(taken)];
            int j;
            if (random.nextInt(3) > 0 && p.first[from + 1] > p.first[from]) {
                j = p.other(p.edges[p.first[from] + random.nextInt(p.first[from + 1] - p.first[from])], from);
            } else {
                j = random.nextInt(p.entities);
            }
            take(j);
        }
        double before = 0;
        for (int k = 0; k < taken; k++) {
            ledger.remove(out[k]);
            before += ledger.price(out[k], was[k]);
        }
        for (int a = taken - 1; a > 0; a--) {
            int b = random.nextInt(a + 1);
            int t = out[a];
            out[a] = out[b];
            out[b] = t;
            t = was[a];
            was[a] = was[b];
            was[b] = t;
        }
        double after = 0;
        for (int k = 0; k < taken; k++) {
            int h = cheapest(out[k], random.nextInt(3) == 0 ? 0.3 : 0);
            if (h == Problem.NOWHERE) {
                undo();
                return Double.NaN;
            }
            after += ledger.price(out[k], h);
            ledger.put(out[k], h);
        }
        return before - after;
    }

    private void take(int i) {
        if (p.allowed[i] != null && p.allowed[i].length == 1) return;
        for (int k = 0; k < taken; k++) if (out[k] == i) return;
        out[taken] = i;
        was[taken++] = ledger.at(i);
    }

    private void undo() {
        for (int k = 0; k < taken; k++) ledger.remove(out[k]);
        for (int k = 0; k < taken; k++) ledger.put(out[k], was[k]);
    }
}
