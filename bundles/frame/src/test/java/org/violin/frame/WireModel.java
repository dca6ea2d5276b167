// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/** Records cut into datagrams, and a naive memory of where in the stream each byte went: the twin of slicer and reassembler. */
final class WireModel implements Slicer.Outlet {
    static final int MIN = 24;
    static final int MAX = 66_048;

    /** One record, its bytes [begin, end) of the stream with length and VNI in front, and its repair's if it has one. */
    record Sent(PacketModel model, byte[] bytes, long begin, long end, long repairEnd) {
        boolean isRepaired() {
            return repairEnd > end;
        }

        int headers() {
            return 10 + model.headerBytes();
        }

        /** Where the payload of segment i begins in the stream. */
        long segment(int i) {
            return Math.min(end, begin + Encapsulation.RECORD + headers() + (long) i * model.gsoSize);
        }
    }

    /** One datagram; its slice is [begin, end) of the stream. */
    record Datagram(byte[] bytes, long begin, long end) {}

    final List<Sent> records = new ArrayList<>();
    final List<Datagram> datagrams = new ArrayList<>();
    final Slicer slicer;
    private final int overhead;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(65_536);
    private final ByteBuffer slab = ByteBuffer.allocateDirect(MAX);
    /** Bytes of the payload of every packet; 0: any. */
    int payload;

    private boolean[] arrived;
    private long appended;

    WireModel(int datagramBytes, int overhead) {
        this.overhead = overhead;
        slicer = new Slicer(datagramBytes, 65_400, 64, overhead, Front.clear(0, 7, 1), 0, this);
    }

    @Override
    public ByteBuffer batch() {
        return buffer;
    }

    @Override
    public void filled(int length, int count) {
        for (int at = 0; at < length; at += slicer.datagramBytes()) {
            byte[] one = new byte[Math.min(slicer.datagramBytes(), length - at)];
            buffer.get(at, one);
            long begin = datagrams.isEmpty() ? 0 : datagrams.get(datagrams.size() - 1).end;
            datagrams.add(new Datagram(one, begin, begin + one.length - Encapsulation.HEADER - Encapsulation.FIRST - overhead));
        }
    }

    /** A frame that is no packet. */
    void frame(byte[] bytes) {
        add(null, bytes, false, false);
    }

    /** A packet or super-frame. @param alone the repair, if any, is in datagrams of its own, as behind a gathered record */
    void packet(PacketModel model, boolean repaired, boolean alone) {
        add(model, model.whole(), repaired, alone);
    }

    private void add(PacketModel model, byte[] bytes, boolean repaired, boolean alone) {
        int vni = records.size() & Encapsulation.MAX_VNI;
        slab.put(0, bytes);
        if (alone) slicer.finish();
        slicer.append(vni, slab, 0, bytes.length);
        if (alone) slicer.finish();
        long begin = appended;
        long end = appended += Encapsulation.RECORD + bytes.length;
        int headers = repaired ? SuperFrame.headers(slab, 0, bytes.length) : 0;
        if (headers > 0 && headers <= Encapsulation.MAX_REPAIR - Encapsulation.REPAIR_LENGTH) {
            slicer.repair(vni, slab, 0, bytes.length, headers);
            appended += Encapsulation.RECORD + Encapsulation.REPAIR_LENGTH + headers;
        }
        records.add(new Sent(model, bytes, begin, end, appended));
    }

    /** One of everything that crosses a tunnel. */
    void random(Random random, boolean lossy) {
        int kind = random.nextInt(10);
        if (kind < 4) {
            byte[] noise = new byte[kind == 0 ? 9024 : MIN + random.nextInt(1500)];
            random.nextBytes(noise);
            java.util.Arrays.fill(noise, 0, 10, (byte) 0);
            frame(noise);
        } else {
            PacketModel model = PacketModel.random(random, Math.min(60_000, 40 * (slicer.datagramBytes() - 40)), 1448);
            if (payload > 0) random.nextBytes(model.payload = new byte[Math.min(payload, 40 * (slicer.datagramBytes() - 40))]);
            model.gsoSize = Math.max(model.gsoSize, 100 + random.nextInt(400));
            packet(model, lossy, random.nextBoolean());
        }
        if (random.nextInt(3) == 0) slicer.finish();
        if (random.nextInt(40) == 0) slicer.keepalive();
    }

    /** Which sequence numbers are handed on, in order, when they come in this order; -1 stands for giving up what is waited for. */
    static List<Integer> order(List<Integer> arrivals, int window) {
        List<Integer> out = new ArrayList<>();
        TreeSet<Integer> held = new TreeSet<>();
        int next = 0;
        for (int sequence : arrivals) {
            if (sequence < 0 && !held.isEmpty()) next = held.first();
            if (sequence - next > window) {
                int to = sequence - next > 2 * window ? sequence : sequence - window;
                out.addAll(held.headSet(to));
                held.headSet(to).clear();
                next = to;
            }
            if (sequence >= next) held.add(sequence);
            while (held.remove(next)) out.add(next++);
        }
        out.addAll(held);
        return out;
    }

    void arrived(List<Integer> sequences) {
        arrived = new boolean[datagrams.size()];
        for (int sequence : sequences) arrived[sequence] = true;
    }

    /** All bytes [from, to) of the stream arrived. */
    boolean has(long from, long to) {
        return lastLoss(from, to) < 0;
    }

    /** The end of the last lost slice with bytes in [from, to); -1: nothing of it was lost. */
    long lastLoss(long from, long to) {
        long last = -1;
        for (int i = at(from); i < datagrams.size() && datagrams.get(i).begin < to; i++) {
            if (!arrived[i] && datagrams.get(i).end > from) last = datagrams.get(i).end;
        }
        return last;
    }

    private int at(long position) {
        int low = 0;
        int high = datagrams.size();
        while (low < high) {
            int middle = low + high >>> 1;
            if (datagrams.get(middle).end > position) high = middle;
            else low = middle + 1;
        }
        return low;
    }
}
