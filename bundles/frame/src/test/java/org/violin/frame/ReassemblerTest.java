// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ReassemblerTest {
    private final List<Integer> arrived = new ArrayList<>();
    private final Reassembler reassembler = new Reassembler(4, 9000, 24, 66_048, false, 1000, (vni, slab, offset, length) -> arrived.add(vni));

    /** A datagram with one whole record whose VNI is the sequence number. */
    private void give(int incarnation, int stream, int sequence, long now) {
        ByteBuffer slab = ByteBuffer.allocate(2 + 6 + 24);
        slab.putInt(2, 24 << 8).putShort(6, (short) sequence);
        Payloads.accept(reassembler, incarnation, Encapsulation.counter(stream, sequence), slab, 0, 32, now);
    }

    @Test
    void aMissingDatagramIsWaitedForAndThenGivenUp() {
        give(1, 1, 0, 0);
        give(1, 1, 2, 0);
        give(1, 1, 3, 0);
        assertEquals(List.of(0), arrived);
        assertTrue(reassembler.waiting());
        reassembler.expire(9, 10);
        assertEquals(List.of(0), arrived);
        reassembler.expire(10, 10);
        assertEquals(List.of(0, 2, 3), arrived);
        assertFalse(reassembler.waiting());
        assertEquals(1, reassembler.gap());
        give(1, 1, 1, 11);
        give(1, 1, 3, 11);
        assertEquals(1, reassembler.late());
        assertEquals(1, reassembler.duplicate());
        assertEquals(3, arrived.size());
    }

    @Test
    void whatWasSentBeforeThePeerWasHeardIsNoGap() {
        give(1, 1, 2, 0);
        reassembler.expire(10, 10);
        give(1, 1, 3, 11);
        assertEquals(List.of(2, 3), arrived);
        assertEquals(0, reassembler.gap());
    }

    @Test
    void aFullWindowGivesUpOnlyTheOldest() {
        for (int sequence : new int[] {0, 2, 4, 5, 6}) give(1, 1, sequence, 0);
        assertEquals(List.of(0, 2), arrived);
        give(1, 1, 3, 0);
        assertEquals(List.of(0, 2, 3, 4, 5, 6), arrived);
        assertEquals(1, reassembler.gap());
    }

    @Test
    void aBurstOfLossesIsNotWaitedFor() {
        give(1, 1, 0, 0);
        give(1, 1, 1000, 0);
        assertEquals(List.of(0, 1000), arrived);
        assertEquals(999, reassembler.gap());
    }

    @Test
    void aNewIncarnationStartsAfreshAndTheOldOneIsStale() {
        give(1, 1, 500, 0);
        give(2, 1, 0, 0);
        give(2, 1, 1, 0);
        give(1, 1, 501, 0);
        assertEquals(List.of(500, 0, 1), arrived);
        assertEquals(1, reassembler.stale());
    }

    @Test
    void aLaterStreamOfTheSameIncarnationReplacesTheEarlier() {
        give(1, 1, 500, 0);
        give(1, 2, 0, 0);
        give(1, 1, 501, 0);
        give(1, 2, 1, 0);
        assertEquals(List.of(500, 0, 1), arrived);
        assertEquals(1, reassembler.stale());
    }

    @Test
    void anAnnouncedRestartEndsTheOldStreamAndForgettingAllowsItAgain() {
        give(1, 1, 5, 0);
        reassembler.restart(2);
        give(1, 1, 6, 0);
        assertEquals(1, reassembler.stale());
        reassembler.forget();
        give(1, 1, 7, 0);
        assertEquals(List.of(5, 7), arrived);
    }

    @Test
    void aForgedIncarnationOrSequenceDoesNotLockThePeerOutForEver() {
        give(1, 1, 5, 0);
        give(66, 1, 5, 1);
        give(1, 1, 6, 1001);
        assertEquals(1, reassembler.stale());
        give(1, 1, 7, 1002);
        give(1, 1, 8, 1003);
        give(1, 1, 60_000, 1004);
        give(1, 1, 9, 2004);
        assertEquals(1, reassembler.late());
        give(1, 1, 10, 2006);
        give(1, 1, 11, 2007);
        assertEquals(List.of(5, 5, 7, 8, 60_000, 10, 11), arrived);
    }

    @Test
    void withAuthenticCountersTheSequenceNeverGoesBack() {
        Reassembler strict = new Reassembler(4, 9000, 24, 66_048, true, 1000, (vni, slab, offset, length) -> arrived.add(vni));
        ByteBuffer slab = ByteBuffer.allocate(32).putInt(2, 24 << 8);
        for (int sequence : new int[] {100, 20}) Payloads.accept(strict, 1, Encapsulation.counter(1, sequence), slab, 0, 32, sequence == 20 ? 9999 : 0);
        assertEquals(1, arrived.size());
        assertEquals(1, strict.late());
    }

    @Test
    void randomAndMutatedPayloadsNeverThrowAndAreCounted() {
        long seed = 20_260_101;
        System.out.println("fuzz seed " + seed);
        Random random = new Random(seed);
        Reassembler victim = new Reassembler(16, 2000, 24, 66_048, false, 100, (vni, slab, offset, length) -> {
            assertTrue(length >= 24 && length <= 66_048, "length " + length);
            slab.get(offset);
            slab.get(offset + length - 1);
        });
        byte[] bytes = new byte[2100];
        long sequence = 0;
        for (int round = 0; round < 200_000; round++) {
            int length = random.nextInt(2101);
            ByteBuffer slab = ByteBuffer.wrap(bytes);
            if (round % 3 == 0) random.nextBytes(bytes);
            slab.putShort(0, (short) (random.nextBoolean() ? random.nextInt(2000) : Encapsulation.NONE));
            if (random.nextBoolean() && length > 8) slab.putInt(2, (24 + random.nextInt(3000)) << 8);
            sequence = random.nextInt(100) == 0 ? random.nextLong() >>> 16 : sequence + random.nextInt(5) - 1;
            long counter = Encapsulation.counter(random.nextInt(500) == 0 ? random.nextInt(65_536) : 1, sequence & Encapsulation.MAX_SEQUENCE);
            Payloads.accept(victim, random.nextInt(300) == 0 ? random.nextInt() : 1, counter, slab, 0, length, round);
            if (random.nextInt(10) == 0) victim.expire(round, 5);
            if (random.nextInt(1000) == 0) victim.forget();
        }
        assertTrue(victim.malformed() > 0 && victim.oversize() > 0 && victim.gap() > 0 && victim.stale() > 0);
    }
}
