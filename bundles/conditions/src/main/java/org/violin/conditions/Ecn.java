// SPDX-License-Identifier: Apache-2.0
package org.violin.conditions;

import java.nio.ByteBuffer;
import org.violin.frame.Checksum;
import org.violin.frame.Ethernet;
import org.violin.frame.Ipv4;
import org.violin.frame.Ipv6;
import org.violin.frame.OffloadHeader;
import org.violin.frame.Vlan;

/** Explicit congestion notification in IP headers (RFC 3168): may a packet be marked, and marking it. */
final class Ecn {
    private static final int CONGESTED = 3;

    private Ecn() {}

    /** Its sender understands marks: ECT(0), ECT(1), or marked before. */
    static boolean understands(ByteBuffer slab, int record, int length) {
        int ip = ip(slab, record, length);
        if (ip < 0) return false;
        int first = slab.getShort(ip) & 0xffff;
        return (first >>> 12 == 4 ? first & CONGESTED : first >>> 4 & CONGESTED) != 0;
    }

    /** Marks a record for which {@link #understands} is true; the header checksum of IPv4 follows (RFC 1624). */
    static void mark(ByteBuffer slab, int record, int length) {
        int ip = ip(slab, record, length);
        int before = slab.getShort(ip) & 0xffff;
        boolean four = before >>> 12 == 4;
        int after = before | (four ? CONGESTED : CONGESTED << 4);
        slab.putShort(ip, (short) after);
        if (four) slab.putShort(ip + 10, (short) Checksum.update(slab.getShort(ip + 10) & 0xffff, before, after));
    }

    private static int ip(ByteBuffer slab, int record, int length) {
        int end = record + length;
        int frame = record + OffloadHeader.BYTES;
        if (length < OffloadHeader.BYTES + Ethernet.HEADER) return -1;
        int typeAt = Vlan.typeOffset(slab, frame, end);
        if (typeAt == Vlan.NONE) return -1;
        int type = slab.getShort(typeAt) & 0xffff;
        if (type == Ethernet.TYPE_IPV4) return Ipv4.headerBytes(slab, typeAt + 2, end) > 0 ? typeAt + 2 : -1;
        return type == Ethernet.TYPE_IPV6 && Ipv6.isWhole(slab, typeAt + 2, end) ? typeAt + 2 : -1;
    }
}
