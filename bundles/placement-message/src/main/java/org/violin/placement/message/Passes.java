// SPDX-License-Identifier: Apache-2.0
package org.violin.placement.message;

import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Sequential tree-reweighted message passing on the core of a {@link Field} (Kolmogorov, Convergent tree-reweighted message passing for
 * energy minimization, IEEE PAMI 28(10), 2006): nodes are taken in an order, each sends to its later neighbours; then backwards. The
 * bound never falls from pass to pass but for rounding. A node is due when its earlier neighbours are done, so two threads share a pass,
 * and the numbers are the same as of one.
 */
final class Passes {
    final Field field;
    /** Nodes of the core in order. */
    final int[] order;
    private final int[] rank;
    /** By node of the order: 1 / the larger of its numbers of earlier and later neighbours. */
    final double[] gamma;
    private final int[][] earlier;
    final int[][] later;
    /** By edge: message to its second end, and to its first; null outside the core. */
    final double[][] toB;
    final double[][] toA;
    private final double[] part;
    /** By node the only hosts looked at; null: all. Bounds of such passes say nothing about the rest. */
    private int[][] only;
    private final Executor second;
    private final MinPlus.Desk[] desks;
    private AtomicIntegerArray slots;
    private AtomicIntegerArray waiting;
    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicInteger given = new AtomicInteger();
    private final AtomicReference<Throwable> failed = new AtomicReference<>();

    /**
     * @param order nodes of the core
     * @param second runs the second thread's part; null: there is none
     */
    Passes(Field field, int[] order, Executor second) {
        this.field = field;
        this.order = order;
        this.second = second;
        int n = order.length;
        rank = new int[field.nodes];
        for (int k = 0; k < n; k++) rank[order[k]] = k;
        gamma = new double[n];
        earlier = new int[n][];
        later = new int[n][];
        toB = new double[field.edges.length][];
        toA = new double[field.edges.length][];
        for (int k = 0; k < n; k++) {
            int i = order[k];
            earlier[k] = Arrays.stream(field.at[i]).filter(e -> inCore(e) && rank[field.edges[e].other(i)] < rank[i]).toArray();
            later[k] = Arrays.stream(field.at[i]).filter(e -> inCore(e) && rank[field.edges[e].other(i)] > rank[i]).toArray();
            gamma[k] = 1.0 / Math.max(1, Math.max(earlier[k].length, later[k].length));
            for (int e : later[k]) {
                toB[e] = new double[field.matrix.hosts];
                toA[e] = new double[field.matrix.hosts];
            }
        }
        part = new double[n];
        desks = new MinPlus.Desk[] {new MinPlus.Desk(field.matrix.hosts), new MinPlus.Desk(field.matrix.hosts)};
    }

    /** Starts from the messages of another, where both have them. Messages of any origin give a bound. */
    void from(Passes other) {
        for (int e = 0; e < toA.length; e++) {
            if (toA[e] == null || other.toA[e] == null) continue;
            System.arraycopy(other.toA[e], 0, toA[e], 0, toA[e].length);
            System.arraycopy(other.toB[e], 0, toB[e], 0, toB[e].length);
        }
    }

    private boolean inCore(int e) {
        return field.core[field.edges[e].a()] && field.core[field.edges[e].b()];
    }

    /** All messages are nothing again. */
    void clear() {
        for (double[] m : toA) if (m != null) Arrays.fill(m, 0);
        for (double[] m : toB) if (m != null) Arrays.fill(m, 0);
    }

    /** From now on looks at these hosts of each node only; null: at all. */
    void only(int[][] hosts) {
        only = hosts;
    }

    /** One pass; the lower bound that comes of it. */
    double pass(boolean forward) {
        int n = order.length;
        if (second == null || n < 8) {
            for (int k = 0; k < n; k++) visit(forward ? k : n - 1 - k, forward, desks[0]);
        } else {
            shared(forward);
        }
        double sum = field.constant;
        for (int k = 0; k < n; k++) sum += part[k];
        return sum;
    }

