// SPDX-License-Identifier: Apache-2.0
package org.violin.placement.message;

import java.util.SplittableRandom;

/**
 * A large step to a better placement: nodes that form no ring among themselves are drawn, and all of them are placed at their best at
 * once, the others staying (dynamic programming on the trees they form). Never makes it dearer but for rounding.
 */
final class Forest {
    private Forest() {}

    static void step(Field f, int[] order, int[] x, SplittableRandom random, MinPlus.Desk desk) {
        int[] draw = order.clone();
        for (int a = draw.length - 1; a > 0; a--) {
            int b = random.nextInt(a + 1);
            int t = draw[a];
            draw[a] = draw[b];
            draw[b] = t;
        }
        int[] tree = new int[f.nodes];
        for (int i = 0; i < tree.length; i++) tree[i] = i;
        boolean[] in = new boolean[f.nodes];
        for (int i : draw) in[i] = join(f, i, in, tree);
        int[] up = new int[f.nodes];
        int[] walk = new int[order.length];
        int n = 0;
        boolean[] seen = new boolean[f.nodes];
        for (int root : draw) {
            if (!in[root] || seen[root]) continue;
            int head = n;
            seen[root] = true;
            up[root] = -1;
            walk[n++] = root;
            while (head < n) {
                int i = walk[head++];
                for (int e : f.at[i]) {
                    int j = f.edges[e].other(i);
                    if (!f.core[j] || !in[j] || seen[j]) continue;
                    seen[j] = true;
                    up[j] = e;
                    walk[n++] = j;
                }
            }
        }
        place(f, walk, n, in, up, x, desk);
    }

    /** Whether a node closes no ring with those that are in; then its neighbours' trees become one. */
    private static boolean join(Field f, int i, boolean[] in, int[] tree) {
        for (int k = 0; k < f.at[i].length; k++) {
            int j = f.edges[f.at[i][k]].other(i);
            if (!f.core[j] || !in[j]) continue;
            for (int l = 0; l < k; l++) {
                int o = f.edges[f.at[i][l]].other(i);
                if (f.core[o] && in[o] && root(tree, o) == root(tree, j)) return false;
            }
        }
        for (int e : f.at[i]) {
            int j = f.edges[e].other(i);
            if (f.core[j] && in[j]) tree[root(tree, j)] = i;
        }
        return true;
    }

    private static int root(int[] tree, int i) {
        while (tree[i] != i) {
            tree[i] = tree[tree[i]];
            i = tree[i];
        }
        return i;
    }

    private static void place(Field f, int[] walk, int n, boolean[] in, int[] up, int[] x, MinPlus.Desk desk) {
        int hosts = f.matrix.hosts;
        double[][] sum = new double[f.nodes][];
        double[] message = new double[hosts];
        for (int k = 0; k < n; k++) {
            int i = walk[k];
            sum[i] = f.unary[i] == null ? new double[hosts] : f.unary[i].clone();
            for (int e : f.at[i]) {
                int j = f.edges[e].other(i);
                if (f.core[j] && !in[j]) f.lay(f.edges[e], i, x[j], sum[i]);
            }
        }
        for (int k = n - 1; k >= 0; k--) {
            int i = walk[k];
            if (up[i] < 0) continue;
            f.send(f.edges[up[i]], i, sum[i], message, desk);
            double[] to = sum[f.edges[up[i]].other(i)];
            for (int p = 0; p < hosts; p++) to[p] += message[p];
        }
        for (int k = 0; k < n; k++) {
            int i = walk[k];
            if (up[i] >= 0) f.lay(f.edges[up[i]], i, x[f.edges[up[i]].other(i)], sum[i]);
            int best = x[i];
            for (int p = 0; p < hosts; p++) if (sum[i][p] < sum[i][best]) best = p;
            x[i] = best;
        }
    }
}
