// SPDX-License-Identifier: Apache-2.0
package org.violin.placement.message;

import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import org.violin.placement.Deadline;

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
    private long slowest;
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
    void coarse(Deadline deadline) {
        int[] medoids = Candidates.medoids(field.matrix, 48);
        passes.only(Candidates.first(field, order, medoids, 8));
        few(10, deadline);
        long longest = 0;
        for (int k = 0; k < 5 && !deadline.over(longest); k++) {
            long before = deadline.left();
            if (k < 2) {
                passes.only(Candidates.near(field, order, best, 24));
                few(6, deadline);
            } else {
                forest();
            }
            longest = Math.max(longest, before - deadline.left());
        }
        passes.only(null);
        passes.clear();
        forward = true;
    }

    private void few(int most, Deadline deadline) {
        for (int k = 0; k < most && (!deadline.over() || cost == Double.POSITIVE_INFINITY); k++) {
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

    /** Passes, one at least where nothing is placed yet, until met, stalled, {@code most} are done, or the time is over. */
    void run(int most, Deadline deadline) {
        double base = bound;
        double costBase = cost;
        int since = 0;
        for (int k = 0; k < most && !met() && (!deadline.over(slowest) || cost == Double.POSITIVE_INFINITY); k++) {
            long before = deadline.left();
            step();
            slowest = Math.max(slowest * 9 / 10, before - deadline.left());
            if (k % EVERY == EVERY - 1 && cost - bound > 10 * CLOSE * cost && !deadline.over(slowest)) forest();
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
