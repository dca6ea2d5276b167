// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.violin.api.dataplane.Frames;
import org.violin.api.dataplane.Peer;
import org.violin.api.dataplane.Tunnel;
import org.violin.api.dataplane.TunnelSettings;
import org.violin.testkit.tunnel.ClearCiphers;
import org.violin.testkit.tunnel.RecordingSink;
import org.violin.testkit.tunnel.Records;
import org.violin.testkit.tunnel.TunnelPair;

/** One socket hears peers with other datagram sizes: runs, single datagrams, small ones, all mixed; records lie in the slab meanwhile. */
@Timeout(60)
final class ScatterTest {
    private static final int[] MTUS = {1280, 1500, 4352, 9000};

    private final RecordingSink sink = new RecordingSink();
    private final List<Tunnel> senders = new ArrayList<>();
    private final ByteBuffer slab = ByteBuffer.allocateDirect(Records.SLAB);
    private final int[] next = new int[MTUS.length];

    private static UdpTunnelProvider provider(String segmentation, String coalescing) {
        return new UdpTunnelProvider(new UdpOptions("native", segmentation, coalescing, 5000, 50, 8 << 20, 1 << 20, 64, 300, 300_000));
    }

    @Test
    void anyRunIsCutIntoDatagramsWithinTheBuffers() {
        Random random = new Random(53);
        Scatter scatter = new Scatter();
        for (int round = 0; round < 100_000; round++) {
            scatter.prepare();
            int bytes = 1 + random.nextInt(random.nextBoolean() ? 65_536 : 3000);
            int segment = random.nextInt(3) == 0 ? 0 : Math.min(bytes, 1 + random.nextInt(random.nextInt(20) == 0 ? 20 : 9000));
            int[] sum = new int[1];
            int used = scatter.cut(bytes, segment, (heads, head, from, slice, sliceBytes) -> {
                assertTrue(sliceBytes >= -17 && head + Math.min(18, 18 + sliceBytes) <= heads.capacity());
                assertTrue(sliceBytes <= 0 || slice + sliceBytes <= from.capacity());
                sum[0] += sliceBytes + 18;
            });
            assertEquals(bytes, sum[0]);
            assertTrue(used >= 0 && used <= bytes);
            if (random.nextInt(3) == 0 || !scatter.advance(used)) scatter.rewind();
        }
    }

    private void send(int sender, int length) {
        Records.write(slab, 0, length, next[sender]++);
        assertEquals(0, senders.get(sender).send("hub", sender + 1, slab, 0, length));
    }

    private void round(Random random) {
        int bytes = 0;
        for (int step = 0; step < 12 && bytes < 100_000; step++) {
            int sender = random.nextInt(MTUS.length);
            int kind = random.nextInt(4);
            for (int i = kind == 0 ? random.nextInt(20) : 0; i >= 0; i--) {
                int length = kind == 3 ? 12_000 + random.nextInt(Frames.MAX_RECORD - 12_000) : Frames.MIN_RECORD + random.nextInt(kind == 2 ? 9000 : 300);
                send(sender, length);
                bytes += length;
                if (random.nextBoolean()) senders.get(sender).flush();
            }
        }
        senders.forEach(Tunnel::flush);
        int sent = IntStream.of(next).sum();
        assertTrue(sink.await(s -> s.count() >= sent, 10_000), "arrived " + sink.count() + " of " + sent);
    }

    @ParameterizedTest
    @CsvSource({"auto, auto", "auto, off", "off, auto"})
    void recordsOfAllPeersArriveWhole(String segmentation, String coalescing) throws Exception {
        long seed = 52;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        TunnelSettings hub = new TunnelSettings("hub", TunnelPair.freeAddress(), 9, 9000, 8 << 20);
        List<Peer> peers = new ArrayList<>();
        try (Tunnel to = provider("auto", coalescing).open(hub, List.of(new ClearCiphers()), sink, null)) {
            for (int mtu : MTUS) {
                TunnelSettings own = new TunnelSettings("p" + mtu, TunnelPair.freeAddress(), mtu, mtu, 8 << 20);
                senders.add(provider(segmentation, "auto").open(own, List.of(new ClearCiphers()), new RecordingSink(), null));
                peers.add(new Peer(own.host(), "none", own.local(), mtu));
            }
            to.peers(peers);
            for (Tunnel sender : senders) sender.peers(List.of(new Peer("hub", "none", hub.local(), 9)));
            for (int i = 0; i < 150; i++) round(random);
            for (int i = 0; i < MTUS.length; i++) {
                assertEquals(MTUS[i], TunnelPair.status(senders.get(i), "hub").pathMtuBytes());
                assertEquals(IntStream.range(0, next[i]).boxed().toList(), sink.serials(i + 1), "records of the peer with MTU " + MTUS[i]);
            }
            for (String reason : List.of("malformed", "torn", "gap", "bad-magic", "oversize")) assertEquals(0, TunnelPair.drops(to, reason), reason);
        } finally {
            senders.forEach(Tunnel::close);
        }
    }
}
