// SPDX-License-Identifier: Apache-2.0
package org.violin.placement.message;

import java.util.Arrays;
import java.util.Comparator;
import org.violin.placement.Problem;

/** The order in which entities get their places where room is scarce. */
final class Tightest {
    private Tightest() {}

    /** Those with fewest hosts first, then the largest, then those with most traffic. */
    static int[] first(Problem p) {
        double[] traffic = new double[p.entities];
        for (int e = 0; e < p.a.length; e++) {
            traffic[p.a[e]] += p.rate[e];
            traffic[p.b[e]] += p.rate[e];
        }
        Integer[] by = new Integer[p.entities];
        Arrays.setAll(by, i -> i);
        Arrays.sort(by, Comparator.comparingInt((Integer i) -> p.allowed[i] == null ? p.hosts : p.allowed[i].length)
                .thenComparingDouble(i -> -p.entity(i).cpus() - p.entity(i).memoryBytes() / (double) (1L << 30))
                .thenComparingDouble(i -> -traffic[i]).thenComparingInt(i -> i));
        return Arrays.stream(by).mapToInt(Integer::intValue).toArray();
    }
}
