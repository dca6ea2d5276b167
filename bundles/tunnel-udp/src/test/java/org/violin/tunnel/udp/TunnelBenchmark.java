// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.violin.api.dataplane.CipherProvider;
import org.violin.api.dataplane.FrameSink;
import org.violin.api.dataplane.Peer;
import org.violin.api.dataplane.Tunnel;
import org.violin.api.dataplane.TunnelSettings;
import org.violin.testkit.tunnel.ClearCiphers;
import org.violin.testkit.tunnel.TunnelPair;

/**
 * Pushes records from one tunnel to another over loopback and prints rates; not a test. The sender stays a window ahead of the receiver
 * as TCP would. Arguments: seconds for each run (2), how many of the modes (4), record length (several).
 */
final class TunnelBenchmark {
    private static final CipherProvider PLAIN = new ClearCiphers();

    private static final class Counting implements FrameSink {
        final AtomicLong records = new AtomicLong();
        final AtomicLong bytes = new AtomicLong();

        @Override
        public void received(String peer, int vni, ByteBuffer slab, int offset, int length) {
            records.lazySet(records.getPlain() + 1);
            bytes.lazySet(bytes.getPlain() + length);
        }

        @Override
        public void drained() {}

        @Override
        public void peerState(String peer, boolean up) {}
    }

    private TunnelBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        double seconds = arguments.length > 0 ? Double.parseDouble(arguments[0]) : 2;
        System.out.println("transport segmentation coalescing record-bytes  Gbit/s  records/s  records-per-flush  lost  CPU-s/GB");
        int modes = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 4;
        int[] lengths = arguments.length > 2 ? new int[] {Integer.parseInt(arguments[2])} : new int[] {64_000, 1524, 74};
        for (String[] mode : List.of(
                new String[] {"native", "auto", "auto"},
                new String[] {"native", "off", "off"},
                new String[] {"epoll", "auto", "auto"},
                new String[] {"epoll", "auto", "off"},
                new String[] {"epoll", "off", "off"},
                new String[] {"nio", "off", "off"}).subList(0, modes)) {
            for (int length : lengths) run(mode, length, seconds, 32);
            if (arguments.length <= 2) run(mode, 74, seconds, 1);
        }
    }

    private static void run(String[] mode, int length, double seconds, int perFlush) throws Exception {
        UdpTunnelProvider provider =
                new UdpTunnelProvider(new UdpOptions(mode[0], mode[1], mode[2], 3000, 1000, 8 << 20, 1 << 20, 64, 5, 1000));
        TunnelSettings a = new TunnelSettings("a", TunnelPair.freeAddress(), 1, 1500, 4 << 20);
        TunnelSettings b = new TunnelSettings("b", TunnelPair.freeAddress(), 2, 1500, 4 << 20);
        Counting sink = new Counting();
        try (Tunnel from = provider.open(a, List.of(PLAIN), new Counting(), null); Tunnel to = provider.open(b, List.of(PLAIN), sink, null)) {
            from.peers(List.of(new Peer("b", "none", b.local(), 2)));
            to.peers(List.of(new Peer("a", "none", a.local(), 1)));
            push(from, sink, length, seconds, perFlush);
            long recordsBefore = sink.records.get();
            long bytesBefore = sink.bytes.get();
            long cpuBefore = cpuNanos();
            long start = System.nanoTime();
            long sent = push(from, sink, length, seconds, perFlush);
            double elapsed = (System.nanoTime() - start) / 1e9;
            long records = sink.records.get() - recordsBefore;
            double bytes = sink.bytes.get() - bytesBefore;
            System.out.printf("%-9s %-12s %-10s %12d %7.2f %10.0f %18d %5d %9.2f%n", mode[0], mode[1], mode[2], length,
                    bytes * 8 / 1e9 / elapsed, records / elapsed, perFlush, sent - records, (cpuNanos() - cpuBefore) / bytes);
            String drops = from.status().get(0).drops() + " " + to.status().get(0).drops();
            if (!drops.equals("{} {}")) System.out.println("  drops at sender and receiver: " + drops);
        }
    }

    private static long push(Tunnel from, Counting sink, int length, double seconds, int perFlush) {
        ByteBuffer slab = ByteBuffer.allocateDirect(length);
        long window = Math.max(12, (1 << 20) / length);
        long base = sink.records.get();
        long sent = 0;
        long end = System.nanoTime() + (long) (seconds * 1e9);
        while (System.nanoTime() < end) {
            int stuck = 0;
            while (sent + base - sink.records.get() > window && ++stuck < 2000) LockSupport.parkNanos(1000);
            if (stuck >= 2000) base += sent + base - sink.records.get();
            for (int i = 0; i < perFlush && sent + base - sink.records.get() <= window; i++) {
                if (from.send("b", 1, slab, 0, length) >= 0) sent++;
            }
            from.flush();
        }
        LockSupport.parkNanos(20_000_000);
        return sent;
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) java.lang.management.ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
