// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.violin.itests.bench.Space;
import org.violin.linux.EpollPollerProvider;
import org.violin.linux.Tap;

/** A guest that is faster than the wire is held back by its own queue; nothing of it is dropped. */
class SlowWireIT {
    private static final int TRANSFER_BYTES = 6 << 20;
    private static final int LEAST_SEND_BUFFER = 65_536;
    private static final int LEAST_QUEUE = 256 * 1024;

    @Test
    void a_transfer_over_a_slow_wire_completes_without_a_frame_dropped_here() throws Exception {
        boolean root = "root".equals(System.getProperty("user.name"));
        Assumptions.assumeTrue(root && Files.exists(Path.of("/dev/net/tun")), "needs root and /dev/net/tun");
        try (Space guestA = new Space(); Space guestB = new Space(); TwoHosts hosts = new TwoHosts(1)) {
            // Its queue holds more than the tunnel's socket may: so the socket is what fills.
            hosts.spaceA.run("tc", "qdisc", "add", "dev", "wire", "root", "tbf", "rate", "30mbit", "burst", "64kb", "limit", "4mb");
            Tap a = guestA.tap("eth0", 1500, "10.1.0.1/24");
            Tap b = guestB.tap("eth0", 1500, "10.1.0.2/24");
            hosts.start(new EpollPollerProvider(), a, b, LEAST_SEND_BUFFER, LEAST_QUEUE);
            InetSocketAddress server = new InetSocketAddress("10.1.0.2", 5000);
            try (ServerSocketChannel listening = guestB.call(() -> ServerSocketChannel.open(StandardProtocolFamily.INET).bind(server));
                    SocketChannel client = guestA.call(() -> SocketChannel.open(StandardProtocolFamily.INET))) {
                CompletableFuture<Long> received = CompletableFuture.supplyAsync(() -> crcOf(listening));
                client.connect(server);
                long sent = send(client);
                assertEquals(sent, received.get(60, TimeUnit.SECONDS));
            }
            var port = hosts.port("a");
            System.out.println("30 Mbit/s: " + port + " " + hosts.tunnel("a"));
            assertEquals(0L, port.drops().getOrDefault("tunnel-full", 0L));
            assertTrue(port.counters().get("pauses") > 10, "held back: " + port.counters());
        }
    }

    private static long send(SocketChannel to) throws Exception {
        Random random = new Random(7);
        byte[] bytes = new byte[64 * 1024];
        CRC32 crc = new CRC32();
        OutputStream out = Channels.newOutputStream(to);
        for (int sent = 0; sent < TRANSFER_BYTES; sent += bytes.length) {
            random.nextBytes(bytes);
            crc.update(bytes);
            out.write(bytes);
        }
        to.shutdownOutput();
        return crc.getValue();
    }

    private static long crcOf(ServerSocketChannel listening) {
        try (SocketChannel from = listening.accept(); InputStream in = Channels.newInputStream(from)) {
            CRC32 crc = new CRC32();
            crc.update(ByteBuffer.wrap(in.readAllBytes()));
            return crc.getValue();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
