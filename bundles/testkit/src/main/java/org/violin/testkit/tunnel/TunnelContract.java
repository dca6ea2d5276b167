// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.tunnel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.violin.api.dataplane.CipherProvider;
import org.violin.api.dataplane.Frames;
import org.violin.api.dataplane.Peer;
import org.violin.api.dataplane.Tunnel;
import org.violin.api.dataplane.TunnelProvider;
import org.violin.api.dataplane.TunnelSettings;
import org.violin.api.dataplane.TunnelStatus;

/**
 * What the engine expects of any tunnel, over real sockets on loopback. A plugin's test extends this; its provider should have a silence
 * limit of at most two seconds. Tunnels over UDP extend {@link DatagramTunnelContract}.
 */
@Timeout(60)
public abstract class TunnelContract {
    protected static final long WAIT_MILLIS = 10_000;
    protected static final int QUEUE = 4 << 20;

    /** The plugin under test. */
    protected abstract TunnelProvider provider();

    /** What payloads are sealed with; adds bytes and rejects damage unless overridden. */
    protected CipherProvider cipher() {
        return new TagCiphers();
    }

    /** The largest path MTU that the plugin uses. */
    protected int ceiling() {
        return 9000;
    }

    protected TunnelPair pair(int pathMtuBytes, int queueBytes, boolean relayed) {
        return new TunnelPair(provider(), cipher(), pathMtuBytes, queueBytes, relayed);
    }

    protected static void assertArrived(RecordingSink sink, int vni, int from, int count) {
        assertTrue(sink.await(s -> s.serials(vni).size() >= count, WAIT_MILLIS), "arrived: " + sink.serials(vni).size() + " of " + count);
        assertEquals(IntStream.range(from, from + count).boxed().toList(), sink.serials(vni), "serials of VNI " + vni);
    }

    protected static int[] lengths(int count, int length) {
        int[] lengths = new int[count];
        Arrays.fill(lengths, length);
        return lengths;
    }

    @Test
    void recordsOfAllSizesArriveWholeAndInOrder() {
        int[] sizes = IntStream.iterate(Frames.MIN_RECORD, s -> s <= Frames.MAX_RECORD, s -> s < 3200 ? s + 1 : s + 611).toArray();
        int[] all = Arrays.copyOf(sizes, sizes.length + 1);
        all[sizes.length] = Frames.MAX_RECORD;
        try (TunnelPair pair = pair(1500, QUEUE, false)) {
            pair.send(77, 0, all);
            assertArrived(pair.sinkB, 77, 0, all.length);
            assertEquals(IntStream.of(all).boxed().toList(), pair.sinkB.all().stream().map(RecordingSink.Received::length).toList());
            assertTrue(pair.sinkB.all().stream().allMatch(one -> one.peer().equals("a")));
            assertTrue(pair.sinkB.await(RecordingSink::isDrained, WAIT_MILLIS), "drained() after the last record");
            assertTrue(TunnelPair.drops(pair.b, "malformed") == 0);
        }
    }

    @Test
    void fullAndJumboFramesCrossEveryPathMtu() {
        for (int mtu : new int[] {1280, 1500, 9000}) {
            try (TunnelPair pair = pair(mtu, QUEUE, false)) {
                pair.send(1, 0, lengths(100, 1524));
                pair.send(1, 100, lengths(20, 9024));
                pair.send(1, 120, lengths(4, Frames.MAX_RECORD));
                assertArrived(pair.sinkB, 1, 0, 124);
                int found = Math.min(mtu, ceiling());
                assertTrue(await(() -> TunnelPair.status(pair.b, "a").pathMtuBytes() == found), "path MTU " + found + " is found");
            }
        }
    }

    @Test
    void idleOnlyOnceAllThatWasTakenHasLeft() {
        try (TunnelPair pair = pair(1500, QUEUE, false)) {
            for (int round = 1; round <= 20; round++) {
                pair.send(6, (round - 1) * 50, lengths(50, 1400));
                assertTrue(await(() -> pair.a.idle("b")), "idle in the end");
                assertEquals(round * 50L, TunnelPair.status(pair.a, "b").framesOut());
                assertArrived(pair.sinkB, 6, 0, round * 50);
            }
            assertTrue(pair.a.idle("nobody"));
        }
    }

