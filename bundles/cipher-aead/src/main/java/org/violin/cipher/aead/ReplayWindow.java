// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Which of the last sequence numbers were seen (RFC 4303 section 3.4.3; the ring of bits as RFC 6479). Only authentic ones are told. One thread. */
final class ReplayWindow {
    private final long[] ring;
    private final int mask;
    private long top = -1;

    /** @param bits a power of two, at least 64 */
    ReplayWindow(int bits) {
        ring = new long[bits / 64];
        mask = bits - 1;
    }

    /** True for a number seen for the first time that is not too old. */
    boolean accept(long sequence) {
        if (sequence > top) {
            if (top < 0 || sequence - top > mask) Arrays.fill(ring, 0);
            else for (long gap = top + 1; gap < sequence; gap++) ring[word(gap)] &= ~bit(gap);
            top = sequence;
            ring[word(sequence)] |= bit(sequence);
            return true;
        }
        if (sequence < 0 || top - sequence > mask || (ring[word(sequence)] & bit(sequence)) != 0) return false;
        ring[word(sequence)] |= bit(sequence);
        return true;
    }

    private int word(long sequence) {
        return (int) (sequence & mask) >>> 6;
    }

    private static long bit(long sequence) {
        return 1L << sequence;
    }

    /** Bytes of {@link #write}. */
    static int size(int bits) {
        return Long.BYTES + bits / 8;
    }

    void write(ByteBuffer out) {
        out.putLong(top);
        for (long word : ring) out.putLong(word);
    }

    void read(ByteBuffer in) {
        top = in.getLong();
        for (int i = 0; i < ring.length; i++) ring[i] = in.getLong();
    }
}
