// SPDX-License-Identifier: Apache-2.0
package org.violin.conditions;

import java.nio.ByteBuffer;
import org.violin.api.dataplane.Frames;
import org.violin.api.dataplane.LinkStage;

/** Not a test: what one packet costs in a stage, in and out. */
public final class Benchmark {
    private Benchmark() {}

    public static void main(String[] args) {
        for (int round = 0; round < 3; round++) {
            run("delay", "delay", "10");
            run("delay, loss", "delay", "10", "loss", "1");
            run("delay, jitter", "delay", "10", "jitter", "2");
            run("delay, normal jitter, order", "delay", "10", "jitter", "2", "distribution", "normal", "order", "keep");
            run("rate", "rate", "1000000000");
            run("rate, codel, delay, loss", "rate", "1000000000", "discipline", "codel 5 100", "delay", "10", "loss", "0.1");
        }
    }

    private static void run(String name, String... words) {
        StringBuilder line = new StringBuilder(String.format("%-28s", name));
        for (ByteBuffer record : new ByteBuffer[] {Packets.plain(60, 0), Packets.plain(1514, 0), Packets.open(true, Packets.TCP, 64_000, 1448, 0)}) {
            LinkStage stage = new ConditionsProvider(64L << 20, 256L << 20).open(Wire.settings(words), 0);
            ByteBuffer slab = ByteBuffer.allocateDirect(Frames.MAX_RECORD);
            boolean large = record.capacity() > 10_000;
            int offers = large ? 20_000 : 500_000;
            long gap = Math.max(2000, record.capacity() * 9L);
            long out = 0;
            long start = System.nanoTime();
            for (int i = 0; i < offers; i++) {
                long now = i * gap;
                if (stage.offer(record, 0, record.capacity(), now, stage.dueNanos() == LinkStage.NEVER)) out++;
                while (stage.dueNanos() <= now && stage.next(slab, 0, now) > 0) out++;
            }
            long spent = System.nanoTime() - start;
            line.append(String.format("  %d bytes: %.0f ns a packet, %.2f records out", record.capacity() - Frames.OFFLOAD_HEADER,
                    (double) spent / stage.counters().get("packets"), (double) out / offers));
        }
        System.out.println(line);
    }
}
