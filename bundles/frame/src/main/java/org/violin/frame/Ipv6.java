// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import java.nio.ByteBuffer;

/** The IPv6 header (RFC 8200); {@code ip} is its offset. Call {@link #isWhole} first: the other accessors do not check. */
public final class Ipv6 {
    public static final int HEADER = 40;
    public static final int SOURCE = 8;
    public static final int DESTINATION = 24;
    public static final int HOP_BY_HOP = 0;
    public static final int ICMPV6 = 58;
    public static final int PIM = 103;

    private Ipv6() {}

    public static boolean isWhole(ByteBuffer slab, int ip, int end) {
        return ip + HEADER <= end && NetworkOrder.u8(slab, ip) >> 4 == 6;
    }

    public static int payloadBytes(ByteBuffer slab, int ip) {
        return NetworkOrder.u16(slab, ip + 4);
    }

    public static int nextHeader(ByteBuffer slab, int ip) {
        return NetworkOrder.u8(slab, ip + 6);
    }

    public static boolean isUnspecified(ByteBuffer slab, int address) {
        for (int i = 0; i < 16; i += 4) {
            if (NetworkOrder.i32(slab, address + i) != 0) return false;
        }
        return true;
    }

    /** The last 32 bits of the address at that offset: those that make a group's MAC. */
    public static int low32(ByteBuffer slab, int address) {
        return NetworkOrder.i32(slab, address + 12);
    }

    public static boolean isGroup(ByteBuffer slab, int address) {
        return NetworkOrder.u8(slab, address) == 0xff;
    }

    /** ff00::/16, ff01::/16 and ff02::/16: nothing that leaves the link (RFC 4291 section 2.7). */
    public static boolean isLocalGroup(ByteBuffer slab, int address) {
        return isGroup(slab, address) && (NetworkOrder.u8(slab, address + 1) & 15) <= 2;
    }

    /** ff02::1:ff00:0/104, which neighbour discovery asks (RFC 4291 section 2.7.1). */
    public static boolean isSolicitedNode(ByteBuffer slab, int address) {
        return NetworkOrder.i32(slab, address) == 0xff020000
                && NetworkOrder.i32(slab, address + 4) == 0
                && NetworkOrder.i32(slab, address + 8) == 1
                && NetworkOrder.u8(slab, address + 12) == 0xff;
    }
}
