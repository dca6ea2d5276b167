// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.lab;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.violin.linux.Netns;
import org.violin.linux.PacketSocket;
import org.violin.linux.Rtnetlink;

/**
 * Somebody on the underlay of a lab: hears every frame on the cable of one overlay host and sends what he likes to it, from the namespace
 * of the emulated Internet.
 */
final class Wiretap implements AutoCloseable {
    private static final int LONGEST = 65_535 + 64;
    private static final int BUFFER = 32 << 20;
    private static final int IP = 14;
    private static final int UDP = IP + 20;
    /** Where the payload of a UDP datagram over IPv4 without options begins in a frame. */
    static final int PAYLOAD = UDP + 8;

    private final PacketSocket socket;
    private final ByteBuffer slab = ByteBuffer.allocateDirect(LONGEST);

    private Wiretap(PacketSocket socket) {
        this.socket = socket;
    }

    /** On the cable of that overlay host, seen from the Internet's side. */
    static Wiretap on(String lab, String host) throws IOException {
        return new Wiretap(Netns.call("/run/netns/vio-" + lab + "-net", () -> PacketSocket.open(link(host), false, BUFFER)));
    }

    private static int link(String name) throws IOException {
        try (Rtnetlink kernel = Rtnetlink.open()) {
            return kernel.links().stream().filter(l -> l.name().equals(name)).findFirst().orElseThrow().index();
        }
    }

    /** What was heard since the last call. */
    List<byte[]> heard() {
        List<byte[]> frames = new ArrayList<>();
        int length;
        while ((length = socket.receive(slab, 0, LONGEST)) > 0) {
            byte[] frame = new byte[length];
            slab.get(0, frame);
            frames.add(frame);
        }
        return frames;
    }

    /** Tunnel datagrams of that type (second byte of the payload) among frames, towards an address. */
    static List<byte[]> tunnel(List<byte[]> frames, int type, String to) {
        return frames.stream().filter(udp(4790, to)).filter(f -> f.length > PAYLOAD + 2 && f[PAYLOAD] == 0x56 && f[PAYLOAD + 1] == type).toList();
    }

    private static Predicate<byte[]> udp(int port, String to) {
        return f -> f.length >= PAYLOAD && f[12] == 8 && f[13] == 0 && f[IP] == 0x45 && f[IP + 9] == 17
                && ByteBuffer.wrap(f).getShort(UDP + 2) == port && address(f, IP + 16).equals(to);
    }

    private static String address(byte[] frame, int at) {
        return (frame[at] & 0xFF) + "." + (frame[at + 1] & 0xFF) + "." + (frame[at + 2] & 0xFF) + "." + (frame[at + 3] & 0xFF);
    }

    /** A copy of a frame with other bytes as its UDP payload; lengths and checksums fit. */
    static byte[] with(byte[] frame, byte[] payload) {
        ByteBuffer made = ByteBuffer.allocate(PAYLOAD + payload.length);
        made.put(frame, 0, PAYLOAD).put(payload);
        made.putShort(IP + 2, (short) (made.capacity() - IP));
        made.putShort(IP + 10, (short) 0);
        made.putShort(IP + 10, (short) ~sum(made, IP, 20));
        made.putShort(UDP + 4, (short) (8 + payload.length));
        made.putShort(UDP + 6, (short) 0); // RFC 768: no checksum
        return made.array();
    }

    static byte[] payload(byte[] frame) {
        int length = (ByteBuffer.wrap(frame).getShort(UDP + 4) & 0xFFFF) - 8;
        return java.util.Arrays.copyOfRange(frame, PAYLOAD, PAYLOAD + length);
    }

    private static int sum(ByteBuffer bytes, int from, int length) {
        int sum = 0;
        for (int i = 0; i < length; i += 2) sum += bytes.getShort(from + i) & 0xFFFF;
        while (sum >> 16 != 0) sum = (sum & 0xFFFF) + (sum >> 16);
        return sum;
    }

    /** Sends a frame down the cable, to the overlay host. */
    void send(byte[] frame) {
        slab.put(0, frame);
        if (socket.send(slab, 0, frame.length) != frame.length) throw new AssertionError("not sent: " + frame.length + " bytes");
    }

    /** Whether those bytes occur in any of the frames. */
    static boolean contains(List<byte[]> frames, byte[] wanted) {
        for (byte[] frame : frames) {
            for (int at = 0; at + wanted.length <= frame.length; at++) {
                if (java.util.Arrays.equals(frame, at, at + wanted.length, wanted, 0, wanted.length)) return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        socket.close();
    }
}
