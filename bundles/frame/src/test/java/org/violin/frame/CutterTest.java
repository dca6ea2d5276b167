// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class CutterTest {
    private final Cutter cutter = new Cutter();

    private static String hex(ByteBuffer slab, int at, int length) {
        return HexFormat.of().formatHex(Slab.copy(slab, at, length));
    }

    @Test
    void everyRunIsWhatTheNaiveModelMakesOfIt() {
        long seed = 5;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        ByteBuffer target = ByteBuffer.allocateDirect(70_000);
        for (int round = 0; round < 3000; round++) {
            PacketModel model = PacketModel.random(random, round % 50 == 0 ? 60_000 : 3000, 1500);
            if (model.segments() < 2) continue;
            byte[] whole = model.whole();
            ByteBuffer slab = Slab.of(whole);
            assertTrue(cutter.open(slab, Slab.AT, whole.length));
            assertEquals(model.segments(), cutter.segments());
            for (int tries = 0; tries < 3; tries++) {
                int first = random.nextInt(model.segments());
                int count = 1 + random.nextInt(model.segments() - first);
                int at = random.nextInt(100);
                int length = cutter.write(target, at, first, count);
                assertEquals(cutter.bytes(first, count), length);
                assertEquals(HexFormat.of().formatHex(model.run(first, count, false)), hex(target, at, length), "round " + round);
                if (count > 1) continue;
                assertTrue(cutter.finish(target, at, length));
                assertEquals(HexFormat.of().formatHex(model.plain(first)), hex(target, at, length), "finished, round " + round);
            }
            assertArrayEquals(whole, Slab.copy(slab, Slab.AT, whole.length), "source changed");
        }
    }

    @Test
    void whatIsNoSuperFrameIsNotOpened() {
        PacketModel model = new PacketModel();
        model.payload = new byte[10];
        byte[] plain = model.plain(0);
        assertFalse(cutter.open(Slab.of(plain), Slab.AT, plain.length));
        assertFalse(cutter.open(Slab.of(new byte[20]), Slab.AT, 20));
    }
}
