// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * How long a receiver holds datagrams for a missing one. Most paths keep the order, so it starts short (1 ms) and a lost datagram costs no
 * more; a path that reorders teaches it a longer wait, which wears off in a minute. One thread, nanoseconds.
 */
final class ReorderWait {
    static final long DECAY_NANOS = 60_000_000_000L;

    private final long baseNanos;
    private final long maxNanos;
    private long extra;
    private long learntAt;

    /**
     * @param baseNanos the wait on a path that keeps the order
     * @param maxNanos the longest wait; less than the base is taken as the base
     */
    ReorderWait(long baseNanos, long maxNanos) {
        this.baseNanos = baseNanos;
        this.maxNanos = Math.max(baseNanos, maxNanos);
    }

    /** The wait now. Called for each gap and each timer of it. */
    long nanos(long now) {
        if (extra == 0) return baseNanos;
        long age = now - learntAt;
        if (age <= 0) return baseNanos + extra;
        if (age >= DECAY_NANOS) {
            extra = 0;
            return baseNanos;
        }
        return baseNanos + (long) (extra * (1 - (double) age / DECAY_NANOS));
    }

    /**
     * A datagram came after it was given up: wait twice as long as it needed, from now on.
     *
     * @param lateness from when its gap was seen, that is when the first later datagram came, until it came; negative is ignored
     */
    void late(long lateness, long now) {
        if (lateness < 0) return;
        long wanted = 2 * Math.min(lateness, maxNanos);
        extra = Math.min(maxNanos, Math.max(nanos(now), wanted)) - baseNanos;
        learntAt = now;
    }

    /** Back to the base; on peer up or a new address. */
    void reset() {
        extra = 0;
    }

    void save(DataOutput out) throws IOException {
        out.writeLong(extra);
        out.writeLong(learntAt);
    }

    void load(DataInput in) throws IOException {
        extra = Math.max(0, Math.min(in.readLong(), maxNanos - baseNanos));
        learntAt = in.readLong();
    }
}
