// SPDX-License-Identifier: Apache-2.0
package org.violin.measure;

import java.util.Arrays;
import java.util.Map;

/**
 * What paths that nobody measures are probably like: round-trip times by {@link Coordinates}, loss as the mean of the two hosts' median
 * losses, and of a host that nothing is known of, the median of all. Immutable.
 */
final class Estimate {
    private final Map<String, Integer> index;
    private final Coordinates coordinates;
    private final double[] hostLoss;
    private final double medianMicros;
    private final double medianLoss;

    /** @param pairs by the two indices, the lower one in the upper half: sums of round-trip times and of losses, and of how many */
    Estimate(Map<String, Integer> index, Map<Long, double[]> pairs, long seed) {
        this.index = Map.copyOf(index);
        int[] a = new int[pairs.size()];
        int[] b = new int[a.length];
        double[] micros = new double[a.length];
        double[] loss = new double[a.length];
        int[] degree = new int[index.size()];
        int p = 0;
        for (Map.Entry<Long, double[]> pair : pairs.entrySet()) {
            a[p] = (int) (pair.getKey() >> 32);
            b[p] = (int) (long) pair.getKey();
            micros[p] = pair.getValue()[0] / pair.getValue()[2];
            loss[p] = pair.getValue()[1] / pair.getValue()[2];
            degree[a[p]]++;
            degree[b[p++]]++;
        }
        coordinates = new Coordinates(index.size(), a, b, micros, seed);
        medianMicros = a.length == 0 ? Matrix.UNKNOWN_MILLIS * 1000 : median(micros);
        medianLoss = median(loss);
        double[][] of = new double[index.size()][];
        for (int i = 0; i < of.length; i++) of[i] = new double[degree[i]];
        for (p = 0; p < a.length; p++) {
            of[a[p]][--degree[a[p]]] = loss[p];
            of[b[p]][--degree[b[p]]] = loss[p];
        }
        hostLoss = Arrays.stream(of).mapToDouble(Estimate::median).toArray();
    }

    boolean knows(String host) {
        return index.containsKey(host);
    }

    double micros(String from, String to) {
        Integer i = index.get(from);
        Integer j = index.get(to);
        if (i == null || j == null) return medianMicros;
        double micros = coordinates.micros(i, j);
        return micros > 0 && micros <= PathMeter.ABSURD_MICROS ? micros : medianMicros;
    }

    double loss(String from, String to) {
        Integer i = index.get(from);
        Integer j = index.get(to);
        return i == null || j == null ? medianLoss : (hostLoss[i] + hostLoss[j]) / 2;
    }

    private static double median(double[] values) {
        if (values.length == 0) return 0;
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
