// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import java.nio.ByteBuffer;

/**
 * Reads one frame for {@link Coalescer}: may it be part of a run, and what must all frames of its run have in common. One thread.
 * Headers are read as 64-bit words: an absolute get costs about 7 ns in C1 code, whatever its size.
 */
final class Candidate {
    /** Longs of a key: MAC addresses and ports (0, 1), tags (2), rest of the IP header (3), addresses (4 to 7). */
    static final int KEY = 8;

    private static final int UDP = Ipv4.PROTOCOL_UDP;
    private static final int TCP = SuperFrame.TCP;
    private static final int ACK = 0x10;
    private static final int PSH = 0x08;
    private static final long PSH_IN_WORD = (long) PSH << 16;
    private static final long LOW32 = 0xffff_ffffL;
    /** Flags and GSO type in the first eight bytes of an offload header. */
    private static final long FLAGS_AND_TYPE = 0xffff_0000_0000_0000L;

    private final ByteBuffer slab;
    private final boolean withTcp;
    private final long[] keys;
    private int headerBytes;
    private int sequence;
    private long tcpWord;
    private boolean pushed;

    /** Keys are written into {@code keys}, {@link #KEY} longs each. */
    Candidate(ByteBuffer slab, boolean withTcp, long[] keys) {
        this.slab = slab;
        this.withTcp = withTcp;
        this.keys = keys;
    }

    /** Checks a frame and writes its key. False: it cannot be part of a run, the other accessors mean nothing. */
    boolean read(int offset, int length, int key) {
        if (length < OffloadHeader.BYTES + Ethernet.HEADER + Ipv4.MIN_HEADER + SuperFrame.UDP_HEADER) return false;
        long offload = slab.getLong(offset);
        if ((offload & FLAGS_AND_TYPE) != (long) OffloadHeader.NEEDS_CHECKSUM << 56) return false;
        long toMac = slab.getLong(offset + 8);
        long fromMac = slab.getLong(offset + 16);
        int field = OffloadHeader.swap((short) (toMac >>> 48));
        int protocol = field == SuperFrame.UDP_CHECKSUM ? UDP : TCP;
        if (protocol == TCP && (field != SuperFrame.TCP_CHECKSUM || !withTcp)) return false;
        int l4 = offset + OffloadHeader.BYTES + (OffloadHeader.swap((short) offload) & 0xffff);
        int end = offset + length;
        if (l4 + (protocol == UDP ? SuperFrame.UDP_HEADER : SuperFrame.TCP_HEADER) > end) return false;
        int type = (int) fromMac & 0xffff;
        int l3 = offset + OffloadHeader.BYTES + Ethernet.HEADER;
        long tags = 0;
        for (int i = 0; i < Vlan.MAX_TAGS && (type == Vlan.CUSTOMER_TAG || type == Vlan.SERVICE_TAG); i++) {
            tags = tags << 32 | slab.getInt(l3 - 2) & LOW32;
            l3 += Vlan.TAG_BYTES;
            type = slab.getShort(l3 - 2) & 0xffff;
        }
        boolean right = type == Ethernet.TYPE_IPV4
                ? l4 == l3 + Ipv4.MIN_HEADER && ipv4(key, l3, end, protocol)
                : type == Ethernet.TYPE_IPV6 && l4 == l3 + Ipv6.HEADER && ipv6(key, l3, end, protocol);
        if (!right) return false;
        keys[key] = toMac << 16 | fromMac >>> 48;
        keys[key + 1] |= fromMac >>> 16 << 32;
        keys[key + 2] = tags;
        headerBytes += l4 - offset;
        return true;
    }

    /** Bytes of all headers, the offload header included. */
    int headerBytes() {
        return headerBytes;
    }

    /** TCP: of the first payload byte. */
    int sequence() {
        return sequence;
    }

    /** TCP: acknowledgement, header length, flags but PSH, window; 0 for UDP. */
    long tcpWord() {
        return tcpWord;
    }

    /** TCP: PSH is set. */
    boolean isPushed() {
        return pushed;
    }

