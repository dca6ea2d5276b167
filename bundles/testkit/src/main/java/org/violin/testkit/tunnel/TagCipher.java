// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.tunnel;

import java.nio.ByteBuffer;
import org.violin.api.dataplane.FrameCipher;

/**
 * No secrecy at all, but the shape of a real cipher: changes every byte, adds a tag, depends on header and counter, rejects
 * damage, and throws when a tunnel calls it from two threads at once in one direction.
 */
public final class TagCipher implements FrameCipher {
    /** Bytes that sealing adds. */
    public static final int TAG = 8;
    private final java.util.concurrent.atomic.AtomicBoolean sealing = new java.util.concurrent.atomic.AtomicBoolean();
    private final java.util.concurrent.atomic.AtomicBoolean opening = new java.util.concurrent.atomic.AtomicBoolean();

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
        if (!sealing.compareAndSet(false, true)) throw new IllegalStateException("two threads seal at once");
        slab.putLong(offset + length, mask(slab, header, offset, length, counter));
        sealing.set(false);
        return length + TAG;
    }

    @Override
    public int open(ByteBuffer slab, int header, int offset, int length, long counter) {
        if (!opening.compareAndSet(false, true)) throw new IllegalStateException("two threads open at once");
        int payload = unmask(slab, header, offset, length, counter);
        opening.set(false);
        return payload;
    }

    private static int unmask(ByteBuffer slab, int header, int offset, int length, long counter) {
        int payload = length - TAG;
        if (payload < 0) return REJECTED;
        long tag = slab.getLong(offset + payload);
        long sum = counter * 31 + payload;
        for (int i = header; i < offset + payload; i++) sum = sum * 31 + slab.get(i);
        if (sum != tag) return REJECTED;
        for (int i = offset; i < offset + payload; i++) slab.put(i, (byte) (slab.get(i) ^ counter));
        return payload;
    }

    private static long mask(ByteBuffer slab, int header, int offset, int length, long counter) {
        long sum = counter * 31 + length;
        for (int i = header; i < offset; i++) sum = sum * 31 + slab.get(i);
        for (int i = offset; i < offset + length; i++) {
            byte masked = (byte) (slab.get(i) ^ counter);
            slab.put(i, masked);
            sum = sum * 31 + masked;
        }
        return sum;
    }
}
