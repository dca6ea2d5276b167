// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Hours of probing, reports and late datagrams allocate nothing. */
final class PathLogicAllocationTest {
    private static final long TICK = 50_000_000;
    private final RttMeter rtt = new RttMeter();
    private final LossMeter loss = new LossMeter();
    private final ReorderWait wait = new ReorderWait(1_000_000, 100_000_000);
    private int changes;
    private final PathMtu prober = new PathMtu(9000, 1_000_000_000, 60_000_000_000L, rtt, mtu -> changes += mtu);
    private final ByteBuffer slab = ByteBuffer.allocateDirect(100);
    private long now;
    private long sum;

    private void ticks(int count) {
        for (int i = 0; i < count; i++) {
            now += TICK;
            int path = i % 10_000 < 5000 ? 1500 : 8000;
            for (int size = prober.next(now); size != 0; size = prober.next(now)) {
                ControlMessage.write(slab, 0, ControlMessage.PROBE, size, now);
                ControlMessage.writeReport(slab, 0, 1, i, i, 0);
                rtt.sample(10_000_000 + i % 1000);
                if (size <= path && i % 7 != 0) prober.answered(ControlMessage.size(slab, 0), ControlMessage.token(slab, 0), now);
            }
            loss.report(1, i - i / 1000, i, now);
            if (i % 100 == 0) wait.late(i, now);
            sum += wait.nanos(now);
        }
    }

    @Test
    void nothingIsAllocated() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        prober.reset(now);
        ticks(50_000);
        threads.getCurrentThreadAllocatedBytes();
        long before = threads.getCurrentThreadAllocatedBytes();
        ticks(500_000);
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(bytes < 10_000, bytes + " bytes for 500000 ticks");
        assertTrue(changes > 100_000 && sum > 0 && prober.blackHoles() > 10, "it did something");
    }
}
