// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.violin.frame.Encapsulation;
import org.violin.testkit.tunnel.ClearCiphers;
import org.violin.testkit.tunnel.TagCiphers;
import org.violin.testkit.tunnel.TunnelPair;

/** Garbage from strangers and from a peer's address between the records of a flow: the flow loses nothing, each datagram is counted once. */
@Timeout(60)
final class FloodTest {
    private static final int ROUNDS = 400;
    private static final int EACH = 12;

    /** Noise; noise behind a right beginning with an index that is nobody's, or behind a wrong version; too short ones. */
    private static byte[] garbage(Random random, boolean sealed) {
        byte[] bytes = new byte[1 + random.nextInt(random.nextInt(20) == 0 ? 9000 : 1472)];
        random.nextBytes(bytes);
        int kind = random.nextInt(3);
        int type = sealed ? Encapsulation.SEALED : 77;
        if (kind == 1 && bytes.length > 4) ByteBuffer.wrap(bytes).putShort(0, (short) (Encapsulation.MAGIC << 8 | type));
        if (kind == 2) return ByteBuffer.allocate(5 + random.nextInt(7)).putShort(0, (short) (Encapsulation.MAGIC << 8 | Encapsulation.SEALED)).array();
        return bytes;
    }

    private static long counted(TunnelPair pair) {
        long sum = 0;
        for (String reason : List.of("bad-magic", "bad-version", "malformed", "unknown-index")) sum += TunnelPair.drops(pair.b, reason);
        return sum;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theFlowLosesNothing(boolean sealed) throws Exception {
        long seed = 54;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        UdpTunnelProvider provider = new UdpTunnelProvider(new UdpOptions("native", "auto", "auto", 5000, 100, 8 << 20, 1 << 20, 64, 300, 300_000));
        try (TunnelPair pair = new TunnelPair(provider, sealed ? new TagCiphers() : new ClearCiphers(), 1500, 4 << 20, true);
                DatagramSocket flood = new DatagramSocket()) {
            InetSocketAddress asPeer = pair.relay().sideOfA();
            pair.send(1, 0, new int[] {100});
            assertTrue(pair.sinkB.await(sink -> sink.count() == 1, 10_000));
            long strangers = TunnelPair.drops(pair.b, "unknown-peer");
            for (int round = 1; round <= ROUNDS; round++) {
                for (int i = 0; i < EACH; i++) {
                    byte[] bytes = garbage(random, sealed);
                    flood.send(new DatagramPacket(bytes, bytes.length, i % 2 == 0 ? asPeer : pair.addressB));
                }
                pair.send(1, round, new int[] {24 + random.nextInt(random.nextInt(8) == 0 ? 60_000 : 1500)});
                int expected = round + 1;
                assertTrue(pair.sinkB.await(sink -> sink.count() >= expected, 10_000), "record " + round);
            }
            assertEquals(IntStream.rangeClosed(0, ROUNDS).boxed().toList(), pair.sinkB.serials(1));
            long all = (long) ROUNDS * EACH;
            pair.sinkB.await(sink -> counted(pair) + TunnelPair.drops(pair.b, "unknown-peer") - strangers >= all, 2000);
            long foreign = TunnelPair.drops(pair.b, "unknown-peer") - strangers;
            assertEquals(all, counted(pair) + foreign, "each is counted once " + pair.b.status());
            assertTrue(foreign > all / 4 && foreign <= all / 2, "from strangers " + foreign);
            assertEquals(0, TunnelPair.drops(pair.b, "gap") + TunnelPair.drops(pair.b, "torn"));
        }
    }
}