    @Test
    void bothDirectionsAndTheCountersAgree() {
        try (TunnelPair pair = pair(1500, QUEUE, false)) {
            pair.send(5, 0, lengths(50, 100));
            assertArrived(pair.sinkB, 5, 0, 50);
            ByteBuffer slab = ByteBuffer.allocateDirect(Records.SLAB);
            Records.write(slab, 8, 1500, 3);
            assertEquals(0, pair.b.send("a", 0xFFFFFF, slab, 8, 1500));
            pair.b.flush();
            assertArrived(pair.sinkA, 0xFFFFFF, 3, 1);
            TunnelStatus out = TunnelPair.status(pair.a, "b");
            TunnelStatus in = TunnelPair.status(pair.b, "a");
            assertEquals(List.of(50L, 5000L, 1L, 1500L), List.of(out.framesOut(), out.bytesOut(), out.framesIn(), out.bytesIn()));
            assertEquals(List.of(50L, 5000L, 1L, 1500L), List.of(in.framesIn(), in.bytesIn(), in.framesOut(), in.bytesOut()));
            assertTrue(in.up() && out.up());
            assertEquals(provider().kind(), in.kind());
            assertTrue(in.datagramsIn() > 0 && out.datagramsOut() > 0);
        }
    }

    @Test
    void manySendersKeepEachLinkInOrder() throws InterruptedException {
        int threads = 4;
        int each = 1500;
        try (TunnelPair pair = pair(1500, QUEUE, false)) {
            Thread[] senders = new Thread[threads];
            java.util.concurrent.Semaphore underWay = new java.util.concurrent.Semaphore(0);
            for (int t = 0; t < threads; t++) {
                int vni = t + 1;
                senders[t] = new Thread(() -> {
                    ByteBuffer slab = ByteBuffer.allocateDirect(Records.SLAB);
                    for (int i = 0; i < each; i++) {
                        underWay.acquireUninterruptibly();
                        int length = 24 + (i * 37 + vni * 11) % 1500;
                        Records.write(slab, 0, length, i);
                        pair.offer(vni, slab, length);
                        pair.a.flush();
                    }
                });
                senders[t].start();
            }
            for (int sent = 0; sent < threads * each; sent += 50) {
                underWay.release(50);
                int expected = sent + 50;
                pair.sinkB.await(sink -> sink.count() >= expected, 2000);
            }
            for (Thread sender : senders) sender.join();
            for (int vni = 1; vni <= threads; vni++) assertArrived(pair.sinkB, vni, 0, each);
        }
    }

    @Test
    void onlyPeersCanBeSentToAndHeard() throws IOException {
        RecordingSink sinkC = new RecordingSink();
        TunnelSettings settings = new TunnelSettings("c", TunnelPair.freeAddress(), 3, 1500, QUEUE);
        try (TunnelPair pair = pair(1500, QUEUE, false); Tunnel c = provider().open(settings, List.of(cipher()), sinkC, null)) {
            ByteBuffer slab = ByteBuffer.allocateDirect(Records.SLAB);
            Records.write(slab, 0, 100, 9);
            assertEquals(Tunnel.NO_PEER, c.send("b", 1, slab, 0, 100));
            c.peers(List.of(new Peer("b", cipher().kind(), pair.addressB, 2)));
            assertEquals(0, c.send("b", 1, slab, 0, 100));
            c.flush();
            assertTrue(await(() -> TunnelPair.drops(pair.b, "unknown-peer") + strangers(pair.b) > 0), "counted by tunnel or cipher");
            pair.send(1, 0, lengths(1, 100));
            assertArrived(pair.sinkB, 1, 0, 1);
            pair.b.peers(List.of(pair.peerA(), new Peer("c", cipher().kind(), settings.local(), 3)));
            assertTrue(pair.sinkB.await(sink -> Boolean.TRUE.equals(sink.state("c")), WAIT_MILLIS), "heard once it is a peer");
            assertEquals(0, c.send("b", 2, slab, 0, 100));
            c.flush();
            assertArrived(pair.sinkB, 2, 9, 1);
            pair.b.peers(List.of(pair.peerA()));
            assertEquals(Tunnel.NO_PEER, pair.b.send("c", 1, slab, 0, 100));
        }
    }

    @Test
    void theQueueOfAPeerIsBounded() {
        try (TunnelPair pair = pair(1500, 20_000, false)) {
            ByteBuffer slab = ByteBuffer.allocateDirect(Records.SLAB);
            Records.write(slab, 0, Frames.MAX_RECORD, 0);
            assertEquals(Tunnel.FULL, pair.a.send("b", 1, slab, 0, Frames.MAX_RECORD), "longer than the whole queue");
            int taken = 0;
            for (; taken < 1000; taken++) {
                Records.write(slab, 0, 1000, taken);
                if (pair.a.send("b", 1, slab, 0, 1000) == Tunnel.FULL) break;
            }
            // A sign of life that falls due meanwhile may take what waits along, so the bound can be met somewhat later.
            assertTrue(taken > 0 && taken < 1000, "taken without a flush: " + taken);
            pair.a.flush();
            assertArrived(pair.sinkB, 1, 0, taken);
            Records.write(slab, 0, 1000, taken);
            pair.offer(1, slab, 1000);
            pair.a.flush();
            assertArrived(pair.sinkB, 1, 0, taken + 1);
        }
    }

