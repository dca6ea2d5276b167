// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.violin.api.dataplane.FrameSink;
import org.violin.api.dataplane.Peer;
import org.violin.api.dataplane.Tunnel;
import org.violin.api.dataplane.TunnelSettings;
import org.violin.linux.Message;
import org.violin.linux.UdpSocket;
import org.violin.testkit.tunnel.ClearCiphers;
import org.violin.testkit.tunnel.RecordingSink;
import org.violin.testkit.tunnel.Records;
import org.violin.testkit.tunnel.TunnelPair;

/**
 * The native port when the socket has no room. On loopback the kernel always has some, so a turnstile in front of it stands for a slow
 * interface: it lets through as many sends as the test allows, and says EAGAIN to all others.
 */
@Timeout(60)
final class CongestionTest {
    private static final int QUEUE = 1 << 20;
    private static final UdpOptions TINY = new UdpOptions("native", "auto", "auto", 5000, 1000, 8 << 20, 65_536, 64, 300, 300_000);

    private final Semaphore turns = new Semaphore(0);
    private final Semaphore writable = new Semaphore(0);
    private final RecordingSink sink = new RecordingSink();
    private final List<Integer> accepted = new ArrayList<>();
    private final ByteBuffer slab = ByteBuffer.allocateDirect(Records.SLAB);
    private int next;

    private final class Turnstile extends NativePort {
        Turnstile(TunnelSettings settings, Inbound inbound, FrameSink sink) throws IOException {
            super(TINY, settings, false, inbound, sink);
        }

        @Override
        int send(Message message) {
            return turns.tryAcquire() ? super.send(message) : UdpSocket.AGAIN;
        }

        @Override
        void awaitRoom() {
            try {
                if (turns.tryAcquire(10, TimeUnit.MILLISECONDS)) turns.release();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private final class Sender implements FrameSink {
        @Override
        public void received(String peer, int vni, ByteBuffer from, int offset, int length) {}

        @Override
        public void drained() {}

        @Override
        public void writable() {
            writable.release();
        }

        @Override
        public void peerState(String peer, boolean up) {}
    }

    private int offer(Tunnel from, int length) {
        Records.write(slab, 0, length, next);
        int result = from.send("b", 1, slab, 0, length);
        if (result >= 0) accepted.add(next++);
        from.flush();
        return result;
    }

    /** One turn after the other, none while the receiver has much to take. */
    private void letPass() {
        int before = sink.count();
        turns.release(1 + (next & 1));
        sink.await(s -> s.count() > before, 2);
    }

    private void arriveAll(Tunnel from, Tunnel to) throws InterruptedException {
        for (int i = 0; i < 2000 && sink.count() < accepted.size(); i++) letPass();
        turns.release(1000);
        assertTrue(sink.await(s -> s.count() >= accepted.size(), 10_000), "arrived " + sink.count() + " of " + accepted.size() + " "
                + from.status() + to.status());
        assertEquals(accepted, sink.serials(1), "in order and whole");
        turns.drainPermits();
    }

    @Test
    void whatWasTakenArrivesInOrderAndCongestionIsToldAndEnds() throws Exception {
        long seed = 51;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Sender sender = new Sender();
        TunnelSettings a = new TunnelSettings("a", TunnelPair.freeAddress(), 1, 1500, QUEUE);
        TunnelSettings b = new TunnelSettings("b", TunnelPair.freeAddress(), 2, 1500, QUEUE);
        turns.release(1000);
        try (Tunnel from = UdpTunnel.open(TINY, a, List.of(new ClearCiphers()), sender, null, inbound -> new Turnstile(a, inbound, sender));
                Tunnel to = new UdpTunnelProvider(TINY).open(b, List.of(new ClearCiphers()), sink, null)) {
            to.peers(List.of(new Peer("a", "none", a.local(), 1)));
            from.peers(List.of(new Peer("b", "none", b.local(), 2)));
            offer(from, 100);
            arriveAll(from, to);
            int congested = 0;
            while (next < 600) {
                int length = random.nextInt(3) == 0 ? 24 + random.nextInt(2000) : 12_288 + random.nextInt(50_000);
                int result = offer(from, length);
                if (result == Tunnel.CONGESTED) {
                    congested++;
                    boolean relieved = false;
                    for (int i = 0; i < 2000 && !(relieved = writable.tryAcquire()); i++) letPass();
                    assertTrue(relieved, "writable() is called");
                    writable.drainPermits();
                } else if (random.nextInt(3) == 0) {
                    letPass();
                }
                assertTrue(result >= 0, "who stops when congested loses nothing: " + result);
            }
            assertTrue(congested > 20, "congested " + congested);
            arriveAll(from, to);
            long bytes = 0;
            int taken = next;
            int length = 20_000;
            while (offer(from, length) != Tunnel.FULL && bytes < 4 * QUEUE) bytes += length;
            assertTrue(next > taken && bytes <= QUEUE + 2 * length, "taken of who does not stop: " + bytes);
            arriveAll(from, to);
            assertEquals(IntStream.range(0, next).boxed().toList(), sink.serials(1));
            assertEquals(0, TunnelPair.drops(from, "send-failed") + TunnelPair.drops(to, "gap") + TunnelPair.drops(to, "torn"));
        }
    }
}
