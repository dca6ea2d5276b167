// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A reassembler that is replaced again and again, by one that goes on where it stood, does what one does that stays. */
final class ReassemblerHandOverTest {
    private static Reassembler fresh(List<byte[]> to) {
        return new Reassembler(8, 9000, WireModel.MIN, WireModel.MAX, true, Long.MAX_VALUE,
                (vni, slab, offset, length) -> to.add(Slab.copy(slab, offset, length)));
    }

    private static void give(Reassembler to, byte[] datagram) {
        ByteBuffer head = ByteBuffer.wrap(datagram);
        to.accept(1L << 40, Encapsulation.counter(head, 0), head.getShort(16) & 0xFFFF, head, 18, datagram.length - 18, 0);
        to.detach();
    }

    private static Reassembler replace(Reassembler last, List<byte[]> to) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        last.save(new DataOutputStream(bytes));
        Reassembler next = fresh(to);
        next.load(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
        return next;
    }

    private static List<Long> counts(Reassembler of) {
        return List.of(of.accepted(), of.next(), of.duplicate(), of.late(), of.gap(), of.torn(), of.malformed(), of.salvaged(), of.sender());
    }

    @Test
    void nothingChanges() throws IOException {
        for (long seed = 91; seed < 103; seed++) {
            Random random = new Random(seed);
            WireModel model = new WireModel(200 + random.nextInt(300), 0);
            for (int i = 0; i < 300; i++) model.random(random, false);
            model.slicer.finish();
            List<byte[]> stayed = new ArrayList<>();
            List<byte[]> went = new ArrayList<>();
            Reassembler stays = fresh(stayed);
            Reassembler goes = fresh(went);
            List<byte[]> late = new ArrayList<>();
            for (WireModel.Datagram datagram : model.datagrams) {
                int fate = random.nextInt(seed < 97 ? 12 : 60);
                if (fate == 0) continue;
                if (fate == 1) late.add(datagram.bytes());
                for (byte[] one : fate == 1 ? List.<byte[]>of() : fate == 2 ? List.of(datagram.bytes(), datagram.bytes()) : List.of(datagram.bytes())) {
                    give(stays, one);
                    give(goes, one);
                }
                if (!late.isEmpty() && random.nextInt(4) == 0) {
                    byte[] one = late.remove(0);
                    give(stays, one);
                    give(goes, one);
                }
                if (random.nextInt(30) == 0) {
                    stays.expire(1, 0);
                    goes.expire(1, 0);
                }
                if (random.nextInt(6) == 0) goes = replace(goes, went);
                assertEquals(counts(stays), counts(goes), "seed " + seed);
                assertEquals(stays.waiting(), goes.waiting());
            }
            assertEquals(stayed.size(), went.size(), "seed " + seed);
            for (int i = 0; i < stayed.size(); i++) assertArrayEquals(stayed.get(i), went.get(i), "seed " + seed + ", record " + i);
            assertTrue(stayed.size() > 30 && stays.gap() > 0, "records " + stayed.size());
        }
    }

    @Test
    void whatMakesNoSenseIsRefused() throws IOException {
        long seed = 92;
        Random random = new Random(seed);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        fresh(new ArrayList<>()).save(new DataOutputStream(bytes));
        for (int length = 0; length < bytes.size(); length++) {
            byte[] some = java.util.Arrays.copyOf(bytes.toByteArray(), length);
            assertThrows(IOException.class, () -> fresh(new ArrayList<>()).load(new DataInputStream(new ByteArrayInputStream(some))), "cut at " + some.length);
        }
        for (int i = 0; i < 20_000; i++) {
            byte[] wrong = bytes.toByteArray();
            for (int n = random.nextInt(4); n >= 0; n--) wrong[random.nextInt(wrong.length)] = (byte) random.nextInt();
            Reassembler victim = fresh(new ArrayList<>());
            try {
                victim.load(new DataInputStream(new ByteArrayInputStream(wrong)));
            } catch (IOException e) {
                continue;
            }
            give(victim, new byte[64]);
        }
    }
}