    private boolean ipv4(int key, int l3, int end, int protocol) {
        long a = slab.getLong(l3);
        long b = slab.getLong(l3 + 8);
        if (a >>> 56 != 0x45 || (a & 0xffff) != 0x4000 || (a >>> 32 & 0xffff) != end - l3 || (b >>> 48 & 0xff) != protocol) return false;
        long destination = slab.getInt(l3 + 16) & LOW32;
        long addresses = (b & LOW32) + destination;
        if (Checksum.fold((a >>> 32) + (a & LOW32) + (b >>> 32) + addresses) != 0xffff) return false;
        keys[key + 3] = a & 0xffff_0000_0000_0000L | b >>> 48;
        keys[key + 4] = b << 32 | destination;
        keys[key + 5] = keys[key + 6] = keys[key + 7] = 0;
        return transport(key, l3 + Ipv4.MIN_HEADER, end, protocol, addresses);
    }

    private boolean ipv6(int key, int l3, int end, int protocol) {
        long a = slab.getLong(l3);
        if (a >>> 60 != 6 || (a >>> 16 & 0xffff) != end - l3 - Ipv6.HEADER || (a >>> 8 & 0xff) != protocol) return false;
        long sum = 0;
        for (int i = 0; i < 4; i++) {
            long part = slab.getLong(l3 + Ipv6.SOURCE + 8 * i);
            keys[key + 4 + i] = part;
            sum += (part >>> 32) + (part & LOW32);
        }
        keys[key + 3] = a & 0xffff_ffff_0000_ffffL;
        return transport(key, l3 + Ipv6.HEADER, end, protocol, sum);
    }

    private boolean transport(int key, int l4, int end, int protocol, long addresses) {
        long header = slab.getLong(l4);
        keys[key + 1] = header >>> 32;
        int bytes = end - l4;
        int pseudoSum = Checksum.fold(addresses + protocol + bytes);
        if (protocol == TCP) return tcp(l4, end, (int) header, pseudoSum);
        headerBytes = SuperFrame.UDP_HEADER;
        tcpWord = 0;
        pushed = false;
        return bytes > SuperFrame.UDP_HEADER && (header >>> 16 & 0xffff) == bytes && pseudoSum == (header & 0xffff);
    }

    /** ACK, with or without PSH, and nothing urgent. Payload may be empty: such a frame is held to keep its place. */
    private boolean tcp(int l4, int end, int sequence, int pseudoSum) {
        long word = slab.getLong(l4 + 8);
        headerBytes = (int) (word >>> 28 & 15) * 4;
        this.sequence = sequence;
        tcpWord = word & ~PSH_IN_WORD;
        pushed = (word & PSH_IN_WORD) != 0;
        return headerBytes >= SuperFrame.TCP_HEADER && l4 + headerBytes <= end && (tcpWord >>> 16 & 0xfff) == ACK
                && slab.getInt(l4 + SuperFrame.TCP_CHECKSUM) == pseudoSum << 16;
    }

    /**
     * A frame that cannot be part of a run and yet must not overtake: UDP, TCP when such is held, or IP that may be one of them behind
     * extension headers.
     */
    boolean keepsOrder(int offset, int length, boolean tcpIsHeld) {
        int end = offset + length;
        int typeAt = length < OffloadHeader.BYTES + Ethernet.HEADER
                ? Vlan.NONE
                : Vlan.typeOffset(slab, offset + OffloadHeader.BYTES, end);
        if (typeAt == Vlan.NONE) return false;
        int type = NetworkOrder.u16(slab, typeAt);
        int l3 = typeAt + 2;
        if (type == Ethernet.TYPE_IPV4) {
            int protocol = l3 + Ipv4.MIN_HEADER <= end ? Ipv4.protocol(slab, l3) : 0;
            return protocol == UDP || protocol == TCP && tcpIsHeld;
        }
        if (type != Ethernet.TYPE_IPV6 || l3 + Ipv6.HEADER > end) return false;
        int next = Ipv6.nextHeader(slab, l3);
        return next == TCP ? tcpIsHeld : next != Ipv6.ICMPV6;
    }
}
