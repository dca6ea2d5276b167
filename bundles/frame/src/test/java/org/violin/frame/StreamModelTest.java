// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Slicer and reassembler against a naive model: which records touch no lost datagram. */
final class StreamModelTest {
    private static final int MIN = 24;
    private static final int MAX = 66_048;

    /** One sent datagram and the serial numbers of the records with a byte in it. */
    private record Datagram(byte[] bytes, Set<Integer> touched) {}

    private static final class Recorder implements Slicer.Outlet {
        final ByteBuffer buffer = ByteBuffer.allocateDirect(65_536);
        final List<byte[]> datagrams = new ArrayList<>();
        final int datagramBytes;

        Recorder(int datagramBytes) {
            this.datagramBytes = datagramBytes;
        }

        @Override
        public ByteBuffer batch() {
            return buffer;
        }

        @Override
        public void filled(int length, int count) {
            int seen = 0;
            for (int at = 0; at < length; at += datagramBytes, seen++) {
                byte[] one = new byte[Math.min(datagramBytes, length - at)];
                buffer.get(at, one);
                datagrams.add(one);
            }
            assertEquals(count, seen, "datagrams announced");
        }
    }

    private static ByteBuffer record(int serial, int size) {
        ByteBuffer record = ByteBuffer.allocate(size);
        for (int i = 0; i < size; i++) record.put(i, (byte) (serial * 31 + i * 7));
        return record.putInt(0, serial).putInt(4, size);
    }

    private static int serialOf(ByteBuffer slab, int offset, int length) {
        int serial = slab.getInt(offset);
        ByteBuffer expected = record(serial, length);
        assertEquals(expected, slab.slice(offset, length), "record " + serial);
        return serial;
    }

    private static List<Datagram> send(Random random, int records, int datagramBytes, int overhead, int largest) {
        Recorder recorder = new Recorder(datagramBytes);
        Slicer slicer = new Slicer(datagramBytes, 65_400, 64, overhead, Front.clear(0, 7, 1), 0, recorder);
        long[] begin = new long[records + 1];
        List<long[]> ranges = new ArrayList<>();
        for (int serial = 0; serial < records; serial++) {
            int size = MIN + (int) ((largest - MIN) * Math.pow(random.nextDouble(), 4));
            slicer.append(serial & Encapsulation.MAX_VNI, record(serial, size), 0, size);
            begin[serial + 1] = begin[serial] + Encapsulation.RECORD + size;
            if (random.nextInt(4) == 0) slicer.finish();
            if (random.nextInt(50) == 0) slicer.keepalive();
        }
        slicer.finish();
        List<Datagram> datagrams = new ArrayList<>();
        long at = 0;
        int serial = 0;
        for (byte[] bytes : recorder.datagrams) {
            long end = at + bytes.length - Encapsulation.HEADER - Encapsulation.FIRST - overhead;
            while (serial < records && begin[serial + 1] <= at) serial++;
            Set<Integer> touched = new HashSet<>();
            for (int s = serial; s < records && begin[s] < end; s++) touched.add(s);
            datagrams.add(new Datagram(bytes, touched));
            at = end;
        }
        assertEquals(begin[records], at, "stream bytes");
        return datagrams;
    }

    private static void give(Reassembler reassembler, Datagram datagram, int overhead, long now) {
        ByteBuffer slab = ByteBuffer.wrap(datagram.bytes);
        assertEquals(Encapsulation.CLEAR, Encapsulation.type(slab, 0, datagram.bytes.length));
        Payloads.accept(reassembler, Encapsulation.incarnation(slab, 0), Encapsulation.counter(slab, 0), slab, Encapsulation.HEADER,
                datagram.bytes.length - Encapsulation.HEADER - overhead, now);
    }

    @Test
    void everySizeCrossesEveryDatagramSizeUnchanged() {
        for (int datagramBytes : new int[] {1232, 1472, 8972}) {
            Recorder recorder = new Recorder(datagramBytes);
            List<Integer> arrived = new ArrayList<>();
            Reassembler reassembler = new Reassembler(8, 9000, MIN, MAX, false, Long.MAX_VALUE, (vni, slab, offset, length) -> {
                assertEquals(length, vni);
                arrived.add(serialOf(slab, offset, length));
            });
            Slicer slicer = new Slicer(datagramBytes, 65_400, 64, 0, Front.clear(0, 7, 1), 0, recorder);
            int count = 0;
            for (int size = MIN; size <= MAX; size += size < 3000 ? 1 : size > MAX - 8 ? 1 : 97) {
                slicer.append(size, record(count, size), 0, size);
                if (count++ % 3 == 0) slicer.finish();
            }
            slicer.finish();
            for (byte[] bytes : recorder.datagrams) give(reassembler, new Datagram(bytes, Set.of()), 0, 0);
            assertEquals(count, arrived.size());
            for (int i = 0; i < count; i++) assertEquals(i, arrived.get(i));
        }
    }

