// SPDX-License-Identifier: Apache-2.0
package org.violin.conditions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class FatesTest {
    private static final int PACKETS = 100_000;

    private static List<Integer> through(Wire wire, int packets) {
        for (int i = 0; i < packets; i++) wire.offer(Packets.plain(60, i), i * 10_000L);
        wire.end();
        return wire.numbers();
    }

    private static void within(double expected, double deviation, double seen, String what) {
        assertTrue(Math.abs(seen - expected) <= 4.5 * deviation, what + ": " + seen + ", expected " + expected + " +- " + deviation);
    }

    @Test
    void lossIsBinomial() {
        for (double percent : new double[] {0.1, 1, 10}) {
            Wire wire = Wire.of("loss", Double.toString(percent), "seed", "11");
            int arrived = through(wire, PACKETS).size();
            double p = percent / 100;
            within(PACKETS * p, Math.sqrt(PACKETS * p * (1 - p)), PACKETS - arrived, "loss " + percent);
            assertEquals(PACKETS - arrived, wire.count("lost"));
            assertEquals(PACKETS, wire.count("packets"));
        }
    }

    @Test
    void gilbertElliottHasTheBurstsOfTheModel() {
        Wire wire = Wire.of("loss", "ge 1 25 100 0", "seed", "3");
        Set<Integer> arrived = new HashSet<>(through(wire, PACKETS));
        int lost = PACKETS - arrived.size();
        int bursts = 0;
        for (int i = 0; i < PACKETS; i++) if (!arrived.contains(i) && (i == 0 || arrived.contains(i - 1))) bursts++;
        double stationary = 0.01 / 0.26;
        double correlation = 1 - 0.26;
        within(PACKETS * stationary, Math.sqrt(PACKETS * stationary * (1 - stationary) * (1 + correlation) / (1 - correlation)), lost, "lost");
        within(4, Math.sqrt(0.75) / 0.25 / Math.sqrt(bursts), (double) lost / bursts, "burst length");
    }

    @Test
    void gilbertElliottLosesInBothStates() {
        double bad = 2.0 / 12;
        double expected = bad * 0.5 + (1 - bad) * 0.01;
        int lost = PACKETS - through(Wire.of("loss", "ge 2 10 50 1", "seed", "4"), PACKETS).size();
        within(PACKETS * expected, 3.2 * Math.sqrt(PACKETS * expected * (1 - expected)), lost, "lost");
    }

    @Test
    void everyNthIsLost() {
        Wire wire = Wire.of("loss", "every 4");
        assertEquals(List.of(0, 1, 2, 4, 5, 6, 8), through(wire, 9));
        wire.stage.restart();
        wire.out.clear();
        assertEquals(List.of(0, 1, 2, 4), through(wire, 5));
    }

    @Test
    void aSeedSaysAllFates() {
        String[] words = {"loss", "5", "duplicate", "2", "reorder", "3", "corrupt", "1", "delay", "1", "jitter", "0.3", "seed", "1"};
        Wire one = Wire.of(words);
        List<Integer> first = through(one, 5000);
        assertEquals(first, through(Wire.of(words), 5000));
        one.out.clear();
        one.stage.restart();
        one.now = 0;
        Wire other = Wire.of(words);
        other.stage.restart();
        assertEquals(first, through(other, 5000));
        words[words.length - 1] = "2";
        assertNotEquals(first, through(Wire.of(words), 5000));
    }

    @Test
    void oneSettingDoesNotChangeWhatAnotherDoes() {
        List<Integer> plain = through(Wire.of("loss", "5", "seed", "9"), 5000);
        String[] more = {"loss", "5", "duplicate", "10", "delay", "3", "jitter", "1", "order", "keep", "rate", "100000000", "seed", "9"};
        assertEquals(plain, new ArrayList<>(new LinkedHashSet<>(through(Wire.of(more), 5000))));
        Wire damaged = Wire.of("loss", "5", "corrupt", "5", "seed", "9");
        assertEquals(plain.size(), through(damaged, 5000).size());
    }

    @Test
    void aSuperFrameMeetsTheFatesOfItsPackets() {
        Wire whole = Wire.of("loss", "10", "seed", "6");
        Wire single = Wire.of("loss", "10", "seed", "6");
        ByteBuffer record = Packets.open(true, Packets.TCP, 64_000, 1448, 0);
        List<String> expected = new ArrayList<>();
        for (int round = 0; round < 20; round++) {
            whole.offer(record, round * Wire.MS);
            for (byte[] frame : Packets.finished(record)) {
                ByteBuffer one = ByteBuffer.allocateDirect(frame.length).put(0, frame);
                single.offer(one, round * Wire.MS);
            }
        }
        for (byte[] frame : single.packets()) expected.add(HexFormat.of().formatHex(frame));
        List<String> seen = new ArrayList<>();
        for (byte[] frame : whole.packets()) seen.add(HexFormat.of().formatHex(frame));
        assertEquals(expected, seen);
        assertTrue(whole.records < single.records / 3, whole.records + " records");
        assertEquals(single.count("lost"), whole.count("lost"));
    }
}
