// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/**
 * A naive maker of TCP and UDP packets over byte arrays: the twin of super-frames. Every packet is built from the fields of its flow, so
 * a segment of it needs no parsing. Checksums are summed byte by byte.
 */
final class PacketModel {
    static final int FIN = 1;
    static final int PSH = 8;
    static final int ACK = 16;
    static final int CWR = 128;

    byte[] macs = new byte[12];
    byte[] tags = {};
    boolean v4 = true;
    boolean tcp;
    byte[] ipOptions = {};
    byte[] tcpOptions = {};
    /** Next header of each of them, and bytes. */
    int[] extensionTypes = {};
    byte[][] extensions = {};
    byte[] source = new byte[4];
    byte[] destination = new byte[4];
    /** Another one than {@link #destination} behind a routing header that is not used up. */
    byte[] finalDestination;
    int sourcePort = 1111;
    int destinationPort = 2222;
    int trafficClass;
    int flowLabel;
    int hopLimit = 64;
    int identification;
    int fragmentField = 0x4000;
    int sequence;
    int flags = ACK;
    int gsoSize = 100;
    byte[] payload = {};

    static PacketModel random(Random random, int maxPayload, int maxGsoSize) {
        PacketModel it = new PacketModel();
        random.nextBytes(it.macs);
        it.tags = new byte[4 * random.nextInt(3)];
        random.nextBytes(it.tags);
        for (int i = 0; i < it.tags.length; i += 4) {
            it.tags[i] = (byte) (i == 0 && random.nextBoolean() ? 0x88 : 0x81);
            it.tags[i + 1] = (byte) (it.tags[i] == (byte) 0x88 ? 0xa8 : 0);
        }
        it.v4 = random.nextBoolean();
        it.tcp = random.nextBoolean();
        if (it.v4) it.ipOptions = new byte[4 * Math.max(0, random.nextInt(15) - 4)];
        if (it.tcp) it.tcpOptions = new byte[4 * random.nextInt(11)];
        random.nextBytes(it.ipOptions);
        random.nextBytes(it.tcpOptions);
        it.source = new byte[it.v4 ? 4 : 16];
        it.destination = new byte[it.v4 ? 4 : 16];
        random.nextBytes(it.source);
        random.nextBytes(it.destination);
        if (!it.v4) it.randomExtensions(random);
        it.sourcePort = random.nextInt(65_536);
        it.destinationPort = random.nextInt(65_536);
        it.trafficClass = random.nextInt(256);
        it.flowLabel = random.nextInt(1 << 20);
        it.hopLimit = random.nextInt(256);
        it.identification = random.nextInt(65_536);
        it.fragmentField = random.nextBoolean() ? 0x4000 : 0;
        it.sequence = random.nextInt();
        it.flags = ACK | (random.nextBoolean() ? PSH : 0) | (random.nextBoolean() ? FIN : 0) | (random.nextBoolean() ? CWR : 0);
        it.gsoSize = 1 + random.nextInt(maxGsoSize);
        it.payload = new byte[random.nextInt(maxPayload + 1)];
        random.nextBytes(it.payload);
        return it;
    }

    private void randomExtensions(Random random) {
        extensionTypes = new int[random.nextInt(3)];
        extensions = new byte[extensionTypes.length][];
        for (int i = 0; i < extensionTypes.length; i++) {
            extensionTypes[i] = new int[] {0, 43, 60}[random.nextInt(3)];
            extensions[i] = new byte[8 * (1 + random.nextInt(4))];
            random.nextBytes(extensions[i]);
            if (extensionTypes[i] != 43) continue;
            finalDestination = new byte[16];
            random.nextBytes(finalDestination);
        }
    }

    int segments() {
        return Math.max(1, (payload.length + gsoSize - 1) / gsoSize);
    }

    /** Bytes from Ethernet to TCP or UDP. */
    int headerBytes() {
        return l4() + (tcp ? 20 + tcpOptions.length : 8);
    }

    int l3() {
        return 14 + tags.length;
    }

    int l4() {
        int bytes = l3() + (v4 ? 20 + ipOptions.length : 40);
        for (byte[] extension : extensions) bytes += extension.length;
        return bytes;
    }

    /** The whole super-frame, or the frame when there is one segment: checksum left open. */
    byte[] whole() {
        return run(0, segments(), false);
    }

    /** Segment i as a plain frame. */
    byte[] plain(int i) {
        return run(i, 1, true);
    }

