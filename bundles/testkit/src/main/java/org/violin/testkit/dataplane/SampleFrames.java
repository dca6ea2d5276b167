// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.dataplane;

import java.nio.ByteBuffer;
import org.violin.api.dataplane.Frames;
import org.violin.frame.Ethernet;
import org.violin.frame.Igmp;
import org.violin.frame.Ipv4;
import org.violin.frame.Ipv6;
import org.violin.frame.Mld;

/** Makes whole Ethernet frames for tests, with right checksums. */
public final class SampleFrames {
    private SampleFrames() {}

    /** The MAC of test station number n: 02:00:00:xx:xx:xx. */
    public static long station(int n) {
        return 0x0200_0000_0000L | n & 0xff_ffff;
    }

    public static byte[] ethernet(long destination, long source, int type, byte[] payload) {
        ByteBuffer b = ByteBuffer.allocate(Ethernet.HEADER + payload.length);
        b.putShort((short) (destination >>> 32)).putInt((int) destination);
        b.putShort((short) (source >>> 32)).putInt((int) source);
        b.putShort((short) type).put(payload);
        return b.array();
    }

    /** Between two stations, of a type that nobody interprets, with a text inside. */
    public static byte[] plain(long destination, long source, String text) {
        return ethernet(destination, source, 0x88b5, text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    /** The same frame with one 802.1Q tag. */
    public static byte[] tagged(byte[] frame, int vlan) {
        ByteBuffer b = ByteBuffer.allocate(frame.length + 4);
        b.put(frame, 0, Ethernet.TYPE).putShort((short) 0x8100).putShort((short) vlan);
        b.put(frame, Ethernet.TYPE, frame.length - Ethernet.TYPE);
        return b.array();
    }

    /** An IPv4 multicast packet; the MAC is made from the group. */
    public static byte[] ipv4(long sourceMac, int source, int group, int protocol, byte[] payload) {
        ByteBuffer b = ByteBuffer.allocate(Ipv4.MIN_HEADER + payload.length);
        b.put((byte) 0x45).put((byte) 0).putShort((short) b.capacity()).putInt(0).put((byte) 1).put((byte) protocol).putShort((short) 0);
        b.putInt(source).putInt(group);
        b.putShort(10, (short) ~fold(sum(b, 0, Ipv4.MIN_HEADER)));
        b.put(payload);
        return ethernet(Ethernet.ofIpv4Group(group), sourceMac, Ethernet.TYPE_IPV4, b.array());
    }

    /** An IGMP message of version 1 or 2. */
    public static byte[] igmp(long sourceMac, int source, int destination, int type, int group) {
        ByteBuffer b = ByteBuffer.allocate(Igmp.MIN_BYTES).put((byte) type).put((byte) 0).putShort((short) 0).putInt(group);
        b.putShort(2, (short) ~fold(sum(b, 0, b.capacity())));
        return ipv4(sourceMac, source, destination, Ipv4.PROTOCOL_IGMP, b.array());
    }

    /** An IGMPv3 report with one record without sources. */
    public static byte[] igmp3(long sourceMac, int source, int recordType, int group) {
        ByteBuffer b = ByteBuffer.allocate(16).put((byte) Igmp.REPORT_V3).put(new byte[5]).putShort((short) 1);
        b.put((byte) recordType).put((byte) 0).putShort((short) 0).putInt(group);
        b.putShort(2, (short) ~fold(sum(b, 0, b.capacity())));
        return ipv4(sourceMac, source, 0xe000_0016, Ipv4.PROTOCOL_IGMP, b.array());
    }

    /** An IPv6 packet; addresses of 16 bytes; the MAC is made from the destination group. */
    public static byte[] ipv6(long sourceMac, byte[] source, byte[] group, int nextHeader, byte[] payload) {
        ByteBuffer b = ByteBuffer.allocate(Ipv6.HEADER + payload.length);
        b.putInt(0x6000_0000).putShort((short) payload.length).put((byte) nextHeader).put((byte) 1).put(source).put(group).put(payload);
        return ethernet(Ethernet.ofIpv6Group(ByteBuffer.wrap(group).getInt(12)), sourceMac, Ethernet.TYPE_IPV6, b.array());
    }

    /** An MLDv1 message, with the router alert option. */
    public static byte[] mld(long sourceMac, byte[] source, byte[] destination, int type, byte[] group) {
        ByteBuffer icmp = ByteBuffer.allocate(Mld.MIN_BYTES).put((byte) type).put(new byte[7]).put(group);
        return mld(sourceMac, source, destination, icmp);
    }

    /** An MLDv2 report with one record without sources. */
    public static byte[] mld2(long sourceMac, byte[] source, int recordType, byte[] group) {
        ByteBuffer icmp = ByteBuffer.allocate(Mld.FIRST_RECORD + Mld.RECORD_BYTES).put((byte) Mld.REPORT_V2).put(new byte[6]).put((byte) 1);
        icmp.put((byte) recordType).put(new byte[3]).put(group);
        return mld(sourceMac, source, new byte[] {(byte) 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x16}, icmp);
    }

    private static byte[] mld(long sourceMac, byte[] source, byte[] destination, ByteBuffer icmp) {
        int pseudo = sum(ByteBuffer.wrap(source), 0, 16) + sum(ByteBuffer.wrap(destination), 0, 16) + icmp.capacity() + Ipv6.ICMPV6;
        icmp.putShort(2, (short) ~fold(pseudo + sum(icmp, 0, icmp.capacity())));
        ByteBuffer b = ByteBuffer.allocate(8 + icmp.capacity());
        b.put(new byte[] {Ipv6.ICMPV6, 0, 5, 2, 0, 0, 1, 0}).put(icmp.array());
        return ipv6(sourceMac, source, destination, Ipv6.HOP_BY_HOP, b.array());
    }

    /** A record for a slab: the frame behind an empty offload header. */
    public static ByteBuffer record(byte[] frame) {
        return ByteBuffer.allocateDirect(Frames.OFFLOAD_HEADER + frame.length).put(Frames.OFFLOAD_HEADER, frame);
    }

    private static int sum(ByteBuffer b, int at, int bytes) {
        int sum = 0;
        for (int i = 0; i < bytes; i += 2) sum += b.getShort(at + i) & 0xffff;
        return sum;
    }

    private static int fold(int sum) {
        int s = sum;
        while (s >>> 16 != 0) s = (s & 0xffff) + (s >>> 16);
        return s;
    }
}
