// SPDX-License-Identifier: Apache-2.0
package org.violin.conditions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

final class RateTest {
    /** Offers twice the rate for two seconds and looks at the second of them. */
    private static void holds(long rate, ByteBuffer record) {
        Wire wire = Wire.of("rate", Long.toString(rate));
        wire.keeps = false;
        long gap = Math.max(1, (record.capacity() - 10) * 4L * Wire.SECOND / rate);
        long time = 0;
        for (; time < Wire.SECOND; time += gap) wire.offer(record, time);
        wire.until(time);
        long before = wire.bytes;
        long from = time;
        for (; time < from + 4 * Wire.SECOND; time += gap) wire.offer(record, time);
        wire.until(time);
        double seen = (wire.bytes - before) * 8e9 / (time - from);
        assertEquals(rate, seen, rate * 0.005 + record.capacity() * 2 / 4.0, "bits per second");
        assertTrue(wire.count("queue-dropped") > 0);
    }

    @Test
    void ratesAreExact() {
        for (long rate : new long[] {1_000_000, 10_000_000, 100_000_000}) {
            holds(rate, Packets.plain(1514, 0));
            holds(rate, Packets.open(true, Packets.TCP, 20_000, 1448, 0));
            holds(rate, Packets.open(false, Packets.UDP, 20_000, 1200, 0));
        }
        holds(1_000_000_000, Packets.plain(1514, 0));
        holds(1_000_000_000, Packets.open(true, Packets.TCP, 64_000, 1448, 0));
    }

    @Test
    void oddRatesDoNotDrift() {
        Wire wire = Wire.of("rate", "999999937", "queue", "100000p");
        wire.keeps = false;
        ByteBuffer record = Packets.plain(1514, 0);
        for (int i = 0; i < 40_000; i++) wire.offer(record, 0);
        wire.end();
        double bits = 40_000.0 * 1514 * 8;
        assertEquals(bits * 1e9 / 999_999_937 - Wire.MS, wire.now, 2);
    }

    @Test
    void aBurstGoesAtOnce() {
        Wire wire = Wire.of("rate", "1000000", "burst", "3028", "delay", "10");
        for (int i = 0; i < 4; i++) wire.offer(Packets.plain(1514, i), Wire.SECOND);
        wire.end();
        long frame = 1514 * 8 * 1000;
        long[] expected = {0, 0, frame, 2 * frame};
        for (int i = 0; i < 4; i++) assertEquals(Wire.SECOND + 10 * Wire.MS + expected[i], wire.out.get(i).at());
    }

    @Test
    void overheadCounts() {
        Wire wire = Wire.of("rate", "8000000", "burst", "1", "overhead", "24");
        wire.offer(Packets.plain(976, 0), Wire.SECOND);
        wire.offer(Packets.plain(976, 1), Wire.SECOND);
        wire.end();
        assertEquals(Wire.MS, wire.out.get(1).at() - wire.out.get(0).at());
    }

    @Test
    void aGigabitOfSuperFramesIsNotCutIntoPackets() {
        Wire wire = Wire.of("rate", "1000000000", "loss", "0.1");
        wire.keeps = false;
        ByteBuffer record = Packets.open(true, Packets.TCP, 64_000, 1448, 0);
        for (long time = 0; time < Wire.SECOND; time += 520_000) wire.offer(record, time);
        wire.end();
        assertTrue(wire.count("packets") > 80_000);
        assertTrue(wire.records < 15_000, wire.records + " records");
    }

    @Test
    void theQueueIsBoundInItsUnit() {
        assertEquals(1 + 20, passed("20p"));
        assertEquals(1 + 13, passed("20000b"));
        assertEquals(1 + 1 + 4, passed("50ms"));
    }

    /** At 1 Mbit/s a frame takes 12.112 ms; the burst is one frame. */
    private static int passed(String queue) {
        Wire wire = Wire.of("rate", "1000000", "queue", queue);
        for (int i = 0; i < 100; i++) wire.offer(Packets.plain(1514, i), Wire.SECOND);
        wire.end();
        assertEquals(100, wire.out.size() + wire.count("queue-dropped"));
        return wire.out.size();
    }

    @Test
    void codelKeepsTheQueueShortAndMarksWhatItCan() {
        for (boolean ecn : new boolean[] {false, true}) {
            Wire wire = Wire.of("rate", "10000000", "queue", "1000p", "discipline", "codel 5 100", "ecn", Boolean.toString(ecn));
            ByteBuffer record = Packets.open(true, Packets.TCP, 1448, 1448, 2);
            long gap = record.capacity() * 8L * 100;
            for (int i = 0; i < 4000; i++) wire.offer(record, i * gap * 95 / 100);
            wire.end();
            assertTrue(wire.count(ecn ? "marked" : "codel-dropped") > 10);
            assertEquals(0, wire.count(ecn ? "codel-dropped" : "marked"));
            long marked = wire.packets().stream().filter(p -> Packets.ecn(p) == 3).count();
            assertEquals(wire.count("marked"), marked);
            assertTrue(wire.packets().stream().allMatch(Packets::isRight));
        }
    }

    @Test
    void codelLeavesAShortQueueAlone() {
        Wire wire = Wire.of("rate", "1000000", "discipline", "codel 5 100");
        for (int i = 0; i < 500; i++) wire.offer(Packets.plain(1514, i), i * 12_200_000L);
        assertEquals(0, wire.count("codel-dropped"));
    }

    @Test
    void redDropsEarlyAndMarksSegmentsOfSuperFrames() {
        for (int version = 4; version <= 6; version += 2) {
            Wire wire = Wire.of("rate", "10000000", "queue", "1000000b", "discipline", "red 20000 200000 10", "ecn", "true", "seed", "3");
            ByteBuffer record = Packets.open(version == 4, Packets.TCP, 20_000, 1448, 1);
            for (int i = 0; i < 300; i++) wire.offer(record, i * 14_000_000L);
            wire.end();
            assertTrue(wire.count("marked") > 10, wire.stage.counters().toString());
            assertEquals(wire.count("marked"), wire.packets().stream().filter(p -> Packets.ecn(p) == 3).count());
            assertTrue(wire.packets().stream().allMatch(Packets::isRight));
        }
        Wire drops = Wire.of("rate", "10000000", "queue", "1000000b", "discipline", "red 20000 200000 10", "ecn", "true");
        for (int i = 0; i < 5000; i++) drops.offer(Packets.plain(1514, i), i * 1_100_000L);
        assertTrue(drops.count("red-dropped") > 10);
        assertEquals(0, drops.count("marked") + drops.count("queue-dropped"));
    }
}
