// SPDX-License-Identifier: Apache-2.0
package org.violin.placement.message;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Messages over one matrix of host weights: {@code out(q) = min over p of in(p) + rate * weight(p, q)}. Works on whole numbers, which
 * the compiler turns into wide instructions, all rounded down: no message is above the true one, so bounds that are made of them hold.
 * Rows that cannot win anywhere are left out. Threads may share it; each brings its own {@link Desk}.
 */
final class MinPlus {
    /** The largest weight in whole numbers; twice it must not overflow with an addition. */
    private static final int TOP = 1 << 28;

    final int hosts;
    final double[] weights;
    private final int[][] whole;
    private final double scale;
    private final double largest;
    /** Row a: by p, how much a can be dearer than p at most, over all q. Made when first asked for. */
    private final AtomicReferenceArray<int[]> dearer;

    /** What one thread works on. */
    static final class Desk {
        final int[] in;
        final int[] out;
        final int[] rows;
        final double[] values;
        final double[] theta;

        Desk(int hosts) {
            in = new int[hosts];
            out = new int[hosts];
            rows = new int[hosts];
            values = new double[hosts];
            theta = new double[hosts];
        }
    }

    /** @param weights row by row, at least 0, symmetric; not copied, must not change */
    MinPlus(int hosts, double[] weights) {
        this.hosts = hosts;
        this.weights = weights;
        double top = 0;
        for (double w : weights) top = Math.max(top, w);
        largest = top;
        scale = top > 0 ? TOP / top : 1;
        whole = new int[hosts][hosts];
        for (int p = 0; p < hosts; p++) for (int q = 0; q < hosts; q++) whole[p][q] = (int) (weights[p * hosts + q] * scale);
        dearer = new AtomicReferenceArray<>(hosts);
    }

    /** The largest weight. */
    double largest() {
        return largest;
    }

    /**
     * The message of {@code in}, shifted so that its least entry is 0.
     *
     * @param rate at least 0
     * @return what was taken off; never more than the true least entry
     */
    double send(double[] in, double rate, double[] out, Desk desk) {
        double least = Double.POSITIVE_INFINITY;
        int best = 0;
        for (int p = 0; p < hosts; p++) {
            if (in[p] < least) {
                least = in[p];
                best = p;
            }
        }
        if (rate <= 0 || largest <= 0) {
            Arrays.fill(out, 0, hosts, 0);
            return least;
        }
        double units = scale / rate;
        int n = rows(in, least, units, best, desk);
        int[] acc = desk.out;
        sweep(n, desk.rows, desk.in, desk.out);
        int low = Integer.MAX_VALUE;
        for (int q = 0; q < hosts; q++) low = Math.min(low, acc[q]);
        double unit = rate / scale;
        for (int q = 0; q < hosts; q++) out[q] = (acc[q] - low) * unit;
        return least + low * unit;
    }

    /** Picks the rows that may win somewhere; their input in whole numbers is in {@code desk.in}. */
    private int rows(double[] in, double least, double units, int best, Desk desk) {
        int[] hi = desk.in;
        for (int p = 0; p < hosts; p++) hi[p] = (int) Math.min((in[p] - least) * units, 2.0 * TOP);
        int[] rows = desk.rows;
        int[] limit = dearer(best);
        int n = 0;
        int second = -1;
        for (int p = 0; p < hosts; p++) {
            if (p != best && hi[p] >= limit[p]) continue;
            rows[n++] = p;
            if (p != best && (second < 0 || hi[p] < hi[second])) second = p;
        }
        for (int round = 0; round < 3 && n > 24 && second >= 0; round++) {
            limit = dearer(second);
            int kept = 0;
            int next = -1;
            int base = hi[second];
            for (int k = 0; k < n; k++) {
                int p = rows[k];
                if (hi[p] > base && hi[p] - base >= limit[p]) continue;
                rows[kept++] = p;
                if (hi[p] > base && (next < 0 || hi[p] < hi[next])) next = p;
            }
            n = kept;
            second = next;
        }
        return n;
    }

    /** {@code out(q) = min over the first n rows of in(row) + whole(row, q)}. */
    private void sweep(int n, int[] rows, int[] in, int[] out) {
        Arrays.fill(out, 4 * TOP);
        int k = 0;
        for (; k + 4 <= n; k += 4) {
            int a = rows[k];
            int b = rows[k + 1];
            int c = rows[k + 2];
            int d = rows[k + 3];
            four(out, whole[a], whole[b], whole[c], whole[d], in[a], in[b], in[c], in[d]);
        }
        for (; k < n; k++) one(out, whole[rows[k]], in[rows[k]]);
    }

    /* The compiler of Java 17 makes wide instructions of this, not of Math.min of whole numbers; one row per array for the same reason.
       x + (d & d >> 31) with d = y - x is the lesser of x and y; no difference here overflows. */
    private static void four(int[] out, int[] c0, int[] c1, int[] c2, int[] c3, int h0, int h1, int h2, int h3) {
        for (int q = 0; q < out.length; q++) {
            int x = h0 + c0[q];
            int d = h1 + c1[q] - x;
            x += d & (d >> 31);
            d = h2 + c2[q] - x;
            x += d & (d >> 31);
            d = h3 + c3[q] - x;
            x += d & (d >> 31);
            d = out[q] - x;
            out[q] = x + (d & (d >> 31));
        }
    }

    private static void one(int[] out, int[] c, int h) {
        for (int q = 0; q < out.length; q++) {
            int x = h + c[q];
            int d = out[q] - x;
            out[q] = x + (d & (d >> 31));
        }
    }

    private int[] dearer(int a) {
        int[] row = dearer.get(a);
        if (row != null) return row;
        int[] in = new int[hosts];
        int[] all = new int[hosts];
        for (int q = 0; q < hosts; q++) {
            in[q] = -whole[a][q];
            all[q] = q;
        }
        row = new int[hosts];
        sweep(hosts, all, in, row);
        for (int p = 0; p < hosts; p++) row[p] = -row[p];
        dearer.set(a, row);
        return row;
    }
}
