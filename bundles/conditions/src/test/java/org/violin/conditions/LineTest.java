// SPDX-License-Identifier: Apache-2.0
package org.violin.conditions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Delay, jitter, order, damage, and what stays of it all when settings change. */
final class LineTest {
    private static double[] waits(String... words) {
        Wire wire = Wire.of(words);
        for (int i = 0; i < 50_000; i++) wire.offer(Packets.plain(60, i), i * 100_000L);
        wire.end();
        assertEquals(50_000, wire.out.size());
        return wire.out.stream().mapToDouble(o -> (o.at() - Packets.number(o.record()) * 100_000L) / 1e6).toArray();
    }

    private static double mean(double[] values) {
        return java.util.Arrays.stream(values).average().orElseThrow();
    }

    private static double deviation(double[] values) {
        double mean = mean(values);
        return Math.sqrt(java.util.Arrays.stream(values).map(v -> (v - mean) * (v - mean)).average().orElseThrow());
    }

    @Test
    void jitterHasItsDistribution() {
        double[] uniform = waits("delay", "20", "jitter", "4", "seed", "1");
        assertEquals(20, mean(uniform), 0.05);
        assertEquals(4 / Math.sqrt(3), deviation(uniform), 0.05);
        for (double wait : uniform) assertTrue(wait >= 16 && wait <= 24);
        double[] normal = waits("delay", "20", "jitter", "2", "distribution", "normal", "seed", "1");
        assertEquals(20, mean(normal), 0.05);
        assertEquals(2, deviation(normal), 0.05);
        double[] pareto = waits("delay", "20", "jitter", "2", "distribution", "pareto", "seed", "1");
        assertEquals(22, mean(pareto), 0.15);
        for (double wait : pareto) assertTrue(wait >= 20);
        double[] samples = waits("delay", "20", "distribution", "samples", "samples", "1, 2,6", "seed", "1");
        assertEquals(23, mean(samples), 0.05);
        for (double wait : samples) assertTrue(wait == 21 || wait == 22 || wait == 26);
    }

    @Test
    void jitterKeepsTheOrderIfAsked() {
        for (String order : List.of("keep", "free")) {
            Wire wire = Wire.of("delay", "20", "jitter", "10", "order", order);
            for (int i = 0; i < 1000; i++) wire.offer(Packets.plain(60, i), i * Wire.MS);
            wire.end();
            List<Integer> sorted = new ArrayList<>(wire.numbers());
            sorted.sort(null);
            assertEquals(order.equals("keep"), sorted.equals(wire.numbers()));
        }
    }

    @Test
    void aPacketChangesPlacesWithTheNextOrOvertakes() {
        Wire swap = Wire.of("reorder", "100");
        for (int i = 0; i < 5; i++) swap.offer(Packets.plain(60, i), i * Wire.MS);
        swap.end();
        assertEquals(List.of(1, 0, 3, 2, 4), swap.numbers());
        assertEquals(2, swap.count("reordered"));
        Wire overtake = Wire.of("delay", "10", "reorder", "20", "seed", "5");
        for (int i = 0; i < 100; i++) overtake.offer(Packets.plain(60, i), i * Wire.MS);
        overtake.end();
        long early = overtake.out.stream().filter(o -> o.at() == Packets.number(o.record()) * Wire.MS).count();
        assertEquals(overtake.count("reordered"), early);
        assertTrue(early > 5 && early < 45);
    }

    @Test
    void aCopyFollowsAtOnce() {
        Wire wire = Wire.of("duplicate", "100");
        wire.offer(Packets.plain(60, 7), 5);
        assertEquals(List.of(7, 7), wire.numbers());
        assertEquals(1, wire.count("duplicated"));
    }

    @Test
    void damageIsOneBitOfAFinishedFrame() {
        for (ByteBuffer record : List.of(Packets.open(true, Packets.TCP, 20_000, 1448, 0), Packets.open(false, Packets.UDP, 900, 1448, 0))) {
            Wire wire = Wire.of("corrupt", "100", "seed", "8");
            wire.offer(record, 0);
            List<byte[]> expected = Packets.finished(record);
            assertEquals(expected.size(), wire.out.size());
            for (int i = 0; i < expected.size(); i++) {
                byte[] seen = wire.out.get(i).record();
                int bits = 0;
                for (int k = 0; k < seen.length; k++) {
                    int different = Integer.bitCount((seen[k] ^ expected.get(i)[k]) & 0xff);
                    assertTrue(different == 0 || k >= 24);
                    bits += different;
                }
                assertEquals(1, bits);
            }
            assertEquals(expected.size(), wire.count("corrupted"));
        }
    }

