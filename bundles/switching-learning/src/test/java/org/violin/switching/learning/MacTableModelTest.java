// SPDX-License-Identifier: Apache-2.0
package org.violin.switching.learning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The fast table against a map that does the obvious. */
final class MacTableModelTest {
    private static final long AGEING = 1000;

    private record Seen(int port, long at) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 42, 4711, 20_240_611})
    void behavesAsTheObviousMapWhileThereIsRoom(long seed) {
        Random random = new Random(seed);
        MacTable table = new MacTable(512, AGEING, seed);
        Map<Long, Seen> model = new HashMap<>();
        long now = -500;
        for (int step = 0; step < 50_000; step++) {
            String where = "seed " + seed + ", step " + step;
            // Few at first, then enough to make the table grow.
            long mac = 1 + random.nextInt(step < 10_000 ? 40 : 512);
            int port = random.nextInt(5);
            switch (random.nextInt(20)) {
                case 2 -> table.port(mac, now);
                case 0 -> {
                    if (random.nextInt(50) > 0) break;
                    table.forget(port);
                    model.values().removeIf(s -> s.port == port);
                }
                case 1 -> now += random.nextInt(20);
                case 4, 5, 6, 7, 8, 9, 10, 11 -> {
                    table.learn(mac, port, now);
                    model.put(mac, new Seen(port, now));
                }
                default -> table.sweep(now);
            }
            Seen seen = model.get(mac);
            int expected = seen != null && now - seen.at < AGEING ? seen.port : MacTable.UNKNOWN;
            assertEquals(expected, table.port(mac, now), where);
        }
        assertEquals(0, table.evictions());
        assertTrue(table.size() > 64);
    }

    @ParameterizedTest
    @ValueSource(longs = {5, 6, 7})
    void whenFullItStaysWithinItsBoundAndNeverInventsAPort(long seed) {
        Random random = new Random(seed);
        MacTable table = new MacTable(32, AGEING, seed);
        Map<Long, Integer> last = new HashMap<>();
        for (int step = 0; step < 50_000; step++) {
            long mac = 1 + random.nextInt(500);
            int port = random.nextInt(5);
            table.learn(mac, port, step / 100);
            last.put(mac, port);
            assertEquals(port, table.port(mac, step / 100), "just learnt; seed " + seed + ", step " + step);
            long other = 1 + random.nextInt(500);
            int found = table.port(other, step / 100);
            assertTrue(found == MacTable.UNKNOWN || found == last.get(other), "seed " + seed + ", step " + step);
            assertTrue(table.size() <= 32);
        }
        assertTrue(table.evictions() > 0);
    }

    @Test
    void whenFullAStationThatSpeaksOftenOutlivesThoseThatDoNot() {
        MacTable table = new MacTable(64, Long.MAX_VALUE, 1);
        for (int i = 0; i < 10_000; i++) {
            table.learn(7, 3, i);
            table.learn(1000 + i, 1, i);
        }
        assertEquals(3, table.port(7, 10_000));
    }

    @Test
    void aMoveIsCounted() {
        MacTable table = new MacTable(16, AGEING, 1);
        table.learn(7, 1, 0);
        table.learn(7, 1, 1);
        table.learn(7, 2, 2);
        assertEquals(1, table.moves());
    }

    @Test
    void addressesThatAreTooOldLeaveTheTableByTheSweep() {
        MacTable table = new MacTable(16, AGEING, 1);
        for (int mac = 1; mac <= 16; mac++) table.learn(mac, 1, 0);
        for (int i = 0; i < 200; i++) table.sweep(AGEING + 1);
        assertEquals(0, table.size());
    }
}
