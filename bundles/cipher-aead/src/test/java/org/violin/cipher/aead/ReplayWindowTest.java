// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ReplayWindowTest {
    @Test
    void itAgreesWithASetOfAllNumbersSeen() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int bits : new int[] {64, 256, 2048}) {
            ReplayWindow window = new ReplayWindow(bits);
            Set<Long> seen = new HashSet<>();
            long top = -1;
            long middle = random.nextInt(100_000);
            for (int i = 0; i < 200_000; i++) {
                middle += random.nextInt(1000) == 0 ? random.nextInt(4 * bits) : random.nextInt(3);
                long sequence = Math.max(0, middle - random.nextInt(random.nextBoolean() ? 8 : 2 * bits));
                boolean expected = top - sequence < bits && !seen.contains(sequence);
                assertEquals(expected, window.accept(sequence), "sequence " + sequence + " top " + top + " seed " + seed);
                seen.add(sequence);
                top = Math.max(top, sequence);
                if (i % 1000 == 0) window = copy(window, bits);
            }
        }
    }

    private static ReplayWindow copy(ReplayWindow window, int bits) {
        ByteBuffer record = ByteBuffer.allocate(ReplayWindow.size(bits));
        window.write(record);
        assertEquals(0, record.remaining());
        ReplayWindow copy = new ReplayWindow(bits);
        copy.read(record.flip());
        return copy;
    }

    @Test
    void theFarEndOfNumbersIsNoTrouble() {
        ReplayWindow window = new ReplayWindow(64);
        assertEquals(true, window.accept(Long.MAX_VALUE));
        assertEquals(false, window.accept(Long.MAX_VALUE));
        assertEquals(false, window.accept(-1));
        assertEquals(true, window.accept(Long.MAX_VALUE - 63));
        assertEquals(false, window.accept(Long.MAX_VALUE - 64));
    }
}
