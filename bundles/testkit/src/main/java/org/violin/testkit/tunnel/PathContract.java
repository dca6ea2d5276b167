// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.tunnel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.violin.api.dataplane.CipherProvider;
import org.violin.api.dataplane.Frames;
import org.violin.api.dataplane.Peer;
import org.violin.api.dataplane.Tunnel;
import org.violin.api.dataplane.TunnelProvider;
import org.violin.api.dataplane.TunnelSettings;
import org.violin.api.dataplane.TunnelStatus;

/** What holds for the paths of tunnels over UDP: several between two hosts, under different ciphers, before there are keys, under attack. */
@Timeout(60)
public abstract class PathContract {
    private static final long WAIT_MILLIS = 10_000;
    private static final int QUEUE = 1 << 20;

    private final List<CipherProvider> ciphers = List.of(new ClearCiphers(), new TagCiphers());
    private final RecordingSink sinkA = new RecordingSink();
    private final RecordingSink sinkB = new RecordingSink();
    private final TunnelSettings settingsA = new TunnelSettings("a", TunnelPair.freeAddress(), 1, 1500, QUEUE);
    private final TunnelSettings settingsB = new TunnelSettings("b", TunnelPair.freeAddress(), 2, 1500, QUEUE);
    private final ByteBuffer slab = ByteBuffer.allocateDirect(Records.SLAB);

    /** The plugin under test; late datagrams are waited for at least 200 ms. */
    protected abstract TunnelProvider provider();

    private Tunnel openA() throws IOException {
        return provider().open(settingsA, ciphers, sinkA, null);
    }

    private Tunnel openB() throws IOException {
        return provider().open(settingsB, ciphers, sinkB, null);
    }

    private static List<Peer> peers(String host, String[] kinds, InetSocketAddress address, long incarnation) {
        return IntStream.range(0, kinds.length).mapToObj(i -> new Peer(host + i, host, "v" + i, i + 1, kinds[i], address, incarnation)).toList();
    }

    private int send(Tunnel from, String peer, int vni, int length, int serial) {
        Records.write(slab, 0, length, serial);
        return from.send(peer, vni, slab, 0, length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"none none none", "tag tag", "none tag none tag"})
    void recordsOfTwoViolinsNeverCross(String words) throws IOException {
        String[] kinds = words.split(" ");
        Random random = new Random(71);
        int[] next = new int[kinds.length];
        try (Tunnel a = openA(); Tunnel b = openB()) {
            b.peers(peers("a", kinds, settingsA.local(), 1));
            a.peers(peers("b", kinds, settingsB.local(), 2));
            for (int round = 0; round < 200; round++) {
                for (int i = 0; i < 12; i++) {
                    int path = random.nextInt(kinds.length);
                    int length = random.nextInt(9) == 0 ? 12_300 + random.nextInt(9000) : Frames.MIN_RECORD + random.nextInt(2000);
                    assertTrue(send(a, "b" + path, 100 + path, length, next[path]++) >= 0);
                    if (random.nextBoolean()) a.flush();
                }
                a.flush();
                int sent = IntStream.of(next).sum();
                assertTrue(sinkB.await(sink -> sink.count() >= sent, WAIT_MILLIS), "arrived " + sinkB.count() + " of " + sent + b.status());
            }
            for (int path = 0; path < kinds.length; path++) {
                String from = "a" + path;
                int vni = 100 + path;
                assertEquals(IntStream.range(0, next[path]).boxed().toList(), sinkB.serials(vni), "of " + kinds[path]);
                assertTrue(sinkB.all().stream().allMatch(one -> one.vni() == vni == one.peer().equals(from)), "from " + from);
                TunnelStatus row = row(b, "v" + path);
                assertEquals(List.of("a", kinds[path], (long) next[path]), List.of(row.peer(), row.cipher(), row.framesIn()));
            }
        }
    }

    private static TunnelStatus row(Tunnel tunnel, String violin) {
        return tunnel.status().stream().filter(one -> one.violin().equals(violin)).findFirst().orElseThrow();
    }

    @Test
    void whatIsSentBeforeThereAreKeysWaitsInOrder() throws IOException {
        String[] tag = {"tag"};
        try (Tunnel a = openA()) {
            a.peers(peers("b", tag, settingsB.local(), 2));
            int sent = 0;
            boolean congested = false;
            Random random = new Random(72);
            while (sent < 5000) {
                int result = send(a, "b0", 7, Frames.MIN_RECORD + random.nextInt(3000), sent);
                a.flush();
                if (result == Tunnel.FULL) break;
                congested |= result == Tunnel.CONGESTED;
                sent++;
            }
            assertTrue(congested && a.congested("b0"), "congestion is told");
            assertTrue(sent > 200 && sent < 5000, "bounded: " + sent);
            assertEquals(0, row(a, "v0").datagramsOut(), "nothing left without keys");
            int all = sent;
            try (Tunnel b = openB()) {
                b.peers(peers("a", tag, settingsA.local(), 1));
                assertTrue(sinkB.await(sink -> sink.count() >= all, WAIT_MILLIS), "arrived " + sinkB.count() + " of " + all);
                assertEquals(IntStream.range(0, all).boxed().toList(), sinkB.serials(7));
                assertTrue(TunnelContract.await(() -> !a.congested("b0")), "relieved");
                assertEquals(0, send(a, "b0", 8, 100, 1));
                a.flush();
                assertTrue(sinkB.await(sink -> sink.serials(8).equals(List.of(1)), WAIT_MILLIS));
            }
        }
    }

