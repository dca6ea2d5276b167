// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import java.nio.ByteBuffer;

/** MLD messages of versions 1 and 2 (RFC 2710, RFC 3810), which are ICMPv6; {@code at} is the offset of the ICMPv6 type. */
public final class Mld {
    public static final int QUERY = 130;
    public static final int REPORT_V1 = 131;
    public static final int DONE = 132;
    public static final int REPORT_V2 = 143;
    /** Of a query, a version 1 report and a done. */
    public static final int MIN_BYTES = 24;
    public static final int GROUP = 8;
    /** Number of group records in a version 2 report, and where they begin. */
    public static final int RECORDS = 6;
    public static final int FIRST_RECORD = 8;
    /** Inside a record: type, words of auxiliary data, number of 16-byte sources, group. */
    public static final int RECORD_AUX = 1;
    public static final int RECORD_SOURCES = 2;
    public static final int RECORD_GROUP = 4;
    public static final int RECORD_BYTES = 20;

    private static final int HOP_BY_HOP_BYTES = 8;

    private Mld() {}

    /**
     * Finds the ICMPv6 header behind the hop-by-hop header that every MLD message has (router alert).
     *
     * @return its offset, or -1 when this is no such packet
     */
    public static int find(ByteBuffer slab, int ip, int end) {
        int at = ip + Ipv6.HEADER;
        if (Ipv6.nextHeader(slab, ip) != Ipv6.HOP_BY_HOP || at + HOP_BY_HOP_BYTES > end) return -1;
        if (NetworkOrder.u8(slab, at) != Ipv6.ICMPV6) return -1;
        at += (NetworkOrder.u8(slab, at + 1) + 1) * 8;
        return at + 8 <= end && isMld(NetworkOrder.u8(slab, at)) ? at : -1;
    }

    /** True when the message is long enough for its type and its checksum, with the pseudo-header of RFC 8200, is right. */
    public static boolean isSound(ByteBuffer slab, int ip, int at, int end) {
        int bytes = end - at;
        if (bytes < (type(slab, at) == REPORT_V2 ? FIRST_RECORD : MIN_BYTES)) return false;
        long sum = NetworkOrder.sum(slab, ip + Ipv6.SOURCE, 32, bytes + Ipv6.ICMPV6);
        return NetworkOrder.isCorrect(NetworkOrder.sum(slab, at, bytes, sum));
    }

    public static int type(ByteBuffer slab, int at) {
        return NetworkOrder.u8(slab, at);
    }

    private static boolean isMld(int type) {
        return type >= QUERY && type <= DONE || type == REPORT_V2;
    }
}
