// SPDX-License-Identifier: Apache-2.0
package org.violin.verify;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.LongSupplier;
import org.violin.linux.Netns;

/**
 * Datagrams to this host's tunnel port from addresses and ports that belong to no peer: noise, and headers of all formats with a frame for
 * the violin behind them, for guessed channels and links.
 */
final class Outside {
    private static final int KINDS = 4;
    private static final int GUESSES = 16;
    private static final int LINKS = 4;

    private final Scene scene;
    private final Canaries canaries;
    private final Craft craft;
    private final Random random = new Random(7);

    Outside(Scene scene, Canaries canaries, Craft craft) {
        this.scene = scene;
        this.canaries = canaries;
        this.craft = craft;
    }

    /** What was sent, and by how much the counters of refusals rose. */
    record Result(int sent, long refused, String trouble) {}

    Result run(LongSupplier refusals) {
        long before = refusals.getAsLong();
        int sent = 0;
        String trouble = "";
        for (InetAddress from : sources()) {
            try {
                sent += Netns.call(scene.hostNamespace(), () -> send(from));
            } catch (IOException e) {
                trouble = e.getMessage();
            }
        }
        long deadline = System.nanoTime() + 2_000_000_000L;
        while (sent > 0 && refusals.getAsLong() - before < sent && System.nanoTime() < deadline) {
            java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
        }
        return new Result(sent, refusals.getAsLong() - before, trouble);
    }

    /** The host's own address, and one that answers nowhere else: replies stay on this host. */
    private List<InetAddress> sources() {
        InetAddress own = scene.tunnel().getAddress();
        if (!(own instanceof Inet4Address)) return List.of(own);
        return List.of(own, Sender.literal(new byte[] {127, 0, 0, 77}));
    }

    private int send(InetAddress from) throws IOException {
        int sent = 0;
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(from, 0))) {
            for (byte[] payload : payloads(from)) {
                socket.send(new DatagramPacket(payload, payload.length, scene.tunnel()));
                sent++;
            }
        }
        return sent;
    }

    private List<byte[]> payloads(InetAddress from) {
        List<byte[]> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) all.add(noise(from, i * 37));
        for (int kind = 0; kind < 16; kind++) {
            for (int guess = 0; guess < (kind < KINDS ? GUESSES : 1); guess++) all.add(format3(from, kind, guess));
        }
        for (int link = 0; link < Math.max(1, Math.min(LINKS, scene.vnis().size())); link++) all.add(format2(from, link));
        return all;
    }

    private ByteBuffer random(int bytes) {
        byte[] noise = new byte[bytes];
        random.nextBytes(noise);
        return ByteBuffer.wrap(noise);
    }

    private byte[] noise(InetAddress from, int bytes) {
        ByteBuffer datagram = random(bytes + Marker.BYTES);
        craft.marker().put(datagram, bytes, canary(from, "noise", Craft.payload(from) + bytes).number());
        return datagram.array();
    }

    /**
     * Format 3, {@code 0x56 0x3K}: clear (0: channel, incarnation, stream, sequence, first), sealed (1, 2: index, sequence, first), exchange of
     * keys (3: cipher); kinds that are none look like the clear one. The guess is a channel or an index.
     */
    private byte[] format3(InetAddress from, int kind, int guess) {
        ByteBuffer datagram = ByteBuffer.allocate(400).put(0, (byte) 0x56).put(1, (byte) (0x30 | kind));
        int header = switch (kind) {
            case 1, 2 -> 14;
            case 3 -> 3;
            default -> 18;
        };
        if (header == 18) datagram.putShort(2, (short) guess).putInt(4, random.nextInt()).putShort(8, (short) (1 + guess % 2));
        else if (header == 14) datagram.putInt(2, guess % 2 == 0 ? guess : random.nextInt()).put(11, (byte) guess);
        else datagram.put(2, (byte) guess);
        Canary canary = canary(from, String.format("header 56 %02x, guess %d", 0x30 | kind, guess), Craft.payload(from) + header + 30);
        return record(datagram, header, guess, canary);
    }

    private byte[] format2(InetAddress from, int link) {
        ByteBuffer datagram = ByteBuffer.allocate(400).putInt(0, 0x5649_0200).putInt(4, random.nextInt()).putLong(8, 1L << 48);
        return record(datagram, 18, link, canary(from, "header of format 2", Craft.payload(from) + 18 + 30));
    }

    /** Length, VNI, no offload, a broadcast frame with the marker. */
    private byte[] record(ByteBuffer datagram, int at, int link, Canary canary) {
        int vni = scene.vnis().isEmpty() ? 1 : scene.vnis().get(link % scene.vnis().size());
        int length = 10 + Craft.MIN_FRAME;
        datagram.putInt(at, length << 8 | vni >>> 16).putShort(at + 4, (short) vni);
        datagram.putInt(at + 16, -1).putShort(at + 20, (short) -1).putInt(at + 22, 0x0200_5e00).putShort(at + 26, (short) 1);
        datagram.putShort(at + 28, (short) 0x88b5);
        craft.marker().put(datagram, at + 30, canary.number());
        byte[] exact = new byte[at + 6 + length];
        datagram.get(0, exact);
        return exact;
    }

    private Canary canary(InetAddress from, String what, int offset) {
        return canaries.add(Case.OUTSIDE, "outside (" + from.getHostAddress() + ")", what, offset);
    }
}
