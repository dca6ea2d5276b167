// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * How many of our data datagrams a peer misses, from its successive receive reports. A datagram counts as lost when two reports in a row
 * miss it, so one that overtakes a report's border does not. Rates are sums of lost and expected that fade with time, so a
 * quiet second weighs little. One thread calls; {@link #lossy}, {@link #loss} and {@link #lost} may be read by any.
 */
final class LossMeter {
    /** Fading times of the two rates. */
    static final long FAST_NANOS = 2_000_000_000L;

    static final long SLOW_NANOS = 30_000_000_000L;
    /** So long after a loss the path is lossy in any case, and so long after it no more in any case. */
    static final long RECENT_NANOS = 10_000_000_000L;

    static final long FORGET_NANOS = 60_000_000_000L;
    /** Fewer expected datagrams say nothing. */
    static final int ENOUGH = 100;
    /** Rate that makes a path lossy; below half of it it may become clean again. */
    static final double LOSSY = 5e-4;

    /** Reports nearer to each other are one: a probe and an answer often cross. */
    static final long MIN_INTERVAL_NANOS = 100_000_000;

    private static final int STALE_REPORTS = 4;

    private boolean known;
    private int stream;
    private long accepted;
    private long next;
    private long missing;
    private long settled;
    private int backwards;
    private long reportedAt;
    private long lostAt;
    private boolean everLost;
    private double fastLost;
    private double fastExpected;
    private double slowLost;
    private double slowExpected;
    private volatile long totalLost;
    private volatile boolean lossy;
    private volatile double loss;

    /** Forgets all; on peer up or a new address. */
    void reset() {
        known = false;
        everLost = false;
        fastLost = fastExpected = slowLost = slowExpected = 0;
        totalLost = 0;
        loss = 0;
        lossy = false;
    }

    /**
     * One receive report. The first of a stream, and one after the peer's counters began anew, is only where counting begins. One that
     * was overtaken by a later one is ignored.
     *
     * @param stream of ours, that the peer hears; the caller does not pass reports of streams it left
     * @param accepted modulo 2^32
     * @param next highest sequence accepted + 1; the caller does not pass more than it sent
     */
    void report(int stream, long accepted, long next, long now) {
        if (!known || stream != this.stream) {
            begin(stream, accepted, next, now);
            return;
        }
        if (now - reportedAt < MIN_INTERVAL_NANOS) return;
        long heard = accepted - this.accepted & 0xFFFF_FFFFL;
        long expected = next - this.next;
        if (expected < 0) {
            if (++backwards >= STALE_REPORTS) begin(stream, accepted, next, now);
            return;
        }
        long nowMissing = missing + expected - heard;
        if (nowMissing < 0) {
            if ((int) heard < 0 && expected == 0) return;
            begin(stream, accepted, next, now);
            return;
        }
        backwards = 0;
        long sure = Math.min(missing, nowMissing);
        long lost = Math.max(0, sure - settled);
        settled = sure;
        missing = nowMissing;
        this.accepted = accepted;
        this.next = next;
        count(lost, expected, now);
    }

    private void begin(int stream, long accepted, long next, long now) {
        if (!known) reportedAt = now;
        known = true;
        this.stream = stream;
        this.accepted = accepted;
        this.next = next;
        missing = 0;
        settled = 0;
        backwards = 0;
    }

    private void count(long lost, long expected, long now) {
        long elapsed = Math.max(0, now - reportedAt);
        reportedAt = now;
        double fade = Math.exp(-(double) elapsed / FAST_NANOS);
        fastLost = fastLost * fade + lost;
        fastExpected = fastExpected * fade + expected;
        fade = Math.exp(-(double) elapsed / SLOW_NANOS);
        slowLost = slowLost * fade + lost;
        slowExpected = slowExpected * fade + expected;
        totalLost = totalLost + lost;
        loss = fastExpected < 1 ? 0 : Math.min(1, fastLost / fastExpected);
        if (lost > 0) {
            everLost = true;
            lostAt = now;
        }
        decide(now);
    }

    private void decide(long now) {
        long age = now - lostAt;
        if (!everLost || age >= FORGET_NANOS) {
            lossy = false;
            return;
        }
        double slow = slowLoss();
        if (slowExpected >= ENOUGH && (slow > LOSSY || fastExpected >= ENOUGH && loss > LOSSY)) lossy = true;
        else if (age >= RECENT_NANOS && slow < LOSSY / 2) lossy = false;
    }

    /** Whether to guard against losses: rate above 0.05 % among at least 100 datagrams, until 10 s after the last. */
    boolean lossy() {
        return lossy;
    }

    /** 0 to 1, of the last few seconds. */
    double loss() {
        return loss;
    }

    /** 0 to 1, of the last half minute; the calling thread only. */
    double slowLoss() {
        return slowExpected < 1 ? 0 : Math.min(1, slowLost / slowExpected);
    }

    /** Datagrams lost since reset; any thread. */
    long lost() {
        return totalLost;
    }

    /** Writes the rates; the next report is only where counting begins. */
    void save(DataOutput out) throws IOException {
        out.writeBoolean(everLost);
        out.writeBoolean(lossy);
        out.writeLong(lostAt);
        out.writeLong(totalLost);
        for (double one : new double[] {fastLost, fastExpected, slowLost, slowExpected, loss}) out.writeDouble(one);
    }

    void load(DataInput in) throws IOException {
        everLost = in.readBoolean();
        lossy = in.readBoolean();
        lostAt = in.readLong();
        totalLost = in.readLong();
        fastLost = in.readDouble();
        fastExpected = in.readDouble();
        slowLost = in.readDouble();
        slowExpected = in.readDouble();
        loss = in.readDouble();
    }
}
