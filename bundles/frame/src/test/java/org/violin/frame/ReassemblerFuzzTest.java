// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Mutated datagrams, each slice in a buffer of its own length or end to end with others: nothing throws or is read beyond it, memory and
 * counters stay bounded, and the path works afterwards. {@code -Dviolin.fuzz=N} gives N datagrams instead of a million.
 */
final class ReassemblerFuzzTest {
    private static final int ROUNDS = Integer.getInteger("violin.fuzz", 1_000_000);
    private static final int WINDOW = 16;
    private static final int MAX_SLICE = 2000;

    private final List<byte[]> records = new ArrayList<>();
    private long emitted;
    private boolean keeps;
    private final Reassembler victim = new Reassembler(WINDOW, MAX_SLICE, 24, 66_048, false, 500, this::record);

    private void record(int vni, ByteBuffer slab, int offset, int length) {
        assertTrue(length >= 24 && length <= 66_048 && offset >= 0 && offset + length <= slab.capacity(), "length " + length);
        emitted++;
        if (keeps) records.add(Slab.copy(slab, offset, length));
    }

    private static WireModel traffic(Random random, int count) {
        WireModel model = new WireModel(180 + random.nextInt(100), 0);
        for (int i = 0; i < count; i++) {
            PacketModel packet = PacketModel.random(random, 1500, 300);
            packet.gsoSize = Math.max(50, packet.gsoSize);
            model.packet(packet, random.nextInt(3) > 0, random.nextBoolean());
            if (random.nextInt(20) == 0) model.slicer.resize(120 + random.nextInt(300));
        }
        model.slicer.finish();
        return model;
    }

    private static void mutate(Random random, ByteBuffer datagram, int length) {
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = random.nextInt(2) == 0
                    ? 16 + random.nextInt(Math.min(30, length - 16))
                    : random.nextInt(40) == 0 ? random.nextInt(16) : 16 + random.nextInt(length - 16);
            datagram.put(at, (byte) (random.nextBoolean() ? random.nextInt() : datagram.get(at) ^ 1 << random.nextInt(8)));
        }
    }

    private static long directBytes() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct")).mapToLong(BufferPoolMXBean::getMemoryUsed).sum();
    }

    @Test
    void nothingThrowsAndThePathWorksAfterwards() {
        long seed = 20_261_123;
        System.out.println("seed " + seed + ", datagrams " + ROUNDS);
        Random random = new Random(seed);
        ByteBuffer slab = ByteBuffer.allocateDirect(1 << 16);
        ByteBuffer alone = ByteBuffer.allocateDirect(9000);
        WireModel traffic = traffic(random, 3000);
        int sent = 0;
        int position = 0;
        long before = directBytes();
        for (int round = 0; round < ROUNDS; round++, sent++) {
            byte[] bytes = traffic.datagrams.get(sent % traffic.datagrams.size()).bytes();
            int length = bytes.length;
            if (random.nextInt(10) == 0) sent += random.nextInt(4) - 1;
            if (random.nextInt(200) == 0) sent += random.nextInt(50);
            alone.put(0, bytes);
            if (random.nextInt(5) == 0) mutate(random, alone, length);
            if (random.nextInt(50) == 0) length = 18 + random.nextInt(length - 17);
            if (random.nextInt(5000) == 0) length = 18 + random.nextInt(8900);
            long counter = alone.getLong(8);
            int from = random.nextInt(500) == 0 ? random.nextInt() : alone.getInt(4) + sent / traffic.datagrams.size();
            int first = alone.getShort(16) & 0xFFFF;
            boolean own = random.nextInt(3) == 0;
            if (position + length > slab.capacity()) {
                victim.detach();
                position = 0;
            }
            ByteBuffer to = own ? alone.slice(18, length - 18) : slab;
            int at = own ? 0 : position;
            if (!own) to.put(at, alone, 18, length - 18);
            victim.accept(from, counter, first, to, at, length - 18, round);
            if (own || random.nextInt(20) == 0) victim.detach();
            if (!own) position += length - 18;
            if (random.nextInt(30) == 0) victim.expire(round, 5);
            if (random.nextInt(20_000) == 0) victim.forget();
        }
        long grown = directBytes() - before;
        assertTrue(grown < (WINDOW + 1) * 2048 + 5 * 66_100, "memory taken: " + grown);
        long drops = victim.duplicate() + victim.late() + victim.stale() + victim.oversize();
        assertTrue(drops + victim.accepted() == ROUNDS, "each datagram is accepted or counted once");
        assertTrue(victim.malformed() > ROUNDS / 1000 && victim.malformed() <= 2L * ROUNDS, "malformed " + victim.malformed());
        assertTrue(victim.torn() > 0 && victim.salvaged() > ROUNDS / 1000 && victim.salvaged() <= emitted * 1400, "salvaged " + victim.salvaged());
        assertTrue(emitted > ROUNDS / 30, "records " + emitted);
        works(random);
    }

    private void works(Random random) {
        keeps = true;
        WireModel traffic = traffic(random, 200);
        for (WireModel.Datagram datagram : traffic.datagrams) {
            ByteBuffer slab = ByteBuffer.wrap(datagram.bytes());
            victim.accept(0x7777_7777, slab.getLong(8), slab.getShort(16) & 0xFFFF, slab, 18, datagram.bytes().length - 18, Long.MAX_VALUE / 2);
            victim.detach();
        }
        assertEquals(200, records.size());
        for (int i = 0; i < 200; i++) assertArrayEquals(traffic.records.get(i).bytes(), records.get(i));
    }
}
