// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.violin.api.dataplane.FrameCipher;
import org.violin.api.dataplane.FrameSink;
import org.violin.api.dataplane.Peer;
import org.violin.frame.Encapsulation;
import org.violin.frame.Slicer;
import org.violin.testkit.tunnel.Records;
import org.violin.testkit.tunnel.TagCipher;

/**
 * Mutated data and control datagrams by both ways into a path, in buffers of just their length: nothing throws, memory stays bounded,
 * every datagram is counted, and the path carries records and answers probes afterwards. {@code -Dviolin.fuzz=N}: so many for each way.
 */
final class PeerPathFuzzTest implements FrameSink {
    private static final int ROUNDS = Integer.getInteger("violin.fuzz", 500_000);
    private static final InetSocketAddress A = new InetSocketAddress(InetAddress.getLoopbackAddress(), 4000);
    private static final UdpOptions OPTIONS = new UdpOptions("native", "auto", "auto", 20, 10, 1 << 20, 1 << 20, 64, 5, 5000);

    private final PathCounters counters = new PathCounters();
    private final ByteBuffer slab = ByteBuffer.allocateDirect(Records.SLAB);
    private final ByteBuffer batch = ByteBuffer.allocateDirect(65_536);
    private final List<Integer> serials = new ArrayList<>();
    private int answers;
    private boolean authentic;
    private boolean checks;
    private boolean whole;
    private long epoch;
    private Lane lane;
    private final Source source = new Source();

    @Override
    public void received(String peer, int vni, ByteBuffer from, int offset, int length) {
        assertTrue(length >= 24 && length <= 66_048 && offset >= 0 && offset + length <= from.capacity());
        if (authentic) assertEquals(7, vni);
        if (checks || authentic) serials.add(Records.serial(from, offset, length));
    }

    @Override
    public void drained() {}

    @Override
    public void peerState(String peer, boolean up) {}

    private void written(Batch batch) {
        int head = lane.front().bytes();
        if (batch.control && !lane.isClear()) lane.cipher().open(batch.slab, 0, head, batch.length - head, Encapsulation.sealedCounter(batch.slab, 0));
        if (batch.control && ControlMessage.kind(batch.slab, head) == ControlMessage.ANSWER) answers++;
        batch.written = batch.datagrams;
        batch.owner.done(batch);
    }

    private List<byte[]> traffic(Random random, int incarnation, int stream, int records) {
        List<byte[]> datagrams = new ArrayList<>();
        Lane here = like(incarnation, stream);
        Slicer slicer = new Slicer(300, 60_000, 64, here.overhead(), here.front(), 0, new Slicer.Outlet() {
            @Override
            public ByteBuffer batch() {
                return batch;
            }

            @Override
            public void filled(int length, int count) {
                for (int at = 0; at < length; at += 300) datagrams.add(sealed(here, batch, at, Math.min(300, length - at)));
            }
        });
        for (int serial = 0; serial < records; serial++) {
            int length = 24 + random.nextInt(1200);
            Records.write(slab, 0, length, serial);
            slicer.append(7, slab, 0, length);
            if (random.nextInt(4) == 0) slicer.repair(7, slab, 0, length, 20);
            if (random.nextInt(3) == 0) slicer.keepalive();
            if (random.nextInt(8) == 0) datagrams.add(control(random, here, serial));
        }
        slicer.finish();
        return datagrams;
    }

    private Lane like(int incarnation, int stream) {
        if (lane.isClear()) return Lane.clear(0, incarnation, stream);
        epoch = (long) incarnation << 16 | stream;
        return Lane.sealed(lane.cipher(), lane.overhead(), epoch);
    }

    private static byte[] control(Random random, Lane lane, int sequence) {
        ByteBuffer one = ByteBuffer.allocate(1300);
        int head = lane.front().bytes();
        int length = head + ControlMessage.BYTES + lane.overhead() + random.nextInt(1200);
        lane.front().writeControl(one, 0, sequence);
        ControlMessage.write(one, head, 1 + random.nextInt(2), length, random.nextLong());
        ControlMessage.writeReport(one, head, random.nextInt(3), random.nextInt(), random.nextLong() >>> random.nextInt(64), 0);
        return sealed(lane, one, 0, length);
    }

    private static byte[] sealed(Lane lane, ByteBuffer slab, int at, int length) {
        int head = lane.front().bytes();
        if (!lane.isClear()) lane.cipher().seal(slab, at, at + head, length - head - lane.overhead(), Encapsulation.sealedCounter(slab, at));
        byte[] bytes = new byte[length];
        slab.get(at, bytes);
        return bytes;
    }

