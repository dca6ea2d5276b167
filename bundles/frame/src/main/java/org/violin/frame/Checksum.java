// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import java.nio.ByteBuffer;

/**
 * The Internet checksum (RFC 1071) over big-endian buffers. Sums are kept as 32 bits or less and folded at the end, so that parts can be
 * added in any order as long as each but the last has an even length. Nothing allocates.
 */
public final class Checksum {
    private Checksum() {}

    /** Adds a range to a running sum; an odd last byte counts as the high half of a word. The result fits 16 bits. */
    public static int add(int sum, ByteBuffer slab, int offset, int length) {
        long total = sum & 0xFFFF_FFFFL;
        int position = offset;
        int end = offset + length;
        for (; end - position >= 8; position += 8) {
            long words = slab.getLong(position);
            total += (words >>> 32) + (words & 0xFFFF_FFFFL);
        }
        if (end - position >= 4) {
            total += slab.getInt(position) & 0xFFFF_FFFFL;
            position += 4;
        }
        if (end - position >= 2) {
            total += slab.getShort(position) & 0xFFFF;
            position += 2;
        }
        if (position < end) total += (slab.get(position) & 0xFF) << 8;
        return fold(total);
    }

    /** A sum folded to 16 bits, not inverted. */
    public static int fold(long sum) {
        long folded = sum;
        while (folded >>> 16 != 0) folded = (folded & 0xFFFF) + (folded >>> 16);
        return (int) folded;
    }

    /** What goes into a header field. */
    public static int invert(int sum) {
        return ~fold(sum & 0xFFFF_FFFFL) & 0xFFFF;
    }

    /** The checksum of a range whose own checksum field is zero; 0 when the range contains a right one. */
    public static int of(ByteBuffer slab, int offset, int length) {
        return invert(add(0, slab, offset, length));
    }

    /** The sum, not inverted, of the pseudo-header in front of TCP, UDP or ICMPv6 (RFC 9293, RFC 8200). */
    public static int pseudoHeader(ByteBuffer slab, int addressesOffset, int addressBytes, int protocol, int payloadLength) {
        int sum = add(0, slab, addressesOffset, 2 * addressBytes);
        return fold((long) sum + protocol + (payloadLength >>> 16) + (payloadLength & 0xFFFF));
    }

    /** A header's checksum after one 16-bit word of it was changed (RFC 1624, equation 3). */
    public static int update(int checksum, int oldWord, int newWord) {
        return invert(fold((~checksum & 0xFFFFL) + (~oldWord & 0xFFFFL) + (newWord & 0xFFFFL)));
    }

    /**
     * Finishes what VIRTIO_NET_HDR_F_NEEDS_CSUM left open (linux/virtio_net.h): the field at {@code start + field} holds the sum of the
     * pseudo-header and becomes the checksum of everything from {@code start} to {@code end}. A result of 0 is written as 0xFFFF, which
     * means the same and is what UDP asks for.
     */
    public static void finish(ByteBuffer slab, int start, int field, int end) {
        int checksum = of(slab, start, end - start);
        slab.putShort(start + field, (short) (checksum == 0 ? 0xFFFF : checksum));
    }
}
