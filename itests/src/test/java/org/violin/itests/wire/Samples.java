// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.wire;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.violin.testkit.dataplane.SampleFrames;

/** Records (offload header and frame) of every kind that a guest may send, and a naive judge of checksums. */
final class Samples {
    static final int TCP = 6;
    static final int UDP = 17;
    private static final long TO = SampleFrames.station(2);
    private static final long FROM = SampleFrames.station(1);
    private static final int OFFLOAD = 10;
    private static final int ETHERNET = 14;

    private Samples() {}

    /** Behind an empty offload header. */
    static byte[] plain(byte[] frame) {
        return ByteBuffer.allocate(OFFLOAD + frame.length).put(OFFLOAD, frame).array();
    }

    /** A frame of a private type with a number and seeded bytes, so that any change shows. */
    static byte[] numbered(int number, int payloadBytes, long seed) {
        byte[] payload = new byte[payloadBytes];
        new Random(seed + number).nextBytes(payload);
        ByteBuffer.wrap(payload).putInt(0, number);
        return plain(SampleFrames.ethernet(TO, FROM, 0x88b5, payload));
    }

    /** By name. */
    static Map<String, byte[]> all(long seed) {
        Random random = new Random(seed);
        Map<String, byte[]> all = new LinkedHashMap<>();
        byte[] jumbo = random(random, 9000);
        all.put("jumbo", plain(SampleFrames.ethernet(TO, FROM, 0x88b5, jumbo)));
        byte[] small = SampleFrames.ethernet(TO, FROM, 0x88b5, random(random, 46));
        all.put("minimum", plain(small));
        all.put("header only", plain(SampleFrames.ethernet(TO, FROM, 0x88b5, new byte[0])));
        all.put("VLAN", plain(SampleFrames.tagged(small, 7)));
        byte[] inner = SampleFrames.tagged(SampleFrames.ethernet(TO, FROM, 0x88b5, jumbo), 7);
        byte[] qinq = SampleFrames.tagged(inner, 100);
        qinq[12] = (byte) 0x88;
        qinq[13] = (byte) 0xa8;
        all.put("QinQ jumbo", plain(qinq));
        byte[] arp = new byte[28];
        ByteBuffer.wrap(arp).putShort((short) 1).putShort((short) 0x0800).put((byte) 6).put((byte) 4).putShort((short) 1);
        all.put("ARP", plain(SampleFrames.ethernet(0xffff_ffff_ffffL, FROM, 0x0806, arp)));
        byte[] from6 = address6(1);
        byte[] group6 = address6(5);
        group6[0] = (byte) 0xff;
        group6[1] = 2;
        all.put("IPv6 multicast", plain(SampleFrames.ipv6(FROM, from6, group6, 59, random(random, 1200))));
        all.put("IPv4 multicast", plain(SampleFrames.ipv4(FROM, 0x0a000001, 0xef010203, 200, random(random, 1400))));
        all.put("first fragment", fragment(0x2000, random(random, 1480)));
        all.put("last fragment", fragment(185, random(random, 333)));
        all.put("TCPv4 unfinished", packet(4, TCP, random(random, 700), 0));
        all.put("UDPv6 unfinished", packet(6, UDP, random(random, 701), 0));
        all.put("TCPv4 super-frame", packet(4, TCP, random(random, 65_000), 1448));
        all.put("TCPv6 super-frame", packet(6, TCP, random(random, 64_000), 1428));
        all.put("UDPv4 super-frame", packet(4, UDP, random(random, 60_000), 1200));
        all.put("UDPv6 super-frame", packet(6, UDP, random(random, 40_001), 1000));
        return all;
    }

    private static byte[] random(Random random, int bytes) {
        byte[] all = new byte[bytes];
        random.nextBytes(all);
        return all;
    }

    private static byte[] address6(int last) {
        byte[] address = new byte[16];
        address[0] = (byte) 0xfd;
        address[15] = (byte) last;
        return address;
    }

    private static byte[] fragment(int flagsAndOffset, byte[] payload) {
        ByteBuffer b = ByteBuffer.allocate(20 + payload.length).put((byte) 0x45).put((byte) 0).putShort((short) (20 + payload.length));
        b.putShort((short) 99).putShort((short) flagsAndOffset).put((byte) 64).put((byte) UDP).putShort((short) 0);
        b.putInt(0x0a000001).putInt(0x0a000002).put(payload);
        b.putShort(10, (short) ~sum(b, 0, 20, 0));
        return plain(SampleFrames.ethernet(TO, FROM, 0x0800, b.array()));
    }

