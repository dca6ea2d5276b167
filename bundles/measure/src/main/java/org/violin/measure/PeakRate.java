// SPDX-License-Identifier: Apache-2.0
package org.violin.measure;

/** The highest rate that lasted from one sample to the next, a second or more, within a sliding window. One thread. */
final class PeakRate {
    private static final int PARTS = 10;
    private static final double LEAST_SECONDS = 0.9;

    private final long partNanos;
    private final double[] peaks = new double[PARTS];
    private long part = Long.MIN_VALUE;
    private boolean begun;
    private long lastNanos;
    private double waiting;

    PeakRate(double windowSeconds) {
        partNanos = (long) (windowSeconds / PARTS * 1e9);
    }

    /** So many bytes went since the last call, of which this share arrived. */
    void add(long bytes, double arrived, long nowNanos) {
        roll(nowNanos);
        if (!begun) {
            begun = true;
            lastNanos = nowNanos;
            return;
        }
        if (bytes > 0) waiting += bytes * arrived;
        double seconds = (nowNanos - lastNanos) / 1e9;
        if (seconds < LEAST_SECONDS) return;
        int at = Math.floorMod(part, PARTS);
        peaks[at] = Math.max(peaks[at], waiting * 8e-6 / seconds);
        waiting = 0;
        lastNanos = nowNanos;
    }

    /** Mbit/s; 0: nothing went. */
    double megabits(long nowNanos) {
        roll(nowNanos);
        double most = 0;
        for (double peak : peaks) most = Math.max(most, peak);
        return most;
    }

    private void roll(long nowNanos) {
        long now = Math.floorDiv(nowNanos, partNanos);
        if (part == Long.MIN_VALUE || now - part >= PARTS) java.util.Arrays.fill(peaks, 0);
        else for (long p = part + 1; p <= now; p++) peaks[Math.floorMod(p, PARTS)] = 0;
        part = Math.max(part, now);
    }
}