    private final class Epochs implements FrameCipher {
        private final TagCipher cipher = new TagCipher();

        @Override
        public boolean ready() {
            return true;
        }

        @Override
        public int seal(ByteBuffer slab, int header, int offset, int length, long counter) {
            return cipher.seal(slab, header, offset, length, counter);
        }

        @Override
        public int open(ByteBuffer slab, int header, int offset, int length, long counter) {
            return cipher.open(slab, header, offset, length, counter);
        }

        @Override
        public long epoch() {
            return epoch;
        }
    }

    private void give(PeerPath path, byte[] bytes, int length, long now) {
        ByteBuffer one = ByteBuffer.allocate(length).put(0, bytes, 0, length);
        int type = Encapsulation.type(one, 0, length);
        boolean sealed = type == Encapsulation.SEALED || type == Encapsulation.SEALED_CONTROL;
        if (sealed && !lane.isClear()) path.sealed(source, one, 0, length, now);
        else if (whole && type == Encapsulation.CLEAR) path.datagram(one, 0, one, 18, length - 18, now);
        else if (whole || !lane.isClear()) path.bad(type);
        else path.datagram(one.slice(0, Math.min(18, length)), 0, one.slice(Math.min(18, length), Math.max(0, length - 18)), 0, length - 18, now);
        path.detach();
    }

    private static long directBytes() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct")).mapToLong(BufferPoolMXBean::getMemoryUsed).sum();
    }

    private static int mutate(Random random, byte[] bytes) {
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = random.nextInt(3) > 0 ? random.nextInt(Math.min(40, bytes.length)) : random.nextInt(bytes.length);
            bytes[at] = (byte) (random.nextBoolean() ? random.nextInt() : bytes[at] ^ 1 << random.nextInt(8));
        }
        return random.nextInt(4) == 0 ? random.nextInt(bytes.length + 1) : bytes.length;
    }

    @ParameterizedTest
    @ValueSource(strings = {"clear", "linear", "sealed"})
    void nothingThrowsAndThePathWorksAfterwards(String way) {
        long seed = 56;
        System.out.println("seed " + seed + ", " + way);
        Random random = new Random(seed);
        authentic = way.equals("sealed");
        whole = way.equals("linear");
        lane = authentic ? Lane.sealed(new Epochs(), TagCipher.TAG, 1) : Lane.clear(0, 0, 1);
        source.set(A);
        Outward common = new Outward(new BatchPool(0), 0, this, new AtomicLong());
        Outbound outbound = new Outbound(common, this::written, counters, A, 1472, lane);
        PeerPath path = new PeerPath(new Peer("a", "x", A, 1), OPTIONS, 1500, this, counters, outbound);
        long before = directBytes();
        long now = 0;
        for (int round = 0, turn = 0; round < ROUNDS; turn++) {
            for (byte[] bytes : traffic(random, turn / 5, 1 + turn % 5, 300)) {
                if (round++ == ROUNDS) break;
                int length = random.nextInt(6) == 0 ? mutate(random, bytes) : bytes.length;
                give(path, bytes, length, now);
                now += random.nextInt(200_000);
                if (random.nextInt(20) == 0) path.expire(now);
                if (random.nextInt(20) == 0) path.tick(now);
            }
        }
        assertTrue(directBytes() - before < 2 << 20, "memory taken: " + (directBytes() - before));
        assertTrue(serials.stream().allMatch(serial -> serial >= 0), "damaged");
        assertTrue(counters.framesIn.get() > ROUNDS / 40, "records " + counters.framesIn.get());
        for (long drop : path.status("udp").drops().values()) assertTrue(drop > 0);
        works(path, random, now);
    }

    private void works(PeerPath path, Random random, long now) {
        path.down();
        serials.clear();
        checks = true;
        for (byte[] bytes : traffic(random, 0x7777_7777, 9, 200)) give(path, bytes, bytes.length, now);
        for (int i = 0; i < 200; i++) assertEquals(i, serials.get(i));
        assertEquals(200, serials.size());
        int told = answers;
        for (int i = 0; i < 40; i++) {
            byte[] probe = control(random, like(0x7777_7777, 9), 1000 + i);
            give(path, probe, probe.length, now);
        }
        assertTrue(answers > told + 5, "probes are answered");
    }
}