    /** With an unfinished checksum, as a guest's kernel sends it; with a segment size above 0 a super-frame. */
    static byte[] packet(int version, int protocol, byte[] payload, int segmentBytes) {
        int ip = version == 4 ? 20 : 40;
        int l4 = protocol == TCP ? 20 : 8;
        int headers = ETHERNET + ip + l4;
        int field = protocol == TCP ? 16 : 6;
        ByteBuffer b = ByteBuffer.allocate(OFFLOAD + headers + payload.length);
        b.put((byte) 1).put((byte) (segmentBytes == 0 ? 0 : protocol == UDP ? 5 : version == 4 ? 1 : 4));
        for (int word : new int[] {segmentBytes == 0 ? 0 : headers, segmentBytes, ETHERNET + ip, field}) {
            b.putShort(Short.reverseBytes((short) word)); // little-endian, as the tunnel's format says
        }
        b.putShort((short) (TO >>> 32)).putInt((int) TO).putShort((short) (FROM >>> 32)).putInt((int) FROM);
        int at = OFFLOAD + ETHERNET;
        if (version == 4) {
            b.putShort((short) 0x0800).put((byte) 0x45).put((byte) 0).putShort((short) (20 + l4 + payload.length)).putShort((short) 1).putShort((short) 0x4000);
            b.put((byte) 64).put((byte) protocol).putShort((short) 0).putInt(0x0a000001).putInt(0x0a000002);
            b.putShort(at + 10, (short) ~sum(b, at, 20, 0));
        } else {
            b.putShort((short) 0x86dd).putInt(0x6000_0000).putShort((short) (l4 + payload.length)).put((byte) protocol).put((byte) 64);
            b.put(address6(1)).put(address6(2));
        }
        int l4At = b.position();
        b.putShort((short) 4000).putShort((short) 5000);
        if (protocol == TCP) b.putInt(1_000_000).putInt(7).put((byte) 0x50).put((byte) 0x18).putShort((short) 500).putInt(0);
        else b.putShort((short) (8 + payload.length)).putShort((short) 0);
        b.put(payload);
        b.putShort(l4At + field, (short) pseudo(b, at, version, protocol, l4 + payload.length));
        return b.array();
    }

    private static int pseudo(ByteBuffer b, int ip, int version, int protocol, int bytes) {
        return version == 4 ? sum(b, ip + 12, 8, protocol + bytes) : sum(b, ip + 8, 32, protocol + bytes);
    }

    /** Folded sum of a range and a start value, byte by byte. */
    private static int sum(ByteBuffer b, int at, int bytes, int start) {
        long sum = start;
        for (int i = 0; i < bytes; i++) sum += (b.get(at + i) & 0xff) << (i % 2 == 0 ? 8 : 0);
        while (sum >>> 16 != 0) sum = (sum & 0xffff) + (sum >>> 16);
        return (int) sum;
    }

    /** True when an untagged TCP or UDP frame's checksums are right. */
    static boolean right(byte[] frame) {
        ByteBuffer b = ByteBuffer.wrap(frame);
        int version = frame[ETHERNET] >> 4;
        int ip = version == 4 ? 20 : 40;
        int protocol = version == 4 ? frame[ETHERNET + 9] : frame[ETHERNET + 6];
        int bytes = frame.length - ETHERNET - ip;
        if (version == 4 && sum(b, ETHERNET, 20, 0) != 0xffff) return false;
        return sum(b, ETHERNET + ip, bytes, pseudo(b, ETHERNET, version, protocol, bytes)) == 0xffff;
    }

    /** The payload of an untagged TCP or UDP frame. */
    static byte[] payload(byte[] frame) {
        int version = frame[ETHERNET] >> 4;
        int protocol = version == 4 ? frame[ETHERNET + 9] : frame[ETHERNET + 6];
        int at = ETHERNET + (version == 4 ? 20 : 40) + (protocol == TCP ? 20 : 8);
        return java.util.Arrays.copyOfRange(frame, at, frame.length);
    }
}
