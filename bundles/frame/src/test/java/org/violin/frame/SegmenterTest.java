// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class SegmenterTest {
    private final Segmenter segmenter = new Segmenter();

    private List<byte[]> finish(byte[] record, boolean segment) {
        ByteBuffer slab = Slab.of(record);
        Slab.Recorder out = new Slab.Recorder();
        assertEquals(segmenter.finish(slab, Slab.AT, record.length, segment, out), out.records.size());
        assertArrayEquals(record, Slab.copy(slab, Slab.AT, record.length), "source changed");
        Slab.assertGuards(slab);
        return out.records;
    }

    @Test
    void cutsAsTheNaiveModelDoes() {
        long seed = 2;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 3000; round++) {
            PacketModel model = PacketModel.random(random, round % 50 == 0 ? 60_000 : 3000, 1500);
            List<byte[]> expected = new ArrayList<>();
            for (int i = 0; i < model.segments(); i++) expected.add(model.plain(i));
            assertEquals(Slab.hex(expected), Slab.hex(finish(model.whole(), true)), "round " + round);
        }
    }

    @Test
    void everyChecksumOfASegmentIsRight() {
        PacketModel model = new PacketModel();
        model.tcp = true;
        model.payload = new byte[1001];
        new Random(3).nextBytes(model.payload);
        for (byte[] frame : finish(model.whole(), true)) {
            ByteBuffer slab = ByteBuffer.wrap(frame);
            assertEquals(0, Checksum.of(slab, 24, 20), "IPv4 header");
            int l4Bytes = frame.length - 44;
            int sum = Checksum.add(Checksum.pseudoHeader(slab, 36, 4, 6, l4Bytes), slab, 44, l4Bytes);
            assertEquals(0xffff, sum, "TCP");
        }
    }

    @Test
    void aPlainFramePassesUncopied() {
        PacketModel model = new PacketModel();
        model.payload = new byte[10];
        byte[] record = model.plain(0);
        ByteBuffer slab = Slab.of(record);
        List<ByteBuffer> seen = new ArrayList<>();
        assertEquals(1, segmenter.finish(slab, Slab.AT, record.length, true, (s, offset, length) -> {
            seen.add(s);
            assertEquals(Slab.AT, offset);
            assertEquals(record.length, length);
        }));
        assertEquals(true, seen.get(0) == slab);
    }

    @Test
    void aSuperFramePassesAPortThatTakesIt() {
        PacketModel model = new PacketModel();
        model.payload = new byte[250];
        assertEquals(Slab.hex(List.of(model.whole())), Slab.hex(finish(model.whole(), false)));
    }

    @Test
    void withoutNeedsChecksumTheFieldIsMadeAnew() {
        PacketModel model = new PacketModel();
        model.tcp = true;
        model.payload = new byte[250];
        byte[] record = model.whole();
        record[0] = 0;
        record[10 + 34 + 16] = 77;
        assertEquals(Slab.hex(List.of(model.plain(0), model.plain(1), model.plain(2))), Slab.hex(finish(record, true)));
    }

    @Test
    void paddingIsNotSummed() {
        PacketModel model = new PacketModel();
        model.payload = new byte[] {1, 2, 3};
        byte[] open = Arrays.copyOf(model.whole(), 70);
        byte[] expected = Arrays.copyOf(model.plain(0), 70);
        Arrays.fill(open, 55, 70, (byte) 9);
        Arrays.fill(expected, 55, 70, (byte) 9);
        assertEquals(Slab.hex(List.of(expected)), Slab.hex(finish(open, true)));
    }

    @Test
    void malformedRecordsAreDropped() {
        PacketModel model = new PacketModel();
        model.tcp = true;
        model.payload = new byte[250];
        byte[] record = model.whole();
        assertEquals(List.of(), finish(Arrays.copyOf(record, record.length - 1), true), "short");
        byte[] wrongType = record.clone();
        wrongType[1] = 3;
        assertEquals(List.of(), finish(wrongType, true), "type");
        assertEquals(List.of(), finish(new byte[20], true), "no frame");
        byte[] field = record.clone();
        field[1] = 0;
        field[6] = field[7] = (byte) 0xff;
        assertEquals(List.of(), finish(field, true), "csum_start");
        byte[] inEthernet = record.clone();
        inEthernet[1] = 0;
        inEthernet[6] = inEthernet[7] = 0;
        assertEquals(List.of(), finish(inEthernet, true), "csum_start 0");
    }
}
