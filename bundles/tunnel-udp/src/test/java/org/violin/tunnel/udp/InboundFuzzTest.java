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

    /** Takes everything, as cipher-none does. */
    private static final FrameCipher PLAIN = new FrameCipher() {
        @Override
        public int overhead() {
            return 0;
        }

        @Override
        public int seal(ByteBuffer slab, int offset, int length, long counter) {
            return length;
        }

        @Override
        public int open(ByteBuffer slab, int offset, int length, long counter) {
            return length;
        }
    };

    private static List<byte[]> valid(int incarnation, int stream, int records, FrameCipher cipher, Random random) {
        List<byte[]> datagrams = new ArrayList<>();
        ByteBuffer batch = ByteBuffer.allocateDirect(65_536);
        Slicer slicer = new Slicer(400, 65_400, 64, cipher.overhead(), incarnation, stream, new Slicer.Outlet() {
            @Override
            public ByteBuffer batch() {
                return batch;
            }

            @Override
            public void filled(int length, int count) {
                for (int at = 0; at < length; at += 400) {
                    int one = Math.min(400, length - at);
                    int payload = one - Encapsulation.HEADER - cipher.overhead();
                    cipher.seal(batch, at + Encapsulation.HEADER, payload, Encapsulation.counter(batch, at));
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

    private static PeerPath path(FrameCipher cipher, FrameSink sink) {
        PathCounters counters = new PathCounters();
        Outward common = new Outward(cipher, new BatchPool(0), 0, sink, new java.util.concurrent.atomic.AtomicLong());
        Outbound nowhere = new Outbound(common, batch -> batch.owner.done(batch), counters, A, 1472, 0, 1);
        return new PeerPath(new Peer("a", A, 1), QUICK, 1500, 28, cipher, sink, counters, nowhere);
    }

    private static void mutate(byte[] bytes, Random random) {
        int changes = 1 + random.nextInt(3);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(3) == 0 ? random.nextInt(Math.min(30, bytes.length)) : random.nextInt(bytes.length);
            bytes[at] = random.nextBoolean() ? (byte) random.nextInt() : (byte) (bytes[at] ^ 1 << random.nextInt(8));
        }
    }

    private static Map<String, Long> fuzz(FrameCipher cipher, long seed, boolean authentic) {
        System.out.println("fuzz seed " + seed);
        Random random = new Random(seed);
        RecordingSink sink = new RecordingSink();
        Inbound inbound = new Inbound();
        PeerPath path = path(cipher, sink);
        inbound.paths(new Paths(List.of(path)));
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
                inbound.datagram(stranger ? STRANGER : A, slab, 9, length, now);
                now += random.nextInt(1_000_000);
                if (random.nextInt(20) == 0) inbound.expire(now);
            }
        }
        for (RecordingSink.Received one : sink.all()) {
            assertTrue(one.length() >= Frames.MIN_RECORD && one.length() <= Frames.MAX_RECORD, one.toString());
            if (authentic) assertTrue(one.serial() >= 0 && one.vni() == 7, "damaged, seed " + seed);
        }
        assertTrue(sink.count() > 300, "some arrive: " + sink.count());
        assertEquals(strangers, inbound.unknownPeer.sum());
        path.down();
        sink.clear();
        for (byte[] bytes : valid(99_999, 1, 60, cipher, random)) inbound.datagram(A, ByteBuffer.wrap(bytes), 0, bytes.length, now);
        assertEquals(60, sink.serials(7).size(), "all arrive after the storm");
        return path.status("udp").drops();
    }

    @Test
    void mutatedDatagramsWithoutACipherNeverThrow() {
        Map<String, Long> drops = fuzz(PLAIN, 20_260_102, false);
        for (String reason : List.of("bad-magic", "bad-version", "malformed", "gap", "stale", "torn"))
            assertTrue(drops.getOrDefault(reason, 0L) > 0, reason + " in " + drops);
    }

    @Test
    void mutatedDatagramsWithACipherNeverDamageARecord() {
        Map<String, Long> drops = fuzz(new TagCipher(), 20_260_103, true);
        for (String reason : List.of("bad-magic", "bad-version", "sealed-rejected", "gap"))
            assertTrue(drops.getOrDefault(reason, 0L) > 0, reason + " in " + drops);
    }
}