    private void visit(int k, boolean forward, MinPlus.Desk desk) {
        int i = order[k];
        double[] theta = desk.theta;
        gather(i, theta);
        int[] on = forward ? later[k] : earlier[k];
        double g = gamma[k];
        double least = Double.POSITIVE_INFINITY;
        int[] few = only == null ? null : only[i];
        if (few == null) for (double t : theta) least = Math.min(least, t);
        else for (int p : few) least = Math.min(least, theta[p]);
        double sum = Math.max(0, 1 - on.length * g) * least;
        double[] in = desk.values;
        for (int e : on) {
            boolean first = field.edges[e].a() == i;
            double[] back = first ? toA[e] : toB[e];
            if (few == null) {
                for (int p = 0; p < in.length; p++) in[p] = g * theta[p] - back[p];
            } else {
                Arrays.fill(in, Double.POSITIVE_INFINITY);
                for (int p : few) in[p] = g * theta[p] - back[p];
            }
            sum += field.send(field.edges[e], i, in, first ? toB[e] : toA[e], desk);
        }
        part[k] = sum;
    }

    /** All that a node costs with the messages to it. */
    void gather(int i, double[] theta) {
        int n = theta.length;
        if (field.unary[i] == null) Arrays.fill(theta, 0);
        else System.arraycopy(field.unary[i], 0, theta, 0, n);
        for (int e : field.at[i]) {
            double[] m = field.edges[e].a() == i ? toA[e] : toB[e];
            if (m != null) for (int p = 0; p < n; p++) theta[p] += m[p];
        }
    }

    private void shared(boolean forward) {
        int n = order.length;
        slots = new AtomicIntegerArray(n);
        waiting = new AtomicIntegerArray(n);
        taken.set(0);
        given.set(0);
        for (int k = 0; k < n; k++) waiting.set(k, (forward ? earlier[k] : later[k]).length);
        for (int k = 0; k < n; k++) {
            int at = forward ? k : n - 1 - k;
            if (waiting.get(at) == 0) slots.set(given.getAndIncrement(), at + 1);
        }
        Semaphore done = new Semaphore(0);
        second.execute(() -> {
            try {
                work(forward, desks[1]);
            } finally {
                done.release();
            }
        });
        work(forward, desks[0]);
        done.acquireUninterruptibly();
        Throwable t = failed.get();
        if (t instanceof Error e) throw e;
        if (t != null) throw new IllegalStateException(t);
    }

    private void work(boolean forward, MinPlus.Desk desk) {
        try {
            for (int slot; (slot = taken.getAndIncrement()) < order.length; ) {
                int spins = 0;
                while (slots.get(slot) == 0) {
                    if (failed.get() != null) return;
                    if (++spins > 2000) Thread.yield();
                    else Thread.onSpinWait();
                }
                int k = slots.get(slot) - 1;
                visit(k, forward, desk);
                for (int e : forward ? later[k] : earlier[k]) {
                    int to = rank[field.edges[e].other(order[k])];
                    if (waiting.decrementAndGet(to) == 0) slots.set(given.getAndIncrement(), to + 1);
                }
            }
        } catch (RuntimeException | Error e) {
            failed.compareAndSet(null, e);
        }
    }

    /** Places the core: each node in order at its best with the earlier placed and the messages of the later. */
    void round(boolean forward, int[] x) {
        double[] theta = desks[0].theta;
        int n = order.length;
        for (int c = 0; c < n; c++) {
            int k = forward ? c : n - 1 - c;
            int i = order[k];
            if (field.unary[i] == null) Arrays.fill(theta, 0);
            else System.arraycopy(field.unary[i], 0, theta, 0, theta.length);
            for (int e : forward ? earlier[k] : later[k]) field.lay(field.edges[e], i, x[field.edges[e].other(i)], theta);
            for (int e : forward ? later[k] : earlier[k]) {
                double[] m = field.edges[e].a() == i ? toA[e] : toB[e];
                for (int p = 0; p < theta.length; p++) theta[p] += m[p];
            }
            int[] few = only == null ? null : only[i];
            int best = few == null ? 0 : few[0];
            if (few == null) for (int p = 1; p < theta.length; p++) if (theta[p] < theta[best]) best = p;
            if (few != null) for (int p : few) if (theta[p] < theta[best]) best = p;
            x[i] = best;
        }
    }
}
