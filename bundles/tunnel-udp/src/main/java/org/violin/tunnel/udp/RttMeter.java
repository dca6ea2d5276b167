// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Round-trip time to one peer, smoothed as RFC 6298 does, in nanoseconds. A token names the probe that is answered, so retries are not
 * ambiguous and every answer is a sample. One thread.
 */
final class RttMeter {
    /** Time to wait for an answer while no round trip was measured. */
    static final long UNKNOWN_TIMEOUT_NANOS = 250_000_000;
    /** No shorter wait: the peer's event loop may be busy. */
    static final long MIN_TIMEOUT_NANOS = 100_000_000;
    /** A sample above it is no round trip but a clock or a peer gone wrong. */
    static final long ABSURD_NANOS = 60_000_000_000L;

    private long smoothed;
    private long variation;
    private long min;
    private volatile long last;

    /** Forgets all; on peer up or a new address. */
    void reset() {
        smoothed = 0;
        variation = 0;
        min = 0;
        last = 0;
    }

    /** Takes one measured round trip; one that is not in 1 ns to 60 s is ignored. */
    void sample(long nanos) {
        if (nanos <= 0 || nanos > ABSURD_NANOS) return;
        last = nanos;
        if (smoothed == 0) {
            smoothed = nanos;
            variation = nanos / 2;
            min = nanos;
            return;
        }
        variation += (Math.abs(smoothed - nanos) - variation) / 4;
        smoothed = Math.max(1, smoothed + (nanos - smoothed) / 8);
        min = Math.min(min, nanos);
    }

    /** Smoothed, 0 while unknown. */
    long nanos() {
        return smoothed;
    }

    /** The last one, as it was; 0 while unknown. Any thread. */
    long lastNanos() {
        return last;
    }

    /** Mean deviation, 0 while unknown. */
    long variationNanos() {
        return variation;
    }

    /** The shortest since reset, 0 while unknown. */
    long minNanos() {
        return min;
    }

    /** After how long an unanswered probe counts as lost: three round trips, RFC 6298's timeout, 100 ms; the longest of them. */
    long timeoutNanos() {
        if (smoothed == 0) return UNKNOWN_TIMEOUT_NANOS;
        return Math.max(MIN_TIMEOUT_NANOS, Math.max(3 * smoothed, smoothed + 4 * variation));
    }

    void save(DataOutput out) throws IOException {
        out.writeLong(smoothed);
        out.writeLong(variation);
        out.writeLong(min);
    }

    void load(DataInput in) throws IOException {
        smoothed = in.readLong();
        variation = in.readLong();
        min = in.readLong();
    }
}
