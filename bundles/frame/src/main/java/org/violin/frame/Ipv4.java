// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import java.nio.ByteBuffer;

/** The IPv4 header (RFC 791); {@code ip} is its offset. Call {@link #headerBytes} first: the other accessors do not check. */
public final class Ipv4 {
    public static final int MIN_HEADER = 20;
    public static final int PROTOCOL_IGMP = 2;
    public static final int PROTOCOL_UDP = 17;
    public static final int PROTOCOL_PIM = 103;
    /** 224.0.0.13. */
    public static final int ALL_PIM_ROUTERS = 0xe000_000d;

    private Ipv4() {}

    /** Bytes of the header with options, or -1 when this is no whole IPv4 header. */
    public static int headerBytes(ByteBuffer slab, int ip, int end) {
        if (ip + MIN_HEADER > end) return -1;
        int first = NetworkOrder.u8(slab, ip);
        int bytes = (first & 15) * 4;
        return first >> 4 == 4 && bytes >= MIN_HEADER && ip + bytes <= end ? bytes : -1;
    }

    /** Header and payload; 0 in a super-frame of some senders. */
    public static int totalBytes(ByteBuffer slab, int ip) {
        return NetworkOrder.u16(slab, ip + 2);
    }

    /** True for a fragment that is not the first: it has no transport header. */
    public static boolean isLaterFragment(ByteBuffer slab, int ip) {
        return (NetworkOrder.u16(slab, ip + 6) & 0x1fff) != 0;
    }

    public static int protocol(ByteBuffer slab, int ip) {
        return NetworkOrder.u8(slab, ip + 9);
    }

    public static int source(ByteBuffer slab, int ip) {
        return NetworkOrder.i32(slab, ip + 12);
    }

    public static int destination(ByteBuffer slab, int ip) {
        return NetworkOrder.i32(slab, ip + 16);
    }

    /** 224.0.0.0/24: never leaves the link and needs no membership (RFC 5771 section 4). */
    public static boolean isLocalGroup(int address) {
        return address >>> 8 == 0xe00000;
    }

    public static boolean isGroup(int address) {
        return address >>> 28 == 14;
    }
}
