// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.violin.api.dataplane.FrameSink;
import org.violin.api.dataplane.Peer;
import org.violin.api.dataplane.Tunnel;
import org.violin.api.dataplane.TunnelSettings;
import org.violin.frame.Segmenter;
import org.violin.testkit.tunnel.ClearCiphers;
import org.violin.testkit.tunnel.Faults;
import org.violin.testkit.tunnel.FaultyRelay;
import org.violin.testkit.tunnel.TunnelPair;

/** TCP super-frames over a path that loses datagrams, and over one that becomes narrower. */
@Timeout(60)
final class LossyPathTest implements FrameSink {
    private static final int HEADERS = 54;
    private static final int GSO = 1448;
    private static final UdpOptions OPTIONS = new UdpOptions("native", "auto", "auto", 5000, 100, 8 << 20, 1 << 20, 64, 5, 1000);

    private final Segmenter segmenter = new Segmenter();
    private final ByteBuffer slab = ByteBuffer.allocateDirect(66_048);
    private final BitSet arrived = new BitSet();
    private volatile int wrong;
    private volatile int last = -1;
    private int sent;

    /** A TCPv4 super-frame as a guest's kernel makes it; each segment's payload tells its number in every byte pair. */
    private int superFrame(int segments) {
        int payload = segments * GSO;
        for (int i = 0; i < 10 + HEADERS; i++) slab.put(i, (byte) 0);
        org.violin.frame.OffloadHeader.write(slab, 0, 1, 1, HEADERS, GSO, 34, 16);
        slab.putShort(22, (short) 0x0800).put(24, (byte) 0x45).putShort(26, (short) (40 + payload)).putShort(30, (short) 0x4000);
        slab.put(32, (byte) 64).put(33, (byte) 6).putInt(36, 0x0A000001).putInt(40, 0x0A000002);
        slab.putShort(34, (short) org.violin.frame.Checksum.of(slab, 24, 20));
        slab.putInt(48, sent * GSO).put(56, (byte) 0x50).put(57, (byte) 0x10);
        slab.putShort(60, (short) org.violin.frame.Checksum.pseudoHeader(slab, 36, 4, 6, 20 + payload));
        for (int i = 0; i < payload; i += 2) slab.putShort(10 + HEADERS + i, (short) (sent + i / GSO));
        sent += segments;
        return 10 + HEADERS + payload;
    }

    private void segment(ByteBuffer from, int offset, int length) {
        int number = Integer.divideUnsigned(from.getInt(offset + 48), GSO);
        boolean right = length == 10 + HEADERS + GSO && !arrived.get(number)
                && org.violin.frame.Checksum.add(org.violin.frame.Checksum.pseudoHeader(from, offset + 36, 4, 6, 20 + GSO), from, offset + 44, 20 + GSO) == 0xFFFF;
        for (int i = 0; right && i < GSO; i += 2) right = from.getShort(offset + 10 + HEADERS + i) == (short) number;
        if (!right) wrong++;
        arrived.set(number);
        last = number;
    }

    @Override
    public void received(String peer, int vni, ByteBuffer from, int offset, int length) {
        if (segmenter.finish(from, offset, length, true, this::segment) == 0) wrong++;
    }

    @Override
    public void drained() {}

    @Override
    public void peerState(String peer, boolean up) {}

    private static boolean await(BooleanSupplier condition, long limitMillis) {
        long end = System.nanoTime() + limitMillis * 1_000_000;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) return false;
            java.util.concurrent.locks.LockSupport.parkNanos(200_000);
        }
        return true;
    }

    /** Waits a little for the last segment, which may be lost. */
    private void push(Tunnel from, int segments) {
        assertEquals(0, from.send("b", 1, slab, 0, superFrame(segments)));
        from.flush();
        await(() -> last == sent - 1, 5);
    }

    private static long more(Tunnel tunnel, String peer, String key) {
        return TunnelPair.status(tunnel, peer).counters().getOrDefault(key, 0L);
    }

    @Test
    void segmentsAreSavedAndANarrowerPathIsFoundOut() throws Exception {
        long seed = 55;
        System.out.println("seed " + seed);
        UdpTunnelProvider provider = new UdpTunnelProvider(OPTIONS);
        TunnelSettings a = new TunnelSettings("a", TunnelPair.freeAddress(), 1, 1500, 4 << 20);
        TunnelSettings b = new TunnelSettings("b", TunnelPair.freeAddress(), 2, 1500, 4 << 20);
        try (FaultyRelay relay = new FaultyRelay(a.local(), b.local());
                Tunnel from = provider.open(a, List.of(new ClearCiphers()), new org.violin.testkit.tunnel.RecordingSink(), null);
                Tunnel to = provider.open(b, List.of(new ClearCiphers()), this, null)) {
            to.peers(List.of(new Peer("a", "none", relay.sideOfB(), 1)));
            from.peers(List.of(new Peer("b", "none", relay.sideOfA(), 2)));
            assertTrue(await(() -> TunnelPair.status(from, "b").pathMtuBytes() == 1500, 10_000), "1500 is found");
            push(from, 44);
            assertTrue(await(() -> last == sent - 1, 5000), "all of a good path");
            relay.faults(Faults.loss(seed, 0.01), Faults.none());
            for (int i = 0; i < 2000 && (i < 150 || more(from, "b", "loss-ppm") == 0); i++) push(from, 44);
            assertTrue(more(from, "b", "loss-ppm") > 1000, "loss is told: " + from.status());
            for (int i = 0; i < 100; i++) push(from, 44);
            assertTrue(more(to, "a", "salvaged") > 100, "salvaged " + to.status());
            double share = 1 - (double) arrived.cardinality() / sent;
            assertTrue(share > 0.005 && share < 0.04, "payload lost at 1 %: " + share);
            relay.faults(Faults.none(), Faults.none());
            narrow(relay, from);
            assertEquals(0, wrong, "segments damaged or doubled");
        }
    }

    private void narrow(FaultyRelay relay, Tunnel from) {
        relay.limit(1400 - 28);
        assertTrue(await(() -> {
            push(from, 10);
            int mtu = TunnelPair.status(from, "b").pathMtuBytes();
            return more(from, "b", "black-holes") == 1 && mtu == 1400;
        }, 20_000), "1400 is found: " + from.status());
        int before = arrived.cardinality();
        for (int i = 0; i < 20; i++) push(from, 44);
        assertTrue(await(() -> last == sent - 1, 5000));
        assertEquals(20 * 44, arrived.cardinality() - before, "it goes on without loss");
    }
}
