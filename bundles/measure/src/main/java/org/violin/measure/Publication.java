// SPDX-License-Identifier: Apache-2.0
package org.violin.measure;

import java.util.Map;

/** Decides when what this host measured is worth telling the others. One thread. */
final class Publication {
    /** What all hosts together read from the shared state because of this bundle, at most, bytes a second. */
    static final double READ_BYTES = 1_000_000;

    private static final double RTT_SHARE = 0.1;
    private static final double RTT_MICROS = 300;
    private static final double LOSS = 0.01;
    private static final double RATE_SHARE = 0.25;
    private static final double RATE = 1;

    private final long leastNanos;
    private final long refreshNanos;
    private Map<String, Entry> told;
    private long toldNanos;

    /**
     * @param leastNanos no two publications are nearer
     * @param refreshNanos also without a change one is made after so long
     */
    Publication(long leastNanos, long refreshNanos) {
        this.leastNanos = leastNanos;
        this.refreshNanos = refreshNanos;
    }

    /** The least time between two publications of a host, when all hosts have records of that length and read all. */
    long leastNanos(int hosts, int bytes) {
        return Math.max(leastNanos, (long) ((double) hosts * hosts * bytes / READ_BYTES * 1e9));
    }

    /** After so long the others hear from a host in any case. */
    long refreshNanos(int hosts, int bytes) {
        return Math.max(refreshNanos, leastNanos(hosts, bytes));
    }

    boolean due(Map<String, Entry> now, int hosts, int bytes, long nowNanos) {
        if (now.isEmpty() && (told == null || told.isEmpty())) return false;
        if (told == null) return true;
        long since = nowNanos - toldNanos;
        return since >= refreshNanos(hosts, bytes) || since >= leastNanos(hosts, bytes) && changed(now);
    }

    void done(Map<String, Entry> now, long nowNanos) {
        told = Map.copyOf(now);
        toldNanos = nowNanos;
    }

    /** The record is gone: the next one is due at once. */
    void lost() {
        told = null;
    }

    private boolean changed(Map<String, Entry> now) {
        if (!now.keySet().equals(told.keySet())) return true;
        for (Map.Entry<String, Entry> one : now.entrySet()) if (changed(told.get(one.getKey()), one.getValue())) return true;
        return false;
    }

    static boolean changed(Entry a, Entry b) {
        return off(a.slowMicros(), b.slowMicros(), RTT_SHARE, RTT_MICROS) || off(a.fastMicros(), b.fastMicros(), 3 * RTT_SHARE, 5 * RTT_MICROS)
                || off(a.lossSlow(), b.lossSlow(), RTT_SHARE, LOSS) || off(a.lossFast(), b.lossFast(), RTT_SHARE, 10 * LOSS)
                || off(a.megabits(), b.megabits(), RATE_SHARE, RATE);
    }

    private static boolean off(double a, double b, double share, double least) {
        return Math.abs(a - b) > Math.max(share * Math.min(a, b), least);
    }
}
