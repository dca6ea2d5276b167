// SPDX-License-Identifier: Apache-2.0
package org.violin.api.placement;

/**
 * Round-trip time, loss and throughput between hosts, by their index. What was never measured is filled in by who makes it; no value is
 * NaN. Immutable; read by strategies in inner loops.
 */
public final class Distances {
    private final int size;
    private final double[] millis;
    private final double[] loss;

    /**
     * @param millis round-trip times, row by row, of {@code size * size}; finite, at least 0. Both directions of a pair should agree; who
     *     reads takes their mean
     * @param loss share of packets lost, likewise, 0 to 1; null: none anywhere
     * @throws IllegalArgumentException when a value is not such a number, naming its place
     */
    public Distances(int size, double[] millis, double[] loss) {
        this.size = size;
        this.millis = checked(size, millis, Double.MAX_VALUE, "round-trip time");
        this.loss = loss == null ? null : checked(size, loss, 1, "loss");
    }

    /** All pairs equally near. */
    public static Distances even(int size, double millis) {
        double[] all = new double[size * size];
        for (int i = 0; i < all.length; i++) all[i] = i / size == i % size ? 0 : millis;
        return new Distances(size, all, null);
    }

    public int size() {
        return size;
    }

    /** Mean round-trip time of both directions, milliseconds; 0 on the same host. */
    public double millis(int a, int b) {
        return a == b ? 0 : (millis[a * size + b] + millis[b * size + a]) / 2;
    }

    /** Mean share lost of both directions; 0 on the same host. */
    public double loss(int a, int b) {
        return a == b || loss == null ? 0 : (loss[a * size + b] + loss[b * size + a]) / 2;
    }

    private static double[] checked(int size, double[] values, double most, String what) {
        if (values.length != size * size) throw new IllegalArgumentException(what + ": " + values.length + " values for " + size + " hosts");
        for (int i = 0; i < values.length; i++) {
            if (!(values[i] >= 0 && values[i] <= most)) {
                throw new IllegalArgumentException(what + " from host " + i / size + " to " + i % size + " is " + values[i]);
            }
        }
        return values.clone();
    }
}
