// SPDX-License-Identifier: Apache-2.0
package org.violin.placement.message;

/**
 * Counts the bound of a set of messages again, in double and from the definition: the cost is split into one part per node and one per
 * edge that add up to it exactly, whatever the messages are, so the sum of the least of each part is no more than the least cost. Shares
 * no code with the passes. Takes all pairs of hosts on each edge: for tests and benchmarks.
 */
final class Certificate {
    private Certificate() {}

    /** The bound for the field's cost; rounding of double aside, never above the least cost. */
    static double bound(Passes passes) {
        Field f = passes.field;
        int n = f.matrix.hosts;
        double sum = f.constant;
        double[] theta = new double[n];
        for (int k = 0; k < passes.order.length; k++) {
            int i = passes.order[k];
            for (int p = 0; p < n; p++) {
                theta[p] = f.unary[i] == null ? 0 : f.unary[i][p];
                for (int e : f.at[i]) {
                    double[] to = f.edges[e].a() == i ? passes.toA[e] : passes.toB[e];
                    if (to != null) theta[p] += to[p];
                }
            }
            double g = passes.gamma[k];
            double least = Double.POSITIVE_INFINITY;
            for (double t : theta) least = Math.min(least, (1 - passes.later[k].length * g) * t);
            sum += least;
            for (int e : passes.later[k]) sum += edge(f, e, f.edges[e].a() == i, theta, g, passes);
        }
        return sum;
    }

    private static double edge(Field f, int e, boolean first, double[] theta, double g, Passes passes) {
        double least = Double.POSITIVE_INFINITY;
        for (int p = 0; p < theta.length; p++) {
            double own = g * theta[p] - (first ? passes.toA[e][p] : passes.toB[e][p]);
            for (int q = 0; q < theta.length; q++) {
                double pair = first ? f.pair(f.edges[e], p, q) : f.pair(f.edges[e], q, p);
                least = Math.min(least, own + pair - (first ? passes.toB[e][q] : passes.toA[e][q]));
            }
        }
        return least;
    }
}