    @Test
    void aPeerThatWasStartedAnewIsHeardAndReached() {
        try (TunnelPair pair = pair(1500, QUEUE, false)) {
            pair.send(1, 0, lengths(100, 500));
            assertArrived(pair.sinkB, 1, 0, 100);
            for (int round = 0; round < 3; round++) {
                pair.restartB(100 + round);
                if (round == 1) pair.a.peers(List.of(pair.peerB(100 + round)));
                pair.sinkA.clear();
                pair.sinkB.clear();
                ByteBuffer slab = ByteBuffer.allocateDirect(Records.SLAB);
                Records.write(slab, 0, 700, 5);
                assertEquals(0, pair.b.send("a", 2, slab, 0, 700));
                pair.b.flush();
                assertArrived(pair.sinkA, 2, 5, 1);
                pair.send(1, 0, lengths(30, 5000));
                assertArrived(pair.sinkB, 1, 0, 30);
            }
        }
    }

    @Test
    void aPeerIsUpWhenHeardAndDownAfterSilence() {
        try (TunnelPair pair = pair(1500, QUEUE, false)) {
            assertTrue(pair.sinkA.await(sink -> Boolean.TRUE.equals(sink.state("b")), WAIT_MILLIS), "up without any frame");
            pair.b.close();
            assertTrue(pair.sinkA.await(sink -> Boolean.FALSE.equals(sink.state("b")), WAIT_MILLIS), "down after silence");
            assertFalse(TunnelPair.status(pair.a, "b").up());
            pair.restartB(9);
            assertTrue(pair.sinkA.await(sink -> Boolean.TRUE.equals(sink.state("b")), WAIT_MILLIS), "up again");
        }
    }

    @Test
    void aClosedTunnelIsSilentAndItsAddressIsFree() throws IOException {
        RecordingSink sink = new RecordingSink();
        TunnelSettings settings = new TunnelSettings("x", TunnelPair.freeAddress(), 1, 1500, QUEUE);
        Tunnel first = provider().open(settings, List.of(cipher()), sink, null);
        first.peers(List.of(new Peer("y", cipher().kind(), TunnelPair.freeAddress(), 1)));
        IOException taken = assertThrows(IOException.class, () -> provider().open(settings, List.of(cipher()), new RecordingSink(), null));
        assertTrue(taken.getMessage().contains(String.valueOf(settings.local().getPort())), taken.getMessage());
        first.close();
        sink.expectNothingMore();
        first.close();
        ByteBuffer slab = ByteBuffer.allocateDirect(Records.SLAB);
        assertEquals(Tunnel.NO_PEER, first.send("y", 1, slab, 0, 100));
        first.flush();
        provider().open(settings, List.of(cipher()), new RecordingSink(), null).close();
        assertEquals(0, sink.callsAfterClose());
        assertNull(sink.state("y"));
    }

    @Test
    void anAssociationSealsForOneCallerAtATime() throws IOException, InterruptedException {
        OverlapCipher cipher = new OverlapCipher();
        TunnelSettings settings = new TunnelSettings("a", TunnelPair.freeAddress(), 1, 1500, QUEUE);
        TunnelSettings other = new TunnelSettings("b", TunnelPair.freeAddress(), 2, 1500, QUEUE);
        try (Tunnel tunnel = provider().open(settings, List.of(new TagCiphers(() -> cipher)), new RecordingSink(), null);
                Tunnel far = provider().open(other, List.of(new TagCiphers()), new RecordingSink(), null)) {
            far.peers(List.of(new Peer("a", "tag", settings.local(), 1)));
            tunnel.peers(List.of(new Peer("b", "tag", other.local(), 2)));
            Thread[] senders = new Thread[4];
            for (int t = 0; t < senders.length; t++) {
                senders[t] = new Thread(() -> {
                    ByteBuffer slab = ByteBuffer.allocateDirect(Records.SLAB);
                    for (int i = 0; i < 300; i++) {
                        Records.write(slab, 0, 3000, i);
                        tunnel.send("b", 1, slab, 0, 3000);
                        tunnel.flush();
                    }
                });
            }
            for (Thread sender : senders) sender.start();
            for (Thread sender : senders) sender.join();
            assertTrue(await(() -> cipher.sealed() > 300), "sealed: " + cipher.sealed());
        }
        assertEquals(0, cipher.overlaps(), "calls of seal at the same time");
    }

    private static long strangers(Tunnel tunnel) {
        return tunnel.status().stream().mapToLong(row -> row.counters().getOrDefault(TagCiphers.STRANGERS, 0L)).sum();
    }

    /** Waits for a condition that no sink reports. */
    protected static boolean await(java.util.function.BooleanSupplier condition) {
        return new RecordingSink().await(sink -> {
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
            return condition.getAsBoolean();
        }, WAIT_MILLIS);
    }
}
