// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import java.nio.ByteBuffer;

/** The headers of a super-frame, kept aside, and how they change for a run of its segments. One thread at a time. */
final class SegmentHeaders {
    private static final int FIN_AND_PSH = 0x09;
    private static final int CWR = 0x80;

    private final ByteBuffer saved = ByteBuffer.allocateDirect(SuperFrame.MAX_HEADERS);
    private int bytes;
    private int l3;
    private int l4;
    private int checksumField;
    private int gsoType;
    private int gsoSize;
    private int segments;
    private boolean ipv4;
    private boolean tcp;
    private int identification;
    private int sequence;
    private int tcpFlags;
    private int pseudoSum;

    /** Keeps the headers of a record for which {@link SuperFrame#isSuperFrame} is true. */
    void save(SuperFrame view, ByteBuffer slab) {
        int record = view.offset();
        bytes = OffloadHeader.BYTES + view.headerBytes();
        saved.put(0, slab, record, bytes);
        l3 = view.l3() - record;
        l4 = view.l4() - record;
        checksumField = l4 + view.checksumOffset();
        gsoType = view.gsoType();
        gsoSize = view.gsoSize();
        segments = view.segments();
        ipv4 = view.etherType() == Ethernet.TYPE_IPV4;
        tcp = view.protocol() == SuperFrame.TCP;
        identification = ipv4 ? saved.getShort(l3 + 4) : 0;
        sequence = tcp ? saved.getInt(l4 + 4) : 0;
        tcpFlags = tcp ? saved.get(l4 + 13) : 0;
        pseudoSum = pseudoSumWithoutLength(view);
    }

    /** Bytes of the offload header and all others. */
    int bytes() {
        return bytes;
    }

    /** Where the checksum begins, from the record's start. */
    int l4() {
        return l4;
    }

    /** The checksum field, from {@link #l4}. */
    int checksumOffset() {
        return checksumField - l4;
    }

    /** Payload bytes of a segment but the last. */
    int gsoSize() {
        return gsoSize;
    }

    /**
     * Writes the headers of a run at {@code at}: its payload of {@code payloadBytes} lies, or will lie, directly behind. The checksum
     * field gets the sum of the pseudo-header, and the offload header says so.
     */
    void write(ByteBuffer target, int at, int firstSegment, int count, int payloadBytes) {
        boolean hasLast = firstSegment + count == segments;
        target.put(at, saved, 0, bytes);
        int ip = at + l3;
        if (ipv4) {
            target.putShort(ip + 2, lengthField(bytes - l3 + payloadBytes));
            target.putShort(ip + 4, (short) (identification + firstSegment));
            target.putShort(ip + 10, (short) 0);
            target.putShort(ip + 10, (short) Checksum.of(target, ip, (target.get(ip) & 15) * 4));
        } else {
            target.putShort(ip + 4, lengthField(bytes - l3 - Ipv6.HEADER + payloadBytes));
        }
        int l4Bytes = bytes - l4 + payloadBytes;
        if (tcp) {
            target.putInt(at + l4 + 4, sequence + firstSegment * gsoSize);
            int cleared = (hasLast ? 0 : FIN_AND_PSH) | (firstSegment == 0 ? 0 : CWR);
            target.put(at + l4 + 13, (byte) (tcpFlags & ~cleared));
        } else {
            target.putShort(at + l4 + 4, (short) l4Bytes);
        }
        target.putShort(at + checksumField, (short) Checksum.fold((long) pseudoSum + (l4Bytes >>> 16) + (l4Bytes & 0xffff)));
        int type = firstSegment == 0 ? gsoType : gsoType & ~OffloadHeader.GSO_ECN;
        OffloadHeader.write(target, at, OffloadHeader.NEEDS_CHECKSUM,
                count > 1 ? type : OffloadHeader.GSO_NONE,
                count > 1 ? bytes - OffloadHeader.BYTES : 0,
                count > 1 ? gsoSize : 0,
                l4 - OffloadHeader.BYTES,
                checksumField - l4);
    }

    /** 0 stands for a packet of more than 64 KiB, as Linux has it ("BIG TCP"). */
    private static short lengthField(int value) {
        return (short) (value > 0xffff ? 0 : value);
    }

    /**
     * With NEEDS_CSUM what the guest's kernel summed, less the length: behind a routing header its destination is not the IP header's.
     */
    private int pseudoSumWithoutLength(SuperFrame view) {
        if ((view.flags() & OffloadHeader.NEEDS_CHECKSUM) == 0)
            return Checksum.pseudoHeader(saved, l3 + (ipv4 ? 12 : Ipv6.SOURCE), ipv4 ? 4 : 16, view.protocol(), 0);
        int whole = Checksum.fold(bytes - l4 + view.payloadBytes());
        return Checksum.fold((saved.getShort(checksumField) & 0xffffL) + (~whole & 0xffff));
    }
}