    @Test
    void runsAreTheSegmentsOfTheSuperFrame() {
        for (int kind = 0; kind < 4; kind++) {
            ByteBuffer record = Packets.open(kind < 2, kind % 2 == 0 ? Packets.TCP : Packets.UDP, 30_000, 1300, 0);
            Wire wire = Wire.of("rate", "1000000000", "burst", "1", "delay", "1", "queue", "1000p");
            wire.offer(record, 0);
            wire.end();
            assertTrue(wire.out.size() > 1 && wire.out.size() < 6, wire.out.size() + " records");
            assertEquals(hex(Packets.finished(record)), hex(wire.packets()));
        }
    }

    @Test
    void aConstantDelayLeavesASuperFrameWhole() {
        Wire wire = Wire.of("delay", "3");
        wire.offer(Packets.open(true, Packets.TCP, 60_000, 1448, 0), 0);
        assertEquals(42, wire.count("held-packets"));
        wire.end();
        assertEquals(1, wire.out.size());
        assertEquals(3 * Wire.MS, wire.out.get(0).at());
    }

    @Test
    void aChangeLosesNothingAndKeepsTheOrder() {
        Wire wire = Wire.of("delay", "100");
        for (int i = 0; i < 3000; i++) {
            if (i == 1000) wire.stage.change(Wire.settings("delay", "5"), wire.now);
            if (i == 2000) wire.stage.change(Wire.settings("rate", "1000000000", "delay", "20"), wire.now);
            if (i == 2500) wire.stage.change(Wire.settings(), wire.now);
            wire.offer(Packets.plain(60, i), i * 100_000L);
        }
        wire.end();
        assertEquals(3000, wire.out.size());
        for (int i = 0; i < 3000; i++) assertEquals(i, wire.numbers().get(i));
        assertEquals(100 * Wire.MS, wire.out.get(0).at());
    }

    @Test
    void aCutLosesWhatIsHeld() {
        Wire wire = Wire.of("delay", "100", "reorder", "10", "rate", "1000000");
        for (int i = 0; i < 10; i++) wire.offer(Packets.open(true, Packets.TCP, 3000, 1000, 0), 0);
        long held = wire.count("held-packets");
        assertTrue(held > 0);
        wire.stage.clear();
        assertEquals(held, wire.count("cut-lost"));
        assertEquals(0, wire.count("held-packets") + wire.count("held-bytes"));
        assertEquals(Long.MAX_VALUE, wire.stage.dueNanos());
    }

    @Test
    void memoryIsBoundedCountedAndGivenBack() {
        ConditionsProvider provider = new ConditionsProvider(1 << 20, 3 << 19);
        Wire one = new Wire(provider, Wire.settings("delay", "1000"));
        Wire two = new Wire(provider, Wire.settings("delay", "1000"));
        for (Wire wire : List.of(one, two)) {
            for (int i = 0; i < 1000; i++) wire.offer(Packets.plain(1514, i), 0);
            assertTrue(wire.count("memory-bytes") <= 1 << 20);
            assertEquals(1000, wire.count("full") + wire.count("held-packets"));
            assertTrue(wire.count("full") > 0 && wire.count("held-packets") > 250, wire.stage.counters().toString());
        }
        assertTrue(provider.pool().lent() <= 3 << 19);
        one.end();
        two.end();
        assertTrue(one.count("memory-bytes") <= 4096);
        assertTrue(provider.pool().lent() <= 8192);
    }

    @Test
    void longFatPipesFit() {
        for (long[] pipe : new long[][] {{100_000_000, 100}, {1_000_000_000, 200}}) {
            Wire wire = Wire.of("rate", Long.toString(pipe[0]), "delay", Long.toString(pipe[1]));
            wire.keeps = false;
            ByteBuffer record = Packets.open(true, Packets.TCP, 64_000, 1448, 0);
            long gap = (record.capacity() + 44L * 66) * 8 * Wire.SECOND / pipe[0];
            for (long time = 0; time < Wire.SECOND; time += gap) wire.offer(record, time);
            assertEquals(0, wire.count("full"));
            assertTrue(wire.count("peak-bytes") > pipe[0] / 8 * pipe[1] / 1100);
            assertFalse(wire.count("memory-bytes") > 64 << 20);
            System.out.println(pipe[0] + " bit/s x " + pipe[1] + " ms: " + wire.count("memory-bytes") + " bytes of memory");
        }
    }

    private static List<String> hex(List<byte[]> packets) {
        List<String> hex = new ArrayList<>();
        for (byte[] packet : packets) hex.add(HexFormat.of().formatHex(packet));
        return hex;
    }
}
