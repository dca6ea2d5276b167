// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The kernel's {@code virtio_net_hdr} (linux/virtio_net.h) in front of the Ethernet frame of a record. Its 16-bit fields have the byte
 * order of the machine; slabs are big-endian. {@code record} is the offset of its first byte; the caller has checked {@link #BYTES}.
 */
public final class OffloadHeader {
    public static final int BYTES = 10;

    /** Flag: the checksum field of the transport header holds the folded, not inverted, sum of the pseudo-header. */
    public static final int NEEDS_CHECKSUM = 1;

    public static final int GSO_NONE = 0;
    public static final int GSO_TCPV4 = 1;
    public static final int GSO_TCPV6 = 4;
    public static final int GSO_UDP_L4 = 5;
    /** Added to a TCP type when CWR is set. */
    public static final int GSO_ECN = 0x80;

    private static final boolean SWAPPED = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    private OffloadHeader() {}

    public static int flags(ByteBuffer slab, int record) {
        return slab.get(record) & 0xff;
    }

    /** The type with {@link #GSO_ECN}. */
    public static int gsoType(ByteBuffer slab, int record) {
        return slab.get(record + 1) & 0xff;
    }

    /** Payload bytes of each segment but the last. */
    public static int gsoSize(ByteBuffer slab, int record) {
        return swap(slab.getShort(record + 4)) & 0xffff;
    }

    /** Where the checksum begins, counted from the first byte of the frame. */
    public static int checksumStart(ByteBuffer slab, int record) {
        return swap(slab.getShort(record + 6)) & 0xffff;
    }

    /** The checksum field, counted from {@link #checksumStart}. */
    public static int checksumOffset(ByteBuffer slab, int record) {
        return swap(slab.getShort(record + 8)) & 0xffff;
    }

    /** Writes all fields; {@code headerBytes} from the Ethernet to the transport header. */
    public static void write(
            ByteBuffer slab, int record, int flags, int type, int headerBytes, int gsoSize, int checksumStart, int checksumOffset) {
        slab.put(record, (byte) flags);
        slab.put(record + 1, (byte) type);
        slab.putShort(record + 2, swap((short) headerBytes));
        slab.putShort(record + 4, swap((short) gsoSize));
        slab.putShort(record + 6, swap((short) checksumStart));
        slab.putShort(record + 8, swap((short) checksumOffset));
    }

    /** All zero: a plain, finished frame. */
    public static void clear(ByteBuffer slab, int record) {
        slab.putLong(record, 0);
        slab.putShort(record + 8, (short) 0);
    }

    /** Between the order of the machine and that of the slab. */
    static short swap(short value) {
        return SWAPPED ? Short.reverseBytes(value) : value;
    }
}
