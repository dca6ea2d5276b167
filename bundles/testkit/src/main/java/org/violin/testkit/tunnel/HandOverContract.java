// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.tunnel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.violin.api.dataplane.CipherProvider;
import org.violin.api.dataplane.Frames;
import org.violin.api.dataplane.HandOver;
import org.violin.api.dataplane.Peer;
import org.violin.api.dataplane.Tunnel;
import org.violin.api.dataplane.TunnelProvider;
import org.violin.api.dataplane.TunnelSettings;
import org.violin.api.dataplane.TunnelStatus;

/** What holds for tunnels that are replaced while records cross them. A plugin's test extends this, once for each kind of cipher. */
@Timeout(120)
public abstract class HandOverContract {
    private static final int SWAPS = 50;
    private static final int UNDER_WAY = 60;
    private static final int QUEUE = 4 << 20;
    private static final long WAIT_MILLIS = 20_000;

    private final RecordingSink sinkA = new RecordingSink();
    private final RecordingSink sinkB = new RecordingSink();
    private final ReentrantReadWriteLock swapping = new ReentrantReadWriteLock();
    private final AtomicReference<Tunnel> a = new AtomicReference<>();
    private final AtomicReference<Tunnel> b = new AtomicReference<>();
    private final int[] sent = new int[3];
    private final AtomicBoolean enough = new AtomicBoolean();
    private final TunnelSettings settingsA = new TunnelSettings("a", TunnelPair.freeAddress(), 1, 1500, QUEUE);
    private final TunnelSettings settingsB = new TunnelSettings("b", TunnelPair.freeAddress(), 2, 1500, QUEUE);

    /** The plugin under test; late datagrams are waited for at least 200 ms. */
    protected abstract TunnelProvider provider();

    protected abstract CipherProvider cipher();

    @Test
    void nobodyNoticesThatATunnelIsReplaced() throws Exception {
        swapUnderTraffic(null);
    }

    @Test
    void whatWaitsForAMissingDatagramCrossesToo() throws Exception {
        try (FaultyRelay relay = new FaultyRelay(settingsA.local(), settingsB.local())) {
            relay.faults(new Faults(61, 0, 0.1, 0.1, 4), new Faults(62, 0, 0.1, 0.1, 4));
            swapUnderTraffic(relay);
        }
    }

    private void swapUnderTraffic(FaultyRelay relay) throws Exception {
        Peer peerB = new Peer("b/v", "b", "v", 9, cipher().kind(), relay == null ? settingsB.local() : relay.sideOfA(), 2);
        Peer peerA = new Peer("a/v", "a", "v", 9, cipher().kind(), relay == null ? settingsA.local() : relay.sideOfB(), 1);
        CipherProvider ciphers = cipher();
        a.set(provider().open(settingsA, List.of(ciphers), sinkA, null));
        b.set(provider().open(settingsB, List.of(ciphers), sinkB, null));
        a.get().peers(List.of(peerB));
        b.get().peers(List.of(peerA));
        Thread[] senders = {
            new Thread(() -> send(a, "b/v", 1, sinkB)), new Thread(() -> send(b, "a/v", 2, sinkA))
        };
        try {
            for (Thread sender : senders) sender.start();
            for (int swap = 0; swap < SWAPS; swap++) {
                int atA = sinkA.count() + 10;
                int atB = sinkB.count() + 10;
                assertTrue(sinkA.await(sink -> sink.count() > atA, WAIT_MILLIS) && sinkB.await(sink -> sink.count() > atB, WAIT_MILLIS),
                        "traffic flows after " + swap + " swaps");
                if (swap % 2 == 0) swap(a, settingsA, ciphers, sinkA, peerB, swap);
                else swap(b, settingsB, ciphers, sinkB, peerA, swap);
            }
        } finally {
            enough.set(true);
            for (Thread sender : senders) sender.join();
        }
        assertAll(sinkB, 1);
        assertAll(sinkA, 2);
        for (Tunnel one : List.of(a.get(), b.get())) {
            assertEquals(0, TunnelPair.drops(one, "gap") + TunnelPair.drops(one, "torn") + TunnelPair.drops(one, "malformed"), "" + one.status());
            TunnelStatus row = one.status().get(0);
            assertEquals(sent[one == a.get() ? 1 : 2], row.framesOut(), "counters go on");
            one.close();
        }
    }

    /** Frames that come while no tunnel is there wait at the caller's, as they do in the engine. */
    private void swap(AtomicReference<Tunnel> which, TunnelSettings settings, CipherProvider ciphers, RecordingSink sink, Peer peer, int number)
            throws IOException {
        swapping.writeLock().lock();
        try {
            HandOver left = which.get().release();
            assertNotNull(left);
            which.set(provider().open(settings, List.of(ciphers), sink, left));
            if (number % 3 == 0) LockSupport.parkNanos(2_000_000);
            which.get().peers(List.of(peer));
        } finally {
            swapping.writeLock().unlock();
        }
    }

    private void send(AtomicReference<Tunnel> from, String to, int vni, RecordingSink sink) {
        Random random = new Random(vni);
        ByteBuffer slab = ByteBuffer.allocateDirect(Records.SLAB);
        for (int serial = 0; !enough.get(); ) {
            if (serial - sink.count() >= UNDER_WAY) {
                LockSupport.parkNanos(50_000);
                continue;
            }
            int length = random.nextInt(30) == 0 ? 12_300 + random.nextInt(20_000) : Frames.MIN_RECORD + random.nextInt(2500);
            Records.write(slab, 0, length, serial);
            swapping.readLock().lock();
            try {
                if (from.get().send(to, vni, slab, 0, length) >= 0) serial++;
                if (random.nextInt(3) == 0) from.get().flush();
            } finally {
                swapping.readLock().unlock();
            }
            sent[vni] = serial;
            if (serial - sink.count() >= UNDER_WAY) from.get().flush();
        }
        from.get().flush();
    }

    private void assertAll(RecordingSink sink, int vni) {
        sink.await(one -> one.count() >= sent[vni], WAIT_MILLIS);
        assertTrue(sent[vni] > SWAPS * 10, "traffic " + sent[vni]);
        assertEquals(IntStream.range(0, sent[vni]).boxed().toList(), sink.serials(vni), "each once and in order");
    }

    @Test
    void whatIsNotUnderstoodIsLeftAsideAndTrafficGoesOnAnew() throws Exception {
        CipherProvider ciphers = cipher();
        try (TunnelPair pair = new TunnelPair(provider(), ciphers, 1500, QUEUE, false)) {
            pair.send(1, 0, new int[] {100, 200, 300});
            assertTrue(pair.sinkB.await(sink -> sink.count() == 3, WAIT_MILLIS));
            for (HandOver strange : List.of(new HandOver("other", 1, new byte[9]), new HandOver("udp-paths", 1, new byte[40]))) {
                pair.replaceB(strange);
                pair.sinkB.clear();
                assertTrue(pair.sinkB.await(sink -> {
                    pair.send(1, 7, new int[] {100});
                    return sink.serials(1).contains(7);
                }, WAIT_MILLIS), "heard again");
            }
        }
    }
}
