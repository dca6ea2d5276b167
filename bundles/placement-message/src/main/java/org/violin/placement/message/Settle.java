// SPDX-License-Identifier: Apache-2.0
package org.violin.placement.message;

/** Moves nodes of the core one by one to where they cost least, until none gains. What is folded into them follows. */
final class Settle {
    private Settle() {}

    /** @return by how much the cost fell */
    static double settle(Field f, int[] x, int[] order, double[] scratch) {
        boolean[] due = new boolean[f.nodes];
        for (int i : order) due[i] = true;
        double gain = 0;
        int left = 20 * order.length;
        boolean any = true;
        while (any && left > 0) {
            any = false;
            for (int i : order) {
                if (!due[i]) continue;
                due[i] = false;
                left--;
                f.local(i, x, scratch);
                int best = x[i];
                for (int p = 0; p < scratch.length; p++) if (scratch[p] < scratch[best]) best = p;
                double won = scratch[x[i]] - scratch[best];
                if (!(won > 1e-12 * Math.abs(scratch[best]))) continue;
                gain += won;
                x[i] = best;
                any = true;
                for (int e : f.at[i]) if (f.core[f.edges[e].other(i)]) due[f.edges[e].other(i)] = true;
            }
        }
        return gain;
    }
}
