// SPDX-License-Identifier: Apache-2.0
package org.violin.placement;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.violin.api.placement.Terms;

/**
 * The end of one call, a little before the deadline of its terms, so that the answer is there in time; a strategy's only look at a clock.
 * One thread.
 */
public final class Deadline {
    /** A hundredth is kept back, and for each entity and host what {@link Answers} takes at most, measured; together a tenth at most. */
    private static final long PART = 100;
    private static final long CLOSING = 20;
    private static final long MOST = 10;

    private final LongSupplier nanos;
    private final long start;
    private final long limit;
    private boolean cut;

    private Deadline(LongSupplier nanos, long start, long limit) {
        this.nanos = nanos;
        this.start = start;
        this.limit = limit;
    }

    /** Begins a call. @param nanos the clock, such as {@code System::nanoTime} */
    public static Deadline of(Terms terms, LongSupplier nanos) {
        long start = nanos.getAsLong();
        long most = Long.MAX_VALUE / 4;
        Duration d = terms.deadline();
        return new Deadline(nanos, start, d.compareTo(Duration.ofNanos(most)) >= 0 ? most : Math.max(0, d.toNanos()));
    }

    /** The same call with time kept back for the answer to this question. */
    public Deadline closing(Problem p) {
        long kept = Math.min(limit / PART + CLOSING * p.entities * p.hosts, limit / MOST);
        return new Deadline(nanos, start, limit - kept);
    }

    /** A deadline of its own at the half of what is left. */
    public Deadline half() {
        long now = nanos.getAsLong();
        return new Deadline(nanos, now, Math.max(0, limit - (now - start)) / 2);
    }

    /** Nanoseconds left; may be negative. */
    public long left() {
        return limit - (nanos.getAsLong() - start);
    }

    /** Whether the time is over, or work that takes so many nanoseconds would end after it; remembered. */
    public boolean over(long work) {
        if (left() <= work) cut = true;
        return cut;
    }

    /** Whether the time is over; remembered. */
    public boolean over() {
        return over(0);
    }

    /** Whether {@link #over} ever said so. */
    public boolean cut() {
        return cut;
    }
}
