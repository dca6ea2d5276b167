// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.tunnel;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.violin.api.dataplane.FrameCipher;

/** Counts calls of {@link #seal} that overlap, which no tunnel may make. Called by: the tunnel under test. */
final class OverlapCipher implements FrameCipher {
    private static final long LINGER_NANOS = 5_000;

    private final TagCipher cipher = new TagCipher();
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger overlaps = new AtomicInteger();
    private final AtomicInteger sealed = new AtomicInteger();

    @Override
    public boolean ready() {
        return true;
    }

    @Override
    public long epoch() {
        return 0;
    }

    @Override
    public int seal(ByteBuffer slab, int header, int offset, int length, long counter) {
        if (inside.incrementAndGet() > 1) overlaps.incrementAndGet();
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < LINGER_NANOS) Thread.onSpinWait();
        int result = cipher.seal(slab, header, offset, length, counter);
        inside.decrementAndGet();
        sealed.incrementAndGet();
        return result;
    }

    @Override
    public int open(ByteBuffer slab, int header, int offset, int length, long counter) {
        return cipher.open(slab, header, offset, length, counter);
    }

    int overlaps() {
        return overlaps.get();
    }

    int sealed() {
        return sealed.get();
    }
}
