// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.violin.api.dataplane.CipherProvider;
import org.violin.api.dataplane.FrameSink;
import org.violin.api.dataplane.Peer;
import org.violin.api.dataplane.Tunnel;
import org.violin.api.dataplane.TunnelSettings;
import org.violin.testkit.tunnel.ClearCiphers;
import org.violin.testkit.tunnel.TagCiphers;
import org.violin.testkit.tunnel.TunnelPair;

/** Records cross the native port without an object made for any of them, on the sending and on the receiving threads. */
@Timeout(60)
final class SteadyStateAllocationTest {
    private static final int RECORDS = 100_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final class Counting implements FrameSink {
        final AtomicLong records = new AtomicLong();

        @Override
        public void received(String peer, int vni, ByteBuffer slab, int offset, int length) {
            records.lazySet(records.getPlain() + 1);
        }

        @Override
        public void drained() {}

        @Override
        public void peerState(String peer, boolean up) {}
    }

    private final ByteBuffer slab = ByteBuffer.allocateDirect(66_048);
    private final Counting sink = new Counting();

    /** Rounds of small records, a large frame, and a super-frame that is sent from where it lies. */
    private void push(Tunnel from, int records) {
        for (int sent = 0; sent < records; ) {
            long before = sink.records.get();
            int round = 0;
            for (; round < 60; round++) from.send("b", 1, slab, 0, round == 7 ? 9000 : 74 + round * 10);
            from.flush();
            from.send("b", 1, slab, 0, 30_000);
            round++;
            from.flush();
            for (int i = 0; i < 100_000 && sink.records.get() < before + round; i++) LockSupport.parkNanos(10_000);
            assertTrue(sink.records.get() == before + round, "all arrive");
            sent += round;
        }
    }

    private static long allocated() {
        long sum = THREADS.getCurrentThreadAllocatedBytes();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("violin-tunnel-udp")) sum += THREADS.getThreadAllocatedBytes(thread.getId());
        }
        return sum;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nothingIsAllocatedForARecord(boolean clear) throws Exception {
        UdpTunnelProvider provider = new UdpTunnelProvider(new UdpOptions("native", "auto", "auto", 5000, 1000, 8 << 20, 1 << 20, 64, 300, 300_000));
        List<CipherProvider> ciphers = List.of(clear ? new ClearCiphers() : new TagCiphers());
        String kind = ciphers.get(0).kind();
        TunnelSettings a = new TunnelSettings("a", TunnelPair.freeAddress(), 1, 1500, 4 << 20);
        TunnelSettings b = new TunnelSettings("b", TunnelPair.freeAddress(), 2, 1500, 4 << 20);
        try (Tunnel from = provider.open(a, ciphers, new Counting(), null); Tunnel to = provider.open(b, ciphers, sink, null)) {
            to.peers(List.of(new Peer("a", kind, a.local(), 1)));
            from.peers(List.of(new Peer("b", kind, b.local(), 2)));
            push(from, RECORDS / 5);
            allocated();
            long before = allocated();
            long overhead = allocated() - before;
            before = allocated();
            push(from, RECORDS);
            long bytes = allocated() - before - overhead;
            System.out.println("allocated for " + RECORDS + " records, " + (clear ? "clear" : "sealed") + ": " + bytes + " bytes");
            assertTrue(bytes < RECORDS, bytes + " bytes for " + RECORDS + " records");
        }
    }
}
