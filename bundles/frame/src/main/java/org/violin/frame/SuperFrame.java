// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import java.nio.ByteBuffer;

/**
 * A reusable view of one record (offload header and Ethernet frame): where its headers are and whether it can be cut into segments.
 * The headers are parsed; {@code hdr_len} of the offload header is not trusted. Offsets are those of the slab.
 *
 * <p>Called by: one thread at a time. Nothing is written, and no byte is read outside the record or behind {@link #payload}.
 */
public final class SuperFrame {
    /** Result of the offset accessors when there is no such header. */
    public static final int NONE = -1;

    static final int TCP = 6;
    static final int TCP_HEADER = 20;
    static final int UDP_HEADER = 8;
    static final int TCP_CHECKSUM = 16;
    static final int UDP_CHECKSUM = 6;
    /** Most IPv6 extension headers that are walked. */
    static final int MAX_EXTENSIONS = 8;
    /** No headers of a record, its offload header included, are longer: tags, IPv6, extensions of 2048 bytes, TCP with options. */
    static final int MAX_HEADERS = OffloadHeader.BYTES + Ethernet.HEADER + 2 * Vlan.TAG_BYTES + Ipv6.HEADER + MAX_EXTENSIONS * 2048 + 60;

    private static final int ROUTING = 43;
    private static final int FRAGMENT = 44;
    private static final int DESTINATION_OPTIONS = 60;

    private int offset;
    private int length;
    private int flags;
    private int gsoType;
    private int gsoSize;
    private int etherType;
    private int l3;
    private int protocol;
    private int l4;
    private int payload;
    private int packetEnd;
    private int segments;
    private boolean fragment;
    private boolean consistent;
    private boolean superFrame;

    /** Looks at a record. False when there is no whole Ethernet header with at most two tags; then only the record's bounds are set. */
    public boolean parse(ByteBuffer slab, int offset, int length) {
        this.offset = offset;
        this.length = length;
        l3 = l4 = payload = protocol = etherType = NONE;
        flags = gsoType = gsoSize = 0;
        fragment = superFrame = consistent = false;
        segments = 1;
        packetEnd = offset + length;
        if (length < OffloadHeader.BYTES + Ethernet.HEADER) return false;
        int frame = offset + OffloadHeader.BYTES;
        int end = offset + length;
        int typeAt = Vlan.typeOffset(slab, frame, end);
        if (typeAt == Vlan.NONE) return false;
        flags = OffloadHeader.flags(slab, offset);
        gsoType = OffloadHeader.gsoType(slab, offset);
        gsoSize = OffloadHeader.gsoSize(slab, offset);
        etherType = NetworkOrder.u16(slab, typeAt);
        l3 = typeAt + 2;
        if (etherType == Ethernet.TYPE_IPV4) ipv4(slab, end);
        else if (etherType == Ethernet.TYPE_IPV6) ipv6(slab, end);
        else consistent = gsoType == OffloadHeader.GSO_NONE;
        if (l4 != NONE) {
            consistent = packetEnd <= end && (packetEnd == end || gsoType == OffloadHeader.GSO_NONE);
            packetEnd = Math.min(packetEnd, end);
            if (!fragment) transport(slab);
        }
        superFrame = consistent && isSound(slab);
        if (superFrame) segments = Math.max(1, (payloadBytes() + gsoSize - 1) / gsoSize);
        return true;
    }

    private void ipv4(ByteBuffer slab, int end) {
        int bytes = Ipv4.headerBytes(slab, l3, end);
        if (bytes < 0) return;
        int total = Ipv4.totalBytes(slab, l3);
        if (total == 0 && ecnCleared() == OffloadHeader.GSO_TCPV4) total = end - l3;
        if (total < bytes) return;
        protocol = Ipv4.protocol(slab, l3);
        l4 = l3 + bytes;
        packetEnd = l3 + total;
        fragment = (NetworkOrder.u16(slab, l3 + 6) & 0x3fff) != 0;
    }

    private void ipv6(ByteBuffer slab, int end) {
        if (!Ipv6.isWhole(slab, l3, end)) return;
        int bytes = Ipv6.payloadBytes(slab, l3);
        packetEnd = bytes == 0 && ecnCleared() == OffloadHeader.GSO_TCPV6 ? end : l3 + Ipv6.HEADER + bytes;
        int last = Math.min(end, packetEnd);
        int next = Ipv6.nextHeader(slab, l3);
        int at = l3 + Ipv6.HEADER;
        for (int i = 0; i < MAX_EXTENSIONS && (next == Ipv6.HOP_BY_HOP || next == ROUTING || next == DESTINATION_OPTIONS); i++) {
            if (at + 8 > last) return;
            next = NetworkOrder.u8(slab, at);
            at += (NetworkOrder.u8(slab, at + 1) + 1) * 8;
            if (at > last) return;
        }
        protocol = next;
        l4 = at;
        fragment = next == FRAGMENT;
    }

    private void transport(ByteBuffer slab) {
        if (protocol == TCP) {
            int bytes = l4 + TCP_HEADER <= packetEnd ? NetworkOrder.u8(slab, l4 + 12) / 16 * 4 : 0;
            if (bytes >= TCP_HEADER && l4 + bytes <= packetEnd) payload = l4 + bytes;
            else consistent = false;
        } else if (protocol == Ipv4.PROTOCOL_UDP) {
            int room = packetEnd - l4;
            int bytes = room >= UDP_HEADER ? NetworkOrder.u16(slab, l4 + 4) : 0;
            if (bytes >= UDP_HEADER) payload = l4 + UDP_HEADER;
            if (bytes < UDP_HEADER || bytes > room || bytes < room && gsoType != OffloadHeader.GSO_NONE) consistent = false;
        }
    }

