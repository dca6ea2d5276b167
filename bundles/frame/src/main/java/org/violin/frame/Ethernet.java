// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import java.nio.ByteBuffer;

/**
 * The Ethernet header (IEEE 802.3). {@code frame} is the offset of the destination MAC: behind the offload header of a record.
 * MAC addresses are the low 48 bits of a long, first octet highest. The caller has checked that there are {@link #HEADER} bytes.
 */
public final class Ethernet {
    public static final int DESTINATION = 0;
    public static final int SOURCE = 6;
    public static final int TYPE = 12;
    /** Bytes of the header without tags. */
    public static final int HEADER = 14;

    public static final int TYPE_IPV4 = 0x0800;
    public static final int TYPE_ARP = 0x0806;
    public static final int TYPE_IPV6 = 0x86dd;

    public static final long BROADCAST = 0xffff_ffff_ffffL;

    private static final long GROUP_BIT = 0x0100_0000_0000L;
    private static final long RESERVED = 0x0180_c200_0000L;
    private static final long IPV4_GROUPS = 0x0100_5e00_0000L;

    private Ethernet() {}

    public static long destination(ByteBuffer slab, int frame) {
        return NetworkOrder.u48(slab, frame + DESTINATION);
    }

    public static long source(ByteBuffer slab, int frame) {
        return NetworkOrder.u48(slab, frame + SOURCE);
    }

    /** The first type field; behind tags see {@link Vlan#typeOffset}. */
    public static int type(ByteBuffer slab, int frame) {
        return NetworkOrder.u16(slab, frame + TYPE);
    }

    /** Multicast or broadcast. */
    public static boolean isGroup(long mac) {
        return (mac & GROUP_BIT) != 0;
    }

    /** 01:80:c2:00:00:00 to 0f: for the neighbour only, such as STP, LACP and LLDP; bridges do not forward them (IEEE 802.1D 7.12.6). */
    public static boolean isReserved(long mac) {
        return (mac & ~0xfL) == RESERVED;
    }

    /** The MAC of an IPv4 group: 01:00:5e and the low 23 bits (RFC 1112 section 6.4). */
    public static long ofIpv4Group(int group) {
        return IPV4_GROUPS | group & 0x7f_ffffL;
    }

    public static boolean isIpv4Group(long mac) {
        return (mac & 0xffff_ff80_0000L) == IPV4_GROUPS;
    }

    /** The MAC of an IPv6 group: 33:33 and the low 32 bits (RFC 2464 section 7). */
    public static long ofIpv6Group(int low32) {
        return 0x3333_0000_0000L | low32 & 0xffff_ffffL;
    }

    public static boolean isIpv6Group(long mac) {
        return mac >>> 32 == 0x3333;
    }
}
