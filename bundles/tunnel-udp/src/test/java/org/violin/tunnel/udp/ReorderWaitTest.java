// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class ReorderWaitTest {
    private static final long MS = 1_000_000;
    private static final long SECOND = 1000 * MS;
    private final long start = Long.MAX_VALUE - SECOND;
    private final ReorderWait wait = new ReorderWait(1_000_000, 50 * MS);

    @Test
    void itGrowsToTwiceTheLatenessAndDecaysInAMinute() {
        assertEquals(MS, wait.nanos(start));
        wait.late(8 * MS, start);
        assertEquals(16 * MS, wait.nanos(start));
        wait.late(2 * MS, start);
        assertEquals(16 * MS, wait.nanos(start), "a shorter one does not shrink it");
        long before = 16 * MS;
        for (int second = 1; second < 60; second++) {
            long now = wait.nanos(start + second * SECOND);
            assertTrue(now < before && now > MS, "after " + second + " s: " + now);
            before = now;
        }
        assertEquals(MS, wait.nanos(start + 60 * SECOND));
        assertEquals(MS, wait.nanos(start + 61 * SECOND));
    }

    @Test
    void theMaximumHoldsWhateverComes() {
        wait.late(Long.MAX_VALUE, start);
        assertEquals(50 * MS, wait.nanos(start));
        wait.late(Long.MIN_VALUE, start);
        assertEquals(50 * MS, wait.nanos(start - SECOND), "a clock that goes back");
        assertEquals(MS, new ReorderWait(1_000_000, 0).nanos(start));
        Random random = new Random(22);
        long now = start;
        for (int i = 0; i < 10_000; i++) {
            now += random.nextInt((int) SECOND);
            wait.late((long) (random.nextDouble() * 100 * MS), now);
            assertTrue(wait.nanos(now) >= MS && wait.nanos(now) <= 50 * MS);
        }
        wait.reset();
        assertEquals(MS, wait.nanos(now));
    }

    @Test
    void aPathThatGoesOnReorderingIsWaitedForAndALittleLatenessDoesNotKeepALongWait() {
        for (int second = 0; second < 600; second++) {
            wait.late(4 * MS, start + second * SECOND);
            assertTrue(wait.nanos(start + second * SECOND) >= 8 * MS);
        }
        wait.late(25 * MS, start + 600 * SECOND);
        for (int second = 600; second < 1200; second++) wait.late(MS, start + second * SECOND);
        assertTrue(wait.nanos(start + 1200 * SECOND) < 3 * MS);
    }
}