    /** The offload header agrees with the parsed headers, and each segment fits an IP packet. */
    private boolean isSound(ByteBuffer slab) {
        if (payload == NONE || gsoSize == 0) return false;
        int type = ecnCleared();
        boolean right = protocol == TCP
                ? type == (etherType == Ethernet.TYPE_IPV4 ? OffloadHeader.GSO_TCPV4 : OffloadHeader.GSO_TCPV6)
                : type == OffloadHeader.GSO_UDP_L4;
        if (!right || payload - l3 + Math.min(gsoSize, payloadBytes()) > 0xffff) return false;
        return (flags & OffloadHeader.NEEDS_CHECKSUM) == 0
                || OffloadHeader.checksumStart(slab, offset) == l4 - offset - OffloadHeader.BYTES
                        && OffloadHeader.checksumOffset(slab, offset) == checksumOffset();
    }

    /**
     * How many packets a record stands for, cheaply, for counters: only the offload header and the length of the TCP header are read.
     * 1 when {@code gso_type} or {@code gso_size} is 0, NEEDS_CSUM is not set, or the header is not in the record.
     */
    public static int segments(ByteBuffer slab, int offset, int length) {
        if (length < OffloadHeader.BYTES + Ethernet.HEADER) return 1;
        long offload = slab.getLong(offset);
        int type = (int) (offload >>> 48) & 0xff & ~OffloadHeader.GSO_ECN;
        if (type == OffloadHeader.GSO_NONE || (offload >>> 56 & OffloadHeader.NEEDS_CHECKSUM) == 0) return 1;
        int size = OffloadHeader.swap((short) (offload >>> 16)) & 0xffff;
        int header = OffloadHeader.BYTES + (OffloadHeader.swap((short) offload) & 0xffff);
        if (size == 0 || header + TCP_HEADER > length) return 1;
        header += type == OffloadHeader.GSO_UDP_L4 ? UDP_HEADER : NetworkOrder.u8(slab, offset + header + 12) / 16 * 4;
        return Math.max(1, (length - header + size - 1) / size);
    }

    /**
     * Bytes that a super-frame begins with before its payload, offload header included, as cheaply as {@link #segments}; 0 when it is
     * none. Called by senders that repeat them.
     */
    public static int headers(ByteBuffer slab, int offset, int length) {
        if (segments(slab, offset, length) < 2) return 0;
        int type = OffloadHeader.gsoType(slab, offset) & ~OffloadHeader.GSO_ECN;
        int header = OffloadHeader.BYTES + OffloadHeader.checksumStart(slab, offset);
        header += type == OffloadHeader.GSO_UDP_L4 ? UDP_HEADER : NetworkOrder.u8(slab, offset + header + 12) / 16 * 4;
        return header <= length ? header : 0;
    }

    /** First byte of the record. */
    public int offset() {
        return offset;
    }

    /** Bytes of the record. */
    public int length() {
        return length;
    }

    /** Flags of the offload header. */
    public int flags() {
        return flags;
    }

    /** The GSO type of the offload header, with {@link OffloadHeader#GSO_ECN}. */
    public int gsoType() {
        return gsoType;
    }

    /** Payload bytes of each segment but the last, as the offload header says. */
    public int gsoSize() {
        return gsoSize;
    }

    /** The type behind the tags, or {@link #NONE}. */
    public int etherType() {
        return etherType;
    }

    /** The first byte behind Ethernet header and tags, or {@link #NONE}. */
    public int l3() {
        return l3;
    }

    /** IP protocol behind the extension headers (44 for an IPv6 fragment), or {@link #NONE}. */
    public int protocol() {
        return protocol;
    }

    /** The first byte behind the IP headers, or {@link #NONE}. */
    public int l4() {
        return l4;
    }

    /** The first byte behind the TCP or UDP header, or {@link #NONE}: another protocol, a fragment, a header that is not whole. */
    public int payload() {
        return payload;
    }

    /** Bytes from {@link #payload} to the end of the IP packet; 0 when there is none. */
    public int payloadBytes() {
        return payload == NONE ? 0 : packetEnd - payload;
    }

    /** Bytes of all headers from Ethernet to TCP or UDP, what {@code hdr_len} should be; 0 when {@link #payload} is {@link #NONE}. */
    public int headerBytes() {
        return payload == NONE ? 0 : payload - offset - OffloadHeader.BYTES;
    }

    /** The end of the IP packet, without what pads a short Ethernet frame; never behind the record's. */
    public int packetEnd() {
        return packetEnd;
    }

    /** Packets the record stands for: 1 if it is no sound super-frame. */
    public int segments() {
        return segments;
    }

    /** An IPv4 or IPv6 fragment, the first or a later one. */
    public boolean isFragment() {
        return fragment;
    }

    /** IP and UDP lengths fit the record; in a record with a GSO type they fill it. */
    public boolean isConsistent() {
        return consistent;
    }

    /** A whole TCPv4, TCPv6 or UDP_L4 super-frame whose headers agree: it can be cut into segments. */
    public boolean isSuperFrame() {
        return superFrame;
    }

    /** The checksum field counted from {@link #l4}; only for TCP and UDP. */
    int checksumOffset() {
        return protocol == TCP ? TCP_CHECKSUM : UDP_CHECKSUM;
    }

    private int ecnCleared() {
        return gsoType & ~OffloadHeader.GSO_ECN;
    }
}
