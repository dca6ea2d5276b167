// SPDX-License-Identifier: Apache-2.0
package org.violin.placement.message;

import java.util.function.LongSupplier;

/** The deadline of one call; the only look at a clock. */
final class Clock {
    private final LongSupplier nanos;
    private final long start;
    private final long limit;
    private boolean cut;

    Clock(LongSupplier nanos, java.time.Duration deadline) {
        this.nanos = nanos;
        start = nanos.getAsLong();
        long most = Long.MAX_VALUE / 4;
        limit = deadline.compareTo(java.time.Duration.ofNanos(most)) >= 0 ? most : Math.max(0, deadline.toNanos());
    }

    /** Nanoseconds since the call. */
    long spent() {
        return nanos.getAsLong() - start;
    }

    /** Nanoseconds left; may be negative. */
    long left() {
        return limit - spent();
    }

    /** Whether the time is over, or work that takes so long would end after it; remembered. */
    boolean over(long work) {
        if (left() <= work) cut = true;
        return cut;
    }

    /** Whether {@link #over} ever said so. */
    boolean cut() {
        return cut;
    }
}
