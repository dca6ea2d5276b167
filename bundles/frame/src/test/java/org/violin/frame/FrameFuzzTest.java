// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random and mutated records: nothing throws, and since each lies in a slice of its own length, nothing outside is read or written. */
final class FrameFuzzTest {
    private static final int ROUNDS = 1_000_000;

    private final SuperFrame view = new SuperFrame();
    private final Segmenter segmenter = new Segmenter();
    private final Salvager salvager = new Salvager();
    private final Coalescer coalescer = new Coalescer(true);
    private final Coalescer elsewhere = new Coalescer(true);
    private int emitted;
    private int runs;

    private void emit(ByteBuffer slab, int offset, int length) {
        assertTrue(length >= 24 && length <= 66_048 && offset >= 0 && offset + length <= slab.capacity(), "length " + length);
        emitted++;
    }

    private static List<byte[]> samples(Random random) {
        List<byte[]> samples = new ArrayList<>();
        for (int i = 0; i < 100; i++) samples.add(PacketModel.random(random, 500, 120).whole());
        for (int i = 0; i < 30; i++) {
            PacketModel small = new PacketModel();
            small.sourcePort = i % 10;
            small.payload = new byte[50];
            small.tcp = i % 3 == 0;
            samples.add(small.whole());
        }
        for (int i = 0; i < 10; i++) {
            byte[] noise = new byte[random.nextInt(200)];
            random.nextBytes(noise);
            samples.add(noise);
        }
        samples.add(PacketModel.random(random, 60_000, 1400).whole());
        return samples;
    }

    private static int mutate(Random random, ByteBuffer buffer, int length) {
        int header = Math.min(length, 120);
        for (int i = random.nextInt(4); i > 0 && length > 0; i--) {
            int at = random.nextInt(header);
            buffer.put(at, (byte) (random.nextBoolean() ? random.nextInt() : buffer.get(at) ^ 1 << random.nextInt(8)));
        }
        return random.nextInt(8) == 0 ? random.nextInt(length + 1) : length;
    }

    @Test
    void nothingThrowsOrLeavesTheRecord() {
        long seed = 7;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        List<byte[]> samples = samples(random);
        ByteBuffer buffer = ByteBuffer.allocateDirect(66_048);
        int[] holes = new int[8];
        int superFrames = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] sample = samples.get(round % 2000 == 0 ? samples.size() - 1 : random.nextInt(samples.size() - 1));
            buffer.put(0, sample);
            int length = mutate(random, buffer, sample.length);
            ByteBuffer slab = buffer.slice(0, length);
            coalesce(slab, length);
            view.parse(slab, 0, length);
            int segments = SuperFrame.segments(slab, 0, length);
            assertTrue(segments >= 1 && view.segments() >= 1);
            if (view.isSuperFrame()) superFrames++;
            segmenter.finish(slab, 0, length, true, this::emit);
            int at = 0;
            for (int i = 0; i < holes.length; i++) holes[i] = at += random.nextInt(1 + length / 4);
            salvager.salvage(slab, 0, length, holes, random.nextInt(5), this::emit);
        }
        assertTrue(superFrames > ROUNDS / 10, "super-frames " + superFrames);
        assertTrue(emitted > ROUNDS, "emitted " + emitted);
        assertTrue(runs > ROUNDS / 50, "runs " + runs);
    }

    /** Twice, with different bytes behind the record: the answers must be the same. */
    private void coalesce(ByteBuffer record, int length) {
        if (coalescer.room() == Coalescer.FULL) drain();
        int at = coalescer.room();
        assertEquals(at, elsewhere.room());
        for (Coalescer one : List.of(coalescer, elsewhere)) {
            one.slab().put(at, record, 0, length);
            for (int i = 0; i < 64; i += 8) one.slab().putLong(at + length + i, one == coalescer ? 0 : -1L);
        }
        Coalescer.Verdict verdict = coalescer.add(at, length);
        assertEquals(verdict, elsewhere.add(at, length));
        if (verdict == Coalescer.Verdict.HELD) runs++;
        if (verdict == Coalescer.Verdict.DRAIN_THEN_PASS) drain();
    }

    private void drain() {
        assertEquals(coalescer.drain(this::emit), elsewhere.drain(this::emit));
    }
}
