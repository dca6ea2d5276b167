// SPDX-License-Identifier: Apache-2.0
package org.violin.measure;

/**
 * Round-trip time and loss of one path, as exponentially weighted means over a short and a long time. Differences from the plain mean: the
 * slow one is the mean of all samples until there are enough; a single sample far above it counts as a moderate one; and when so many
 * samples in a row lie on the same side of it, the path has changed, and it goes on from their mean. One thread.
 */
final class PathMeter {
    /** A sample above it is no round trip but a clock gone wrong. */
    static final double ABSURD_MICROS = 60e6;
    /** So many samples in a row on the same side are a change of the path. */
    static final int CHANGE = 10;

    static final double FAST_SECONDS = 5;
    private static final double OFF = 0.2;
    private static final double OFF_MICROS = 500;
    private static final double PEAK_MICROS = 5_000;
    private static final double LOSS_FAST_SECONDS = 10;
    private static final double LOSS_PER_RTT = 5;

    private final double slowSeconds;
    private long samples;
    private long sampledNanos;
    private long countedNanos;
    private boolean counted;
    private double fast;
    private double slow;
    private int run;
    private double runSum;
    private double fastLost;
    private double fastExpected;
    private double slowLost;
    private double slowExpected;
    private boolean down;

    /** @param slowSeconds time constant of the slow round-trip time; loss takes five times as long */
    PathMeter(double slowSeconds) {
        this.slowSeconds = slowSeconds;
    }

    /** Takes one round trip. False: it cannot be one, and is not counted. */
    boolean rtt(double micros, long nowNanos) {
        if (!(micros > 0 && micros <= ABSURD_MICROS)) return false;
        double seconds = samples == 0 ? 0 : (nowNanos - sampledNanos) / 1e9;
        sampledNanos = nowNanos;
        samples++;
        fast += (micros - fast) * Math.max(1.0 / samples, gain(seconds, FAST_SECONDS));
        double used = samples == 1 ? micros : Math.min(micros, 2 * slow + PEAK_MICROS);
        double off = micros - slow;
        boolean far = samples > 1 && Math.abs(off) > Math.max(OFF * slow, OFF_MICROS);
        if (!far || run != 0 && off > 0 != run > 0) {
            run = 0;
            runSum = 0;
        }
        if (far) {
            run += off > 0 ? 1 : -1;
            runSum += micros;
        }
        slow += (used - slow) * Math.max(1.0 / samples, gain(seconds, slowSeconds));
        if (Math.abs(run) >= CHANGE) {
            slow = runSum / CHANGE;
            samples = CHANGE;
            run = 0;
            runSum = 0;
        }
        return true;
    }

    /** Takes what was lost of so many datagrams. False: that cannot be, and is not counted. */
    boolean loss(double lost, double expected, long nowNanos) {
        if (!(lost >= 0 && lost <= expected && expected < Double.POSITIVE_INFINITY)) return false;
        down = false;
        count(lost, expected, nowNanos);
        return true;
    }

    /** The path was up and does not answer: until the next {@link #loss} all is lost. */
    void silent(long nowNanos) {
        down = true;
        count(1, 1, nowNanos);
    }

    private void count(double lost, double expected, long nowNanos) {
        double seconds = counted ? Math.max(0, (nowNanos - countedNanos) / 1e9) : 0;
        counted = true;
        countedNanos = nowNanos;
        double fade = 1 - gain(seconds, LOSS_FAST_SECONDS);
        fastLost = fastLost * fade + lost;
        fastExpected = fastExpected * fade + expected;
        fade = 1 - gain(seconds, LOSS_PER_RTT * slowSeconds);
        slowLost = slowLost * fade + lost;
        slowExpected = slowExpected * fade + expected;
    }

    /** A round trip was seen ever. */
    boolean known() {
        return samples > 0;
    }

    double fastMicros() {
        return fast;
    }

    double slowMicros() {
        return slow;
    }

    /** 0 to 1; 1 while the path is silent. */
    double lossFast() {
        return down ? 1 : share(fastLost, fastExpected);
    }

    /** 0 to 1. */
    double lossSlow() {
        return share(slowLost, slowExpected);
    }

    /** Since the last thing that was learnt of the path, its silence too. */
    long ageNanos(long nowNanos) {
        return Math.max(0, nowNanos - (down && countedNanos - sampledNanos > 0 ? countedNanos : sampledNanos));
    }

    private static double share(double lost, double expected) {
        return expected < 1e-9 ? 0 : Math.min(1, lost / expected);
    }

    private static double gain(double seconds, double constant) {
        return 1 - Math.exp(-Math.max(0, seconds) / constant);
    }
}