    @Test
    void withLossExactlyTheUntouchedRecordsArriveInOrder() {
        for (int seed = 1; seed <= 60; seed++) {
            Random random = new Random(seed);
            int overhead = random.nextBoolean() ? 0 : 16;
            List<Datagram> sent = send(random, 400, 200 + random.nextInt(1400), overhead, 6000);
            double rate = new double[] {0, 0.01, 0.1, 0.5}[seed % 4];
            Set<Integer> lost = new HashSet<>();
            List<Integer> arrived = new ArrayList<>();
            Reassembler reassembler =
                    new Reassembler(0, 9000, MIN, MAX, false, Long.MAX_VALUE, (vni, slab, offset, length) -> arrived.add(serialOf(slab, offset, length)));
            for (Datagram datagram : sent) {
                if (random.nextDouble() < rate) lost.addAll(datagram.touched);
                else give(reassembler, datagram, overhead, 0);
            }
            List<Integer> expected = new ArrayList<>();
            for (int serial = 0; serial < 400; serial++) if (!lost.contains(serial)) expected.add(serial);
            assertEquals(expected, arrived, "seed " + seed);
            assertEquals(0, reassembler.malformed(), "seed " + seed);
        }
    }

    @Test
    void reorderingAndDoublesWithinTheWindowLoseNothing() {
        for (int seed = 1; seed <= 60; seed++) {
            Random random = new Random(seed);
            List<Datagram> sent = send(random, 300, 300, 0, 2000);
            List<Integer> arrived = new ArrayList<>();
            Reassembler reassembler =
                    new Reassembler(16, 9000, MIN, MAX, false, Long.MAX_VALUE, (vni, slab, offset, length) -> arrived.add(serialOf(slab, offset, length)));
            int doubles = 0;
            for (int at = 0; at < sent.size(); at += 12) {
                List<Datagram> block = new ArrayList<>(sent.subList(at, Math.min(sent.size(), at + 12)));
                if (random.nextInt(3) == 0) {
                    block.add(block.get(0));
                    doubles++;
                }
                java.util.Collections.shuffle(block, random);
                for (Datagram datagram : block) give(reassembler, datagram, 0, 0);
            }
            assertEquals(300, arrived.size(), "seed " + seed);
            for (int i = 0; i < 300; i++) assertEquals(i, arrived.get(i), "seed " + seed);
            assertEquals(doubles, reassembler.duplicate(), "seed " + seed);
            assertEquals(0, reassembler.gap(), "seed " + seed);
        }
    }

    @Test
    void underEveryFaultAtOnceRecordsStayWholeOrderedAndSingle() {
        for (int seed = 1; seed <= 100; seed++) {
            Random random = new Random(seed);
            List<Datagram> sent = send(random, 300, 300, 0, 4000);
            List<Integer> arrived = new ArrayList<>();
            Reassembler reassembler = new Reassembler(
                    4 + random.nextInt(61), 9000, MIN, MAX, false, Long.MAX_VALUE, (vni, slab, offset, length) -> arrived.add(serialOf(slab, offset, length)));
            TreeMap<Double, Datagram> network = new TreeMap<>();
            for (int i = 0; i < sent.size(); i++) {
                if (random.nextInt(20) == 0) continue;
                network.put(i + 3 * random.nextDouble(), sent.get(i));
                if (random.nextInt(20) == 0) network.put(i + 90 * random.nextDouble(), sent.get(i));
            }
            long now = 0;
            for (Datagram datagram : network.values()) {
                give(reassembler, datagram, 0, now);
                now += random.nextInt(3);
                reassembler.expire(now, 20);
            }
            reassembler.expire(Long.MAX_VALUE, 0);
            for (int i = 1; i < arrived.size(); i++) assertTrue(arrived.get(i) > arrived.get(i - 1), "seed " + seed);
            assertEquals(0, reassembler.malformed(), "seed " + seed);
            assertTrue(arrived.size() > 60, "seed " + seed + ": " + arrived.size());
        }
    }
}