    /** The record of some segments; finished: with its checksum and a zero offload header. */
    byte[] run(int first, int count, boolean finished) {
        byte[] data = Arrays.copyOfRange(payload, first * gsoSize, Math.min(payload.length, (first + count) * gsoSize));
        boolean last = first + count == segments();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(macs);
        out.writeBytes(tags);
        put16(out, v4 ? 0x0800 : 0x86dd);
        byte[] l4 = transport(first, last, data, finished);
        out.writeBytes(v4 ? ipv4(first, l4.length) : ipv6(l4.length));
        out.writeBytes(l4);
        return record(finished, count, out.toByteArray());
    }

    private byte[] record(boolean finished, int count, byte[] frame) {
        ByteBuffer record = ByteBuffer.allocate(10 + frame.length).order(java.nio.ByteOrder.nativeOrder());
        if (!finished) {
            record.put((byte) 1);
            record.put((byte) (count > 1 ? gsoType(frame) : 0));
            record.putShort((short) (count > 1 ? headerBytes() : 0)).putShort((short) (count > 1 ? gsoSize : 0));
            record.putShort((short) l4()).putShort((short) (tcp ? 16 : 6));
        }
        record.put(10, frame);
        return record.array();
    }

    private int gsoType(byte[] frame) {
        if (!tcp) return 5;
        return (v4 ? 1 : 4) | ((frame[l4() + 13] & CWR) != 0 ? 0x80 : 0);
    }

    private byte[] ipv4(int first, int l4Bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0x40 | (20 + ipOptions.length) / 4);
        out.write(trafficClass);
        put16(out, 20 + ipOptions.length + l4Bytes);
        put16(out, identification + first);
        put16(out, fragmentField);
        out.write(hopLimit);
        out.write(tcp ? 6 : 17);
        put16(out, 0);
        out.writeBytes(source);
        out.writeBytes(destination);
        out.writeBytes(ipOptions);
        byte[] header = out.toByteArray();
        int sum = ~sum(header) & 0xffff;
        header[10] = (byte) (sum >> 8);
        header[11] = (byte) sum;
        return header;
    }

    private byte[] ipv6(int l4Bytes) {
        int after = l4Bytes;
        for (byte[] extension : extensions) after += extension.length;
        int protocol = tcp ? 6 : 17;
        ByteBuffer out = ByteBuffer.allocate(40 + after - l4Bytes);
        out.putInt(6 << 28 | trafficClass << 20 | flowLabel).putShort((short) after);
        out.put((byte) (extensions.length > 0 ? extensionTypes[0] : protocol)).put((byte) hopLimit).put(source).put(destination);
        for (int i = 0; i < extensions.length; i++) {
            extensions[i][0] = (byte) (i + 1 < extensions.length ? extensionTypes[i + 1] : protocol);
            extensions[i][1] = (byte) (extensions[i].length / 8 - 1);
            out.put(extensions[i]);
        }
        return out.array();
    }

    private byte[] transport(int first, boolean last, byte[] data, boolean finished) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        put16(out, sourcePort);
        put16(out, destinationPort);
        int bytes = data.length + (tcp ? 20 + tcpOptions.length : 8);
        if (tcp) {
            out.writeBytes(ByteBuffer.allocate(8).putInt(sequence + first * gsoSize).putInt(0x01020304).array());
            out.write((20 + tcpOptions.length) / 4 << 4);
            out.write(flags & ~(last ? 0 : FIN | PSH) & ~(first == 0 ? 0 : CWR));
            put16(out, 0x7fff);
            put16(out, 0);
            put16(out, 0);
            out.writeBytes(tcpOptions);
        } else {
            put16(out, bytes);
            put16(out, 0);
        }
        out.writeBytes(data);
        byte[] packet = out.toByteArray();
        int field = tcp ? 16 : 6;
        int sum = pseudoSum(bytes);
        if (finished) {
            sum = ~add(sum, sum(packet)) & 0xffff;
            if (sum == 0) sum = 0xffff;
        }
        packet[field] = (byte) (sum >> 8);
        packet[field + 1] = (byte) sum;
        return packet;
    }

    int pseudoSum(int bytes) {
        int sum = add(sum(source), sum(finalDestination == null ? destination : finalDestination));
        return add(add(sum, tcp ? 6 : 17), bytes);
    }

    private static int sum(byte[] bytes) {
        int sum = 0;
        for (int i = 0; i < bytes.length; i++) sum = add(sum, i % 2 == 0 ? (bytes[i] & 0xff) << 8 : bytes[i] & 0xff);
        return sum;
    }

    private static int add(int a, int b) {
        return (a + b & 0xffff) + (a + b >>> 16);
    }

    private static void put16(ByteArrayOutputStream out, int value) {
        out.write(value >> 8);
        out.write(value);
    }
}
