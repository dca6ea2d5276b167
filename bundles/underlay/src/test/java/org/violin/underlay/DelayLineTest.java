// SPDX-License-Identifier: Apache-2.0
package org.violin.underlay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DelayLineTest {
    private final ByteBuffer frame = ByteBuffer.allocateDirect(Store.LARGEST);

    private boolean put(DelayLine line, int length, long moment) {
        frame.putLong(0, moment);
        frame.put(length - 1, (byte) moment);
        return line.put(frame, length, (int) moment & 7, moment);
    }

    private static void check(DelayLine line) {
        assertEquals(line.due(), line.slab().getLong(line.offset()));
        assertEquals((byte) line.due(), line.slab().get(line.offset() + line.length() - 1));
        assertEquals((int) line.due() & 7, line.port());
    }

    @Test
    void framesOfAllSizesComeOutWholeInTheOrderOfTheirMoments() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int[] sizes = {60, 256, 257, 1510, 2048, 9010, 65_000, Store.LARGEST};
        DelayLine line = new DelayLine(500, 64);
        TreeMap<Long, Integer> model = new TreeMap<>();
        for (int step = 0; step < 20_000; step++) {
            boolean in = random.nextInt(1000) < (step / 2000 % 2 == 0 ? 600 : 400);
            long moment = Long.MAX_VALUE - 500_000 + random.nextInt(400_000); // nanoTime may be anything
            if (in && !model.containsKey(moment)) {
                int size = sizes[random.nextInt(sizes.length)];
                if (put(line, size, moment)) model.put(moment, size);
                else assertEquals(500, line.count(), "seed " + seed);
            } else if (!model.isEmpty()) {
                assertEquals(model.firstKey(), line.due(), "seed " + seed);
                assertEquals(model.firstEntry().getValue(), line.length());
                check(line);
                model.remove(line.due());
                line.drop();
            }
            assertEquals(model.size(), line.count());
        }
        assertEquals(model.values().stream().mapToLong(i -> i).sum(), line.bytes());
    }

    @Test
    void fullInNumberAndInBytesAndEmptyAgain() {
        DelayLine few = new DelayLine(3, 4);
        for (int i = 1; i <= 3; i++) assertTrue(put(few, 100, i));
        assertFalse(put(few, 100, 4));
        few.drop();
        assertTrue(put(few, 100, 4));

        DelayLine small = new DelayLine(100_000, 8);
        long moment = 0;
        while (put(small, 60_000, ++moment)) check(small);
        assertTrue(small.bytes() > 7_000_000 && small.bytes() <= 8 << 20, small.bytes() + " bytes");
        assertFalse(put(small, 100, ++moment), "a small one must not ask for more memory either");
        while (small.count() > 0) small.drop();
        for (int i = 0; i < 4000; i++) assertTrue(put(small, 2000, ++moment), "memory serves other sizes when all is gone, frame " + i);
    }

    @Test
    void stationsAreLearntMoveAndAreBounded() {
        Stations stations = new Stations();
        assertEquals(Stations.UNKNOWN, stations.port(42));
        assertTrue(stations.learn(42, 1));
        assertTrue(stations.learn(42, 2));
        assertEquals(2, stations.port(42));
        assertEquals(Stations.UNKNOWN, stations.port(0), "the address of zeros is one like others");
        for (int i = 0; i < 4095; i++) assertTrue(stations.learn(1000 + i * 256L, i));
        assertFalse(stations.learn(7, 1));
        assertTrue(stations.learn(42, 3), "a known one may still move");
        assertEquals(4094, stations.port(1000 + 4094 * 256L));
        assertTrue(Stations.isGroup(0xFFFF_FFFF_FFFFL) && Stations.isGroup(0x3333_0000_0001L) && !Stations.isGroup(0x0200_0000_0001L));
    }
}
