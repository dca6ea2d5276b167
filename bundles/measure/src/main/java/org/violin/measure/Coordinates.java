// SPDX-License-Identifier: Apache-2.0
package org.violin.measure;

import java.util.Random;

/**
 * Network coordinates: a point and a height for each host, such that distances are about round-trip times (Vivaldi: Dabek, Cox, Kaashoek,
 * Morris, SIGCOMM 2004, with height vectors, section 5.4). Computed centrally from all pairs that were measured, with a seed, so that all
 * hosts that know the same estimate the same. Immutable once made.
 */
final class Coordinates {
    static final int DIMENSIONS = 4;
    private static final int MOST_PASSES = 300;
    private static final long MOST_UPDATES = 4_000_000;
    private static final double ERROR_GAIN = 0.1;
    private static final double LEAST_HEIGHT = 1;

    private final double[][] at;
    private final double[] height;
    private final double[] error;

    /**
     * @param a one end of each pair, as index below {@code size}
     * @param b the other end
     * @param micros round-trip time of each pair, more than 0
     */
    Coordinates(int size, int[] a, int[] b, double[] micros, long seed) {
        Random random = new Random(seed);
        at = new double[size][DIMENSIONS];
        height = new double[size];
        error = new double[size];
        double mean = 0;
        for (double each : micros) mean += each / micros.length;
        for (int i = 0; i < size; i++) {
            for (int d = 0; d < DIMENSIONS; d++) at[i][d] = (random.nextDouble() - 0.5) * mean;
            height[i] = LEAST_HEIGHT;
            error[i] = 1;
        }
        int[] order = new int[a.length];
        for (int i = 0; i < order.length; i++) order[i] = i;
        int passes = (int) Math.min(MOST_PASSES, MOST_UPDATES / Math.max(1, a.length));
        for (int pass = 0; pass < passes; pass++) {
            for (int i = order.length - 1; i > 0; i--) {
                int j = random.nextInt(i + 1);
                int swap = order[i];
                order[i] = order[j];
                order[j] = swap;
            }
            // The step grows smaller in the end, so that the springs come to rest.
            double step = 0.25 * Math.min(1, 4.0 * (passes - pass) / passes);
            for (int pair : order) {
                pull(a[pair], b[pair], micros[pair], step, random);
                pull(b[pair], a[pair], micros[pair], step, random);
            }
        }
    }

    /** About the round-trip time between two hosts, microseconds. */
    double micros(int i, int j) {
        return distance(i, j) + height[i] + height[j];
    }

    private double distance(int i, int j) {
        double sum = 0;
        for (int d = 0; d < DIMENSIONS; d++) sum += (at[i][d] - at[j][d]) * (at[i][d] - at[j][d]);
        return Math.sqrt(sum);
    }

    private void pull(int i, int j, double micros, double step, Random random) {
        double flat = distance(i, j);
        double now = flat + height[i] + height[j];
        double weight = error[i] / (error[i] + error[j] + 1e-12);
        double sample = Math.abs(now - micros) / micros;
        error[i] += (Math.min(sample, 2) - error[i]) * ERROR_GAIN * weight;
        double force = step * weight * (micros - now);
        for (int d = 0; d < DIMENSIONS; d++) {
            double direction = flat > 1e-9 ? (at[i][d] - at[j][d]) / now : (random.nextDouble() - 0.5) / 2;
            at[i][d] += force * direction;
        }
        height[i] = Math.max(LEAST_HEIGHT, height[i] + force * (height[i] + height[j]) / now);
    }
}
