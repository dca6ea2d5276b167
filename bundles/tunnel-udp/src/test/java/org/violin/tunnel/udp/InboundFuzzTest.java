// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.violin.api.dataplane.FrameCipher;
import org.violin.api.dataplane.FrameSink;
import org.violin.api.dataplane.Frames;
import org.violin.api.dataplane.Peer;
import org.violin.frame.Encapsulation;
import org.violin.frame.Slicer;
import org.violin.testkit.tunnel.RecordingSink;
import org.violin.testkit.tunnel.Records;
import org.violin.testkit.tunnel.TagCipher;

/** Any bytes from any address: nothing throws, what arrives is a legal record, and the path works afterwards. */
final class InboundFuzzTest {
    private static final InetSocketAddress A = new InetSocketAddress(InetAddress.getLoopbackAddress(), 4000);
    private static final InetSocketAddress STRANGER = new InetSocketAddress(InetAddress.getLoopbackAddress(), 4001);

    private static final UdpOptions QUICK = new UdpOptions("nio", "auto", "auto", 20, 10, 1 << 20, 1 << 20, 64, 5, 5000);

    private static final int INDEX = 0x1234_5678;

    /** What seals for the peer whose index that is; its epoch can be changed. */
    private static final class Indexed implements FrameCipher {
        private final TagCipher cipher = new TagCipher();
        private long epoch = 1;

        @Override
        public boolean ready() {
            return true;
        }

        @Override
        public int seal(ByteBuffer slab, int header, int offset, int length, long counter) {
            slab.putInt(header + 2, INDEX);
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

    private static Lane lane(Indexed cipher, int incarnation, int stream) {
        return cipher == null ? Lane.clear(5, incarnation, stream) : Lane.sealed(cipher, TagCipher.TAG, 1);
    }

    private static List<byte[]> valid(int incarnation, int stream, int records, Indexed cipher, Random random) {
        List<byte[]> datagrams = new ArrayList<>();
        ByteBuffer batch = ByteBuffer.allocateDirect(65_536);
        Lane lane = lane(cipher, incarnation, stream);
        if (cipher != null) cipher.epoch = (long) incarnation << 16 | stream;
        Slicer slicer = new Slicer(400, 65_400, 64, lane.overhead(), lane.front(), 0, new Slicer.Outlet() {
            @Override
            public ByteBuffer batch() {
                return batch;
            }

            @Override
            public void filled(int length, int count) {
                for (int at = 0; at < length; at += 400) {
                    int one = Math.min(400, length - at);
                    int head = lane.front().bytes();
                    int payload = one - head - lane.overhead();
                    if (cipher != null) cipher.seal(batch, at, at + head, payload, Encapsulation.sealedCounter(batch, at));
                    byte[] bytes = new byte[one];
                    batch.get(at, bytes);
                    datagrams.add(bytes);
                }
            }
        });
        ByteBuffer slab = ByteBuffer.allocate(3000);
        for (int serial = 0; serial < records; serial++) {
            int length = Frames.MIN_RECORD + random.nextInt(1200);
            Records.write(slab, 0, length, serial);
            slicer.append(7, slab, 0, length);
        }
        slicer.finish();
        return datagrams;
    }

    private static PeerPath path(Indexed cipher, FrameSink sink) {
        PathCounters counters = new PathCounters();
        Outward common = new Outward(new BatchPool(0), 0, sink, new java.util.concurrent.atomic.AtomicLong());
        Outbound nowhere = new Outbound(common, batch -> batch.owner.done(batch), counters, A, 1472, lane(cipher, 0, 1));
        return new PeerPath(new Peer("a", "a", "v", 5, "x", A, 1), QUICK, 1500, sink, counters, nowhere);
    }

    private static void mutate(byte[] bytes, Random random) {
        int changes = 1 + random.nextInt(3);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(3) == 0 ? random.nextInt(Math.min(30, bytes.length)) : random.nextInt(bytes.length);
            bytes[at] = random.nextBoolean() ? (byte) random.nextInt() : (byte) (bytes[at] ^ 1 << random.nextInt(8));
        }
    }

    private static Map<String, Long> fuzz(Indexed cipher, long seed) {
        boolean authentic = cipher != null;
        System.out.println("fuzz seed " + seed);
        Random random = new Random(seed);
        RecordingSink sink = new RecordingSink();
        Inbound inbound = new Inbound();
        PeerPath path = path(cipher, sink);
        inbound.paths(new Paths(List.of(path)));
        Association peer = new Association("a");
        peer.path = path;
        if (authentic) inbound.indexes.assign(INDEX, peer);
        Source source = new Source();
        long now = 0;
        long strangers = 0;
        for (int round = 0; round < 100; round++) {
            for (byte[] bytes : valid(round / 10, 1 + round % 10, 60, cipher, random)) {
                byte[] given = bytes.clone();
                if (random.nextInt(4) == 0) mutate(given, random);
                int length = random.nextInt(20) == 0 ? random.nextInt(given.length + 1) : given.length;
                boolean stranger = random.nextInt(50) == 0;
                if (stranger) strangers++;
                ByteBuffer slab = ByteBuffer.allocate(given.length + 9).put(9, given);
                source.set(stranger ? STRANGER : A);
                inbound.datagram(source, slab, 9, length, now);
                now += random.nextInt(1_000_000);
                if (random.nextInt(20) == 0) inbound.expire(now);
            }
        }
        for (RecordingSink.Received one : sink.all()) {
            assertTrue(one.length() >= Frames.MIN_RECORD && one.length() <= Frames.MAX_RECORD, one.toString());
            if (authentic) assertTrue(one.serial() >= 0 && one.vni() == 7, "damaged, seed " + seed);
        }
        assertTrue(sink.count() > 300, "some arrive: " + sink.count());
        long nobodys = inbound.unknownPeer.sum() + inbound.unknownIndex.sum();
        if (!authentic) assertTrue(nobodys >= strangers, nobodys + " of " + strangers);
        assertTrue(authentic || path.status("udp").counters().get("roamed") == 0, "who is not authentic does not roam");
        path.down();
        sink.clear();
        source.set(A);
        for (byte[] bytes : valid(99_999, 1, 60, cipher, random)) inbound.datagram(source, ByteBuffer.wrap(bytes), 0, bytes.length, now);
        assertEquals(60, sink.serials(7).size(), "all arrive after the storm");
        return path.status("udp").drops();
    }

    @Test
    void mutatedDatagramsWithoutACipherNeverThrow() {
        Map<String, Long> drops = fuzz(null, 20_260_102);
        for (String reason : List.of("bad-magic", "bad-version", "malformed", "gap", "stale", "torn"))
            assertTrue(drops.getOrDefault(reason, 0L) > 0, reason + " in " + drops);
    }

    @Test
    void mutatedDatagramsWithACipherNeverDamageARecord() {
        Map<String, Long> drops = fuzz(new Indexed(), 20_260_103);
        for (String reason : List.of("bad-magic", "bad-version", "sealed-rejected", "gap"))
            assertTrue(drops.getOrDefault(reason, 0L) > 0, reason + " in " + drops);
    }
}
