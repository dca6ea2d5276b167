// SPDX-License-Identifier: Apache-2.0
package org.violin.conditions;

/** Random early detection (Floyd and Jacobson 1993), by bytes, with the weight that the paper uses. */
final class Red {
    static final double WEIGHT = 0.002;

    private double average;
    private int since = -1;
    /** The idle time up to here has counted. */
    private long decayed = Long.MIN_VALUE;

    /**
     * Whether a packet that finds so many bytes before it is dropped, or marked.
     *
     * @param emptySince when the last packet left, if {@code queued} is 0
     */
    boolean hits(Rate rate, long queued, long emptySince, long now, long seed, long packet) {
        if (queued == 0) decay(rate, Math.max(emptySince, decayed), now);
        else average += WEIGHT * (queued - average);
        if (average < rate.minBytes()) {
            since = -1;
            return false;
        }
        since++;
        if (average < rate.maxBytes()) {
            double share = rate.probability() * (average - rate.minBytes()) / (rate.maxBytes() - rate.minBytes());
            double even = share * since < 1 ? share / (1 - share * since) : 1;
            if (!Fates.happens(even, seed, packet, Fates.RED)) return false;
        }
        since = 0;
        return true;
    }

    /** As if packets had come meanwhile, and found nothing. */
    private void decay(Rate rate, long from, long now) {
        if (from > Long.MIN_VALUE && average > 0) average *= Math.pow(1 - WEIGHT, (double) (now - from) / Math.max(1, rate.frameNanos()));
        decayed = now;
    }

    void reset() {
        average = 0;
        restart();
    }

    /** The average stays. */
    void restart() {
        since = -1;
    }

    double average() {
        return average;
    }
}
