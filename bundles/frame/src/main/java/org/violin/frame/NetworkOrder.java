// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads big-endian fields at absolute offsets, whatever byte order the buffer is set to: slabs come from plugins, and some are native.
 * Called by the codecs of this package. The caller has checked the length; the buffer still checks its own bounds.
 */
public final class NetworkOrder {
    private NetworkOrder() {}

    public static int u8(ByteBuffer slab, int at) {
        return slab.get(at) & 0xff;
    }

    public static int u16(ByteBuffer slab, int at) {
        short raw = slab.getShort(at);
        return (slab.order() == ByteOrder.BIG_ENDIAN ? raw : Short.reverseBytes(raw)) & 0xffff;
    }

    public static int i32(ByteBuffer slab, int at) {
        int raw = slab.getInt(at);
        return slab.order() == ByteOrder.BIG_ENDIAN ? raw : Integer.reverseBytes(raw);
    }

    /** A 48-bit field such as a MAC address, in the low bits. */
    public static long u48(ByteBuffer slab, int at) {
        return (long) u16(slab, at) << 32 | i32(slab, at + 2) & 0xffff_ffffL;
    }

    /** Adds the 16-bit words of a range to a running ones' complement sum (RFC 1071); a last odd byte counts as the high one. */
    static long sum(ByteBuffer slab, int at, int bytes, long start) {
        long sum = start;
        int i = 0;
        for (; i + 1 < bytes; i += 2) sum += u16(slab, at + i);
        if (i < bytes) sum += u8(slab, at + i) << 8;
        return sum;
    }

    /** True when a sum over data with its checksum field is that of correct data. */
    static boolean isCorrect(long sum) {
        long s = sum;
        while (s >>> 16 != 0) s = (s & 0xffff) + (s >>> 16);
        return s == 0xffff;
    }
}
