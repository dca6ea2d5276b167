// SPDX-License-Identifier: Apache-2.0
package org.violin.verify;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.violin.frame.Checksum;
import org.violin.frame.Ethernet;

/**
 * Builds frames byte by byte, also ones that no kernel would. The Ethernet frame begins at {@link #FRAME}; in front of it is room for an
 * offload header. Used by one thread.
 */
final class Craft {
    /** Where the frame begins in the slab. */
    static final int FRAME = 10;
    static final int MIN_FRAME = 60;
    /** Where the payload of UDP over IPv4 begins in the frame. */
    static final int DATAGRAM = 42;
    private static final int CLEARED = 24_000;
    private static final int IP = FRAME + 14;

    final ByteBuffer slab = ByteBuffer.allocateDirect(80_000);
    private final Marker marker;

    Craft(Marker marker) {
        this.marker = marker;
    }

    /** The source address of a frame too short for a marker. */
    long runt(int small) {
        return marker.mac(small);
    }

    Marker marker() {
        return marker;
    }

    private void clear() {
        for (int i = 0; i < CLEARED; i += 8) slab.putLong(i, 0);
    }

    void mac(int at, long mac) {
        slab.putShort(FRAME + at, (short) (mac >>> 32)).putInt(FRAME + at + 2, (int) mac);
    }

    void u16(int at, int value) {
        slab.putShort(FRAME + at, (short) value);
    }

    /** The marker, so many bytes behind the beginning of the frame. */
    void mark(int at, int number) {
        marker.put(slab, FRAME + at, number);
    }

    /** Header only, all else zero. */
    void ether(long to, long from, int type) {
        clear();
        mac(0, to);
        mac(6, from);
        u16(12, type);
    }

    /** A frame of that type with the marker behind its header. Returns its length. */
    int plain(long to, long from, int type, int number) {
        ether(to, from, type);
        mark(14, number);
        return MIN_FRAME;
    }

    /** "Who has target, tell sender", with the marker behind. The marker is at 42. */
    int arp(long to, long from, InetAddress sender, InetAddress target, int number) {
        ether(to, from, Ethernet.TYPE_ARP);
        slab.putLong(IP, 0x0001_0800_0604_0001L);
        mac(22, from);
        put(28, sender.getAddress());
        put(38, target.getAddress());
        mark(42, number);
        return MIN_FRAME;
    }

    private void put(int at, byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) slab.put(FRAME + at + i, bytes[i]);
    }

    /** Where a payload over UDP begins in the frame. */
    static int payload(InetAddress family) {
        return family.getAddress().length == 4 ? DATAGRAM : 62;
    }

    /** A UDP datagram whose payload ({@link #payload}) was written already, behind {@link #ether}. Returns the frame's length. */
    int udp(InetAddress from, int fromPort, InetAddress to, int toPort, int payloadBytes) {
        int udp = ip(from, to, 17, 8 + payloadBytes);
        u16(udp, fromPort);
        u16(udp + 2, toPort);
        u16(udp + 4, 8 + payloadBytes);
        u16(udp + 6, 0);
        int checksum = transport(udp, 17, 8 + payloadBytes, to.getAddress().length);
        u16(udp + 6, checksum == 0 ? 0xFFFF : checksum);
        return Math.max(MIN_FRAME, udp + 8 + payloadBytes);
    }

    /** An ICMP echo request with the marker at {@link #payload}. */
    int echo(InetAddress from, InetAddress to, int number) {
        boolean v4 = to.getAddress().length == 4;
        int icmp = ip(from, to, v4 ? 1 : 58, 8 + Marker.BYTES);
        slab.putLong(FRAME + icmp, v4 ? 0x0800_0000_0000_0001L : 0x8000_0000_0000_0001L);
        mark(icmp + 8, number);
        u16(icmp + 2, v4 ? Checksum.of(slab, FRAME + icmp, 8 + Marker.BYTES) : transport(icmp, 58, 8 + Marker.BYTES, 16));
        return Math.max(MIN_FRAME, icmp + 8 + Marker.BYTES);
    }

    /** The IP header and the Ethernet type; returns where it ends in the frame. */
    private int ip(InetAddress from, InetAddress to, int protocol, int bytes) {
        if (to.getAddress().length == 4) {
            u16(12, Ethernet.TYPE_IPV4);
            slab.putInt(IP, 0x4500_0000 | 20 + bytes).putInt(IP + 4, 0x4000).putInt(IP + 8, 64 << 24 | protocol << 16);
            put(26, from.getAddress());
            put(30, to.getAddress());
            u16(24, Checksum.of(slab, IP, 20));
            return 34;
        }
        u16(12, Ethernet.TYPE_IPV6);
        slab.putInt(IP, 6 << 28).putInt(IP + 4, bytes << 16 | protocol << 8 | 64);
        put(22, from.getAddress());
        put(38, to.getAddress());
        return 54;
    }

    private int transport(int at, int protocol, int bytes, int addressBytes) {
        int addresses = FRAME + at - 2 * addressBytes;
        int sum = Checksum.pseudoHeader(slab, addresses, addressBytes, protocol, bytes);
        return Checksum.invert(Checksum.add(sum, slab, FRAME + at, bytes));
    }

    /** The offload header of a TCP or UDP super-frame, or of nothing (linux/virtio_net.h): native byte order is little-endian here. */
    void offload(int flags, int type, int headerBytes, int segmentBytes, int checksumStart, int checksumField) {
        slab.put(0, (byte) flags).put(1, (byte) type);
        int[] words = {headerBytes, segmentBytes, checksumStart, checksumField};
        for (int i = 0; i < 4; i++) slab.put(2 + 2 * i, (byte) words[i]).put(3 + 2 * i, (byte) (words[i] >>> 8));
    }
}
