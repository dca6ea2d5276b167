// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class SalvagerTest {
    private final Salvager salvager = new Salvager();
    private final Segmenter segmenter = new Segmenter();

    /** Salvages a record whose holes are filled with noise; the answer must be the number of segments the model expects. */
    private Slab.Recorder salvage(byte[] record, int[] holes, int expectedSegments) {
        byte[] damaged = record.clone();
        Random noise = new Random(holes.length);
        for (int i = 0; i < holes.length; i += 2) {
            for (int at = holes[i]; at < holes[i + 1]; at++) damaged[at] = (byte) noise.nextInt();
        }
        ByteBuffer slab = Slab.of(damaged);
        Slab.Recorder out = new Slab.Recorder();
        assertEquals(expectedSegments, salvager.salvage(slab, Slab.AT, record.length, holes, holes.length / 2, out));
        Slab.assertGuards(slab);
        return out;
    }

    private static int[] randomHoles(Random random, int from, int length) {
        List<Integer> ends = new ArrayList<>();
        int at = from + random.nextInt(length / 2 + 1);
        while (at < length && ends.size() < 20) {
            ends.add(at);
            at = Math.min(length, at + 1 + random.nextInt(1500));
            ends.add(at);
            at += 1 + random.nextInt(6000);
        }
        return ends.stream().mapToInt(Integer::intValue).toArray();
    }

    private static boolean isIntact(PacketModel model, int segment, int[] holes) {
        int from = 10 + model.headerBytes() + segment * model.gsoSize;
        int to = Math.min(from + model.gsoSize, 10 + model.headerBytes() + model.payload.length);
        for (int i = 0; i < holes.length; i += 2) {
            for (int at = holes[i]; at < holes[i + 1]; at++) if (at >= from && at < to) return false;
        }
        return true;
    }

    @Test
    void deliversTheRunsOfTheNaiveModelAndTheirSegments() {
        long seed = 4;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        int several = 0;
        for (int round = 0; round < 2000; round++) {
            PacketModel model = PacketModel.random(random, round % 20 == 0 ? 60_000 : 8000, 1500);
            if (model.segments() == 1) continue;
            byte[] record = model.whole();
            int[] holes = randomHoles(random, 10 + model.headerBytes(), record.length);
            List<byte[]> runs = new ArrayList<>();
            List<byte[]> segments = new ArrayList<>();
            for (int i = 0; i < model.segments(); i++) {
                if (!isIntact(model, i, holes)) continue;
                int first = i;
                while (i < model.segments() && isIntact(model, i, holes)) segments.add(model.plain(i++));
                runs.add(model.run(first, i - first, false));
            }
            if (holes.length == 0) runs = List.of(record);
            if (runs.size() > 1) several++;
            Slab.Recorder out = salvage(record, holes, segments.size());
            assertEquals(Slab.hex(runs), Slab.hex(out.records), "round " + round);
            Slab.Recorder cut = new Slab.Recorder();
            for (byte[] run : out.records) segmenter.finish(Slab.of(run), Slab.AT, run.length, true, cut);
            assertEquals(Slab.hex(segments), Slab.hex(cut.records), "round " + round);
        }
        assertTrue(several > 500, "rounds with several runs: " + several);
    }

    @Test
    void aLostHeaderLosesAll() {
        PacketModel model = new PacketModel();
        model.tcp = true;
        model.payload = new byte[1000];
        byte[] record = model.whole();
        assertEquals(0, salvage(record, new int[] {63, 64}, 0).records.size());
        assertEquals(0, salvage(record, new int[] {0, 20, 500, 600}, 0).records.size());
        assertEquals(1, salvage(record, new int[] {64, 65}, 9).records.size());
        assertEquals(0, salvage(record, new int[] {64, record.length}, 0).records.size());
    }

    @Test
    void runsLieInPlaceInTheRecord() {
        PacketModel model = new PacketModel();
        model.gsoSize = 100;
        model.payload = new byte[1000];
        Slab.Recorder out = salvage(model.whole(), new int[] {10 + 42 + 300, 10 + 42 + 301}, 9);
        assertEquals(List.of(Slab.AT, Slab.AT + 400), out.offsets);
    }

    @Test
    void otherRecordsPassOnlyWhole() {
        PacketModel model = new PacketModel();
        model.payload = new byte[90];
        assertEquals(0, salvage(model.whole(), new int[] {100, 101}, 0).records.size());
        assertEquals(Slab.hex(List.of(model.whole())), Slab.hex(salvage(model.whole(), new int[0], 1).records));
        model.tcp = true;
        model.payload = new byte[900];
        byte[] lying = model.whole();
        lying[1] = 5;
        assertEquals(0, salvage(lying, new int[] {200, 201}, 0).records.size());
    }
}