    @Test
    void onlyWhatIsAuthenticIsDeliveredOrMovesThePeer() throws IOException {
        long seed = 73;
        System.out.println("forgery seed " + seed);
        String[] tag = {"tag"};
        ConcurrentLinkedQueue<byte[]> seen = new ConcurrentLinkedQueue<>();
        try (FaultyRelay relay = new FaultyRelay(settingsA.local(), settingsB.local()); Tunnel a = openA(); Tunnel b = openB();
                DatagramSocket forger = new DatagramSocket()) {
            b.peers(peers("a", tag, relay.sideOfB(), 1));
            a.peers(peers("b", tag, relay.sideOfA(), 2));
            relay.tap(seen::add);
            exchange(a, b, 0);
            String home = row(b, "v0").address();
            List<byte[]> captured = new ArrayList<>(seen);
            captured.removeIf(one -> one[1] == 0x33);
            assertTrue(captured.size() > 25, "captured " + captured.size());
            int before = sinkB.count();
            int sent = 0;
            for (byte[] bytes : forgeries(captured, new Random(seed))) {
                forger.send(new DatagramPacket(bytes, bytes.length, settingsB.local()));
                if (++sent % 50 == 0) exchange(a, b, sent);
            }
            int expected = sent;
            assertTrue(TunnelContract.await(() -> refused(b) >= expected), "each is counted: " + refused(b) + " of " + expected + b.status());
            assertEquals(before + 20 * (sent / 50), sinkB.count(), "none is delivered");
            assertEquals(home, row(b, "v0").address());
            assertEquals(0, row(b, "v0").counters().get("roamed"));
            relay.rebindB();
            exchange(a, b, 10_000);
            assertEquals(1, row(b, "v0").counters().get("roamed"), "moved " + b.status());
            assertTrue(row(b, "v0").address().endsWith(":" + relay.sideOfB().getPort()), row(b, "v0").address());
            for (byte[] bytes : captured) forger.send(new DatagramPacket(bytes, bytes.length, settingsB.local()));
            exchange(a, b, 20_000);
            assertEquals(1, row(b, "v0").counters().get("roamed"), "replays move nobody");
        }
    }

    private static long refused(Tunnel tunnel) {
        return TunnelPair.drops(tunnel, "sealed-rejected") + TunnelPair.drops(tunnel, "malformed") + TunnelPair.drops(tunnel, "unknown-index")
                + TunnelPair.drops(tunnel, "unknown-peer") + TunnelPair.drops(tunnel, "bad-version");
    }

    /** Bits flipped, beginnings, noise behind a right header, and the very same again; all with an index that is the peer's. */
    private static List<byte[]> forgeries(List<byte[]> captured, Random random) {
        List<byte[]> all = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            byte[] bytes = captured.get(random.nextInt(captured.size())).clone();
            switch (i % 4) {
                case 0 -> bytes[6 + random.nextInt(bytes.length - 6)] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes = Arrays.copyOf(bytes, 2 + random.nextInt(bytes.length - 2));
                case 2 -> {
                    byte[] noise = new byte[1 + random.nextInt(1400)];
                    random.nextBytes(noise);
                    bytes = Arrays.copyOf(bytes, 12 + noise.length);
                    System.arraycopy(noise, 0, bytes, 12, noise.length);
                }
                default -> { }
            }
            all.add(bytes);
        }
        return all;
    }

    /** Twenty records there and back. */
    private void exchange(Tunnel a, Tunnel b, int serial) {
        int atA = sinkA.count();
        int atB = sinkB.count();
        for (int i = 0; i < 20; i++) {
            assertEquals(0, send(a, "b0", 7, 2000, serial + i));
            a.flush();
        }
        assertTrue(sinkB.await(sink -> sink.count() == atB + 20, WAIT_MILLIS), "there " + (sinkB.count() - atB) + b.status());
        for (int i = 0; i < 20; i++) {
            assertEquals(0, send(b, "a0", 7, 2000, serial + i));
            b.flush();
        }
        assertTrue(sinkA.await(sink -> sink.count() == atA + 20, WAIT_MILLIS), "back " + (sinkA.count() - atA) + a.status());
        assertEquals(IntStream.range(serial, serial + 20).boxed().toList(), sinkB.serials(7).subList(atB, atB + 20));
    }

    @Test
    void aPeerWhoseCipherIsNotThereCannotBeReached() throws IOException {
        try (Tunnel a = openA()) {
            a.peers(peers("b", new String[] {"rot13", "none"}, settingsB.local(), 2));
            assertEquals(Tunnel.NO_PEER, send(a, "b0", 1, 100, 0), "never in the clear instead");
            assertEquals(0, send(a, "b1", 1, 100, 0));
            assertEquals(Map.of(), row(a, "v1").drops());
        }
    }
}
