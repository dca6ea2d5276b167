// SPDX-License-Identifier: Apache-2.0
package org.violin.placement.message;

import java.util.SplittableRandom;
import java.util.concurrent.Executor;

/** Works on one {@link Field} until its bound meets its cost, nothing gains any more, or the time is over. */
final class Core {
    /** Cost over bound at which no more is gained by going on. */
    static final double CLOSE = 1e-5;

    /** So many passes, then a step on a forest. */
    private static final int EVERY = 6;

    final Field field;
    final int[] order;
    final Passes passes;
    /** The best placement of the core yet; others are -1 until {@link Field#unfold}. */
    final int[] best;
    double cost = Double.POSITIVE_INFINITY;
    double bound = Double.NEGATIVE_INFINITY;
    int count;
    private final int[] x;
    private final double[] scratch;
    private boolean forward = true;
    private final SplittableRandom random = new SplittableRandom(1);
    private final MinPlus.Desk desk;

    Core(Field field, Executor second) {
        this.field = field;
        order = Orders.depth(field);
        passes = new Passes(field, order, second);
        best = new int[field.nodes];
        x = new int[field.nodes];
        scratch = new double[field.matrix.hosts];
        desk = new MinPlus.Desk(field.matrix.hosts);
        java.util.Arrays.fill(best, -1);
        java.util.Arrays.fill(x, -1);
        if (order.length == 0) {
            cost = field.constant;
            bound = field.constant;
        }
    }

    /** Offers a placement of the core, such as the present one. */
    void offer(int[] placement) {
        for (int i : order) x[i] = placement[i];
        keep();
    }

    /** Settles what is in {@code x} and keeps it when it is the best. */
    private void keep() {
        Settle.settle(field, x, order, scratch);
        double c = field.cost(x);
        if (c >= cost) return;
        cost = c;
        for (int i : order) best[i] = x[i];
    }

    /** Whether cost and bound have met. */
    boolean met() {
        return cost < Double.POSITIVE_INFINITY && cost - bound <= CLOSE * Math.max(Math.abs(cost), 1e-9);
    }

    /** A pass forward or backward with its bound, and a placement read from it. */
    void step() {
        double b = passes.pass(forward);
        bound = Math.max(bound, b - 1e-11 * order.length - 1e-12 * Math.abs(b));
        passes.round(!forward, x);
        keep();
        forward = !forward;
        count++;
    }

    /** Places most nodes anew at once, the best placement being the start. */
    void forest() {
        System.arraycopy(best, 0, x, 0, x.length);
        Forest.step(field, order, x, random, desk);
        keep();
    }

    /** Passes that look at few hosts of each node only: cheap, for a first placement; full ones start anew. */
    void coarse(Clock clock) {
        int[] medoids = Candidates.medoids(field.matrix, 48);
        passes.only(Candidates.first(field, order, medoids, 8));
        few(10, clock);
        for (int round = 0; round < 2 && !clock.over(0); round++) {
            passes.only(Candidates.near(field, order, best, 24));
            few(6, clock);
        }
        passes.only(null);
        for (int k = 0; k < 3 && !clock.over(0); k++) forest();
        passes.clear();
        forward = true;
    }

    private void few(int most, Clock clock) {
        for (int k = 0; k < most && (!clock.over(0) || cost == Double.POSITIVE_INFINITY); k++) {
            passes.pass(forward);
            forward = !forward;
            if (k + 1 < most && k != 4) continue;
            passes.round(forward, x);
            keep();
        }
    }

    /** How many entries of the matrix a full pass looks at, at most. */
    double work() {
        double edges = 0;
        for (int i : order) for (int e : field.at[i]) if (field.core[field.edges[e].other(i)]) edges += 0.5;
        return edges * field.matrix.hosts * field.matrix.hosts;
    }

    /** Passes, one at least, until met, stalled, {@code most} are done, or the time is over. */
    void run(int most, Clock clock) {
        double base = bound;
        double costBase = cost;
        int since = 0;
        long slowest = 0;
        for (int k = 0; k < most && !met() && (!clock.over(slowest) || count == 0); k++) {
            long before = clock.left();
            step();
            slowest = Math.max(slowest * 9 / 10, before - clock.left());
            if (k % EVERY == EVERY - 1 && cost - bound > 10 * CLOSE * cost && !clock.over(slowest)) forest();
            if (++since == 24) {
                double gap = cost - bound;
                if (bound - base < 1e-3 * gap && cost >= costBase) return;
                base = bound;
                costBase = cost;
                since = 0;
            }
        }
    }
}
