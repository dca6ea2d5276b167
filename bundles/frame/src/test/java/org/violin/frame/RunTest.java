// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Datagrams taken as runs mean the same as one by one, whatever was lost between the runs. */
final class RunTest {
    private static final int SIZE = 300;
    private static final int SLICE = SIZE - Encapsulation.HEADER - Encapsulation.FIRST;

    private record Datagram(long counter, int first, byte[] slice) {}

    private final List<Datagram> sent = new ArrayList<>();
    private final ByteBuffer batch = ByteBuffer.allocateDirect(65_536);

    private final Slicer slicer = new Slicer(SIZE, 65_400, 64, 0, Front.clear(0, 7, 1), 0, new Slicer.Outlet() {
        @Override
        public ByteBuffer batch() {
            return batch;
        }

        @Override
        public void filled(int length, int datagrams) {
            for (int at = 0; at < length; at += SIZE) {
                byte[] slice = new byte[Math.min(SIZE, length - at) - Encapsulation.HEADER - Encapsulation.FIRST];
                batch.get(at + Encapsulation.HEADER + Encapsulation.FIRST, slice);
                sent.add(new Datagram(Encapsulation.counter(batch, at), batch.getShort(at + Encapsulation.HEADER) & 0xFFFF, slice));
            }
        }
    });

    private static Reassembler receiver(List<String> into) {
        return new Reassembler(8, 9000, 24, 66_048, false, Long.MAX_VALUE, (vni, slab, offset, length) -> {
            byte[] bytes = new byte[length];
            slab.get(offset, bytes);
            into.add(vni + " " + Arrays.hashCode(bytes));
        });
    }

    @Test
    void runsAndSingleDatagramsGiveTheSameRecordsAndCounters() {
        for (long seed = 1; seed <= 300; seed++) compare(seed);
    }

    private void compare(long seed) {
        Random random = new Random(seed);
        sent.clear();
        ByteBuffer record = ByteBuffer.allocateDirect(20_000);
        for (int i = 0; i < 40; i++) {
            int length = 24 + random.nextInt(random.nextInt(4) == 0 ? 15_000 : 800);
            for (int at = 0; at < length; at++) record.put(at, (byte) random.nextInt());
            record.putShort(0, (short) 0); // no super-frame, so nothing is salvaged in parts
            slicer.append(i, record, 0, length);
            if (random.nextInt(3) == 0) slicer.finish();
        }
        slicer.finish();
        List<String> one = new ArrayList<>();
        List<String> many = new ArrayList<>();
        Reassembler single = receiver(one);
        Reassembler runs = receiver(many);
        ByteBuffer slab = ByteBuffer.allocateDirect(64 * SLICE);
        int at = 0;
        while (at < sent.size()) {
            if (random.nextInt(6) == 0) {
                at += 1 + random.nextInt(12);
                continue;
            }
            int count = 1;
            while (at + count < sent.size() && count < 50 && sent.get(at + count).first == Encapsulation.NONE
                    && sent.get(at + count - 1).slice.length == SLICE && random.nextInt(20) > 0) count++;
            int used = 0;
            for (int i = 0; i < count; i++) {
                Datagram datagram = sent.get(at + i);
                slab.put(used, datagram.slice);
                used += datagram.slice.length;
            }
            Datagram head = sent.get(at);
            runs.run(7, head.counter, count, head.first, slab, 0, Math.min(SLICE, used), used, at);
            runs.detach();
            for (int i = 0; i < count; i++) {
                Datagram datagram = sent.get(at + i);
                single.accept(7, datagram.counter, datagram.first, ByteBuffer.wrap(datagram.slice), 0, datagram.slice.length, at);
                single.detach();
            }
            at += count;
            assertEquals(single.next(), runs.next(), "seed " + seed);
            assertEquals(single.accepted(), runs.accepted(), "seed " + seed);
        }
        single.expire(1_000_000, 0);
        runs.expire(1_000_000, 0);
        assertEquals(one, many, "seed " + seed);
        assertEquals(List.of(single.gap(), single.torn(), single.malformed()), List.of(runs.gap(), runs.torn(), runs.malformed()));
        assertTrue(one.size() > 3, "some arrive, seed " + seed);
    }
}
