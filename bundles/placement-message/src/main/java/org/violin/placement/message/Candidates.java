// SPDX-License-Identifier: Apache-2.0
package org.violin.placement.message;

import java.util.Arrays;

/** Chooses few hosts for each node of a core to be looked at first. */
final class Candidates {
    private static final int SAMPLE = 200;

    private Candidates() {}

    /** Hosts that are near to all others, one after the other the one that helps most; judged on a sample. */
    static int[] medoids(MinPlus m, int count) {
        int n = m.hosts;
        int step = Math.max(1, n / SAMPLE);
        double[] near = new double[n];
        Arrays.fill(near, m.largest());
        boolean[] in = new boolean[n];
        int[] found = new int[Math.min(n, count)];
        for (int k = 0; k < found.length; k++) {
            int best = -1;
            double most = -1;
            for (int h = 0; h < n; h++) {
                if (in[h]) continue;
                double gain = 0;
                for (int s = 0; s < n; s += step) gain += Math.max(0, near[s] - m.weights[h * n + s]);
                if (gain > most) {
                    most = gain;
                    best = h;
                }
            }
            in[best] = true;
            found[k] = best;
            for (int s = 0; s < n; s += step) near[s] = Math.min(near[s], m.weights[best * n + s]);
        }
        return found;
    }

    /** The medoids, and those that are cheapest for a node by itself. */
    static int[][] first(Field f, int[] order, int[] medoids, int own) {
        int[][] all = new int[f.nodes][];
        int n = f.matrix.hosts;
        boolean[] in = new boolean[n];
        for (int i : order) {
            int[] few = new int[Math.min(n, medoids.length + own)];
            int count = 0;
            Arrays.fill(in, false);
            if (f.unary[i] != null) count = cheapest(f.unary[i], own, in, few);
            for (int h : medoids) if (!in[h] && count < few.length) few[count++] = h;
            all[i] = Arrays.copyOf(few, count);
        }
        return all;
    }

    /** Those nearest to where a node is, where its neighbours are, and those that are cheapest with the neighbours as they are. */
    static int[][] near(Field f, int[] order, int[] x, int count) {
        int n = f.matrix.hosts;
        int[][] all = new int[f.nodes][];
        int[][] around = new int[n][];
        boolean[] in = new boolean[n];
        double[] local = new double[n];
        int[] few = new int[Math.min(n, 2 * count + 16)];
        for (int i : order) {
            Arrays.fill(in, false);
            int k = 0;
            in[x[i]] = true;
            few[k++] = x[i];
            for (int e : f.at[i]) {
                int j = f.edges[e].other(i);
                if (f.core[j] && !in[x[j]] && k < 12) {
                    in[x[j]] = true;
                    few[k++] = x[j];
                }
            }
            if (around[x[i]] == null) around[x[i]] = nearest(f.matrix, x[i], count);
            for (int h : around[x[i]]) {
                if (in[h] || k == few.length) continue;
                in[h] = true;
                few[k++] = h;
            }
            f.local(i, x, local);
            int[] rest = new int[few.length];
            int more = cheapest(local, Math.min(count, few.length - k), in, rest);
            System.arraycopy(rest, 0, few, k, more);
            all[i] = Arrays.copyOf(few, k + more);
        }
        return all;
    }

    private static int[] nearest(MinPlus m, int h, int count) {
        double[] row = Arrays.copyOfRange(m.weights, h * m.hosts, (h + 1) * m.hosts);
        int[] found = new int[Math.min(count, m.hosts)];
        return Arrays.copyOf(found, cheapest(row, found.length, new boolean[m.hosts], found));
    }

    /** The hosts of least cost that are not in yet; marks them. */
    private static int cheapest(double[] cost, int most, boolean[] in, int[] out) {
        int n = 0;
        double[] key = new double[most];
        for (int h = 0; h < cost.length; h++) {
            if (in[h] || n == most && (most == 0 || cost[h] >= key[n - 1])) continue;
            int at = n < most ? n++ : n - 1;
            for (; at > 0 && key[at - 1] > cost[h]; at--) {
                key[at] = key[at - 1];
                out[at] = out[at - 1];
            }
            key[at] = cost[h];
            out[at] = h;
        }
        for (int k = 0; k < n; k++) in[out[k]] = true;
        return n;
    }
}
