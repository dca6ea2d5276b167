// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.dataplane;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** A monotonic clock in nanoseconds that moves only when a test says so. Any thread. */
public final class ManualClock implements LongSupplier {
    // Like System.nanoTime, it may be negative and wrap: code that compares by < instead of by difference fails in tests.
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5_000_000_000L);

    @Override
    public long getAsLong() {
        return nanos.get();
    }

    public void advance(Duration by) {
        nanos.addAndGet(by.toNanos());
    }
}
