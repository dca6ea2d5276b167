// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.violin.api.dataplane.Peer;
import org.violin.api.dataplane.Tunnel;
import org.violin.api.dataplane.TunnelSettings;
import org.violin.testkit.tunnel.Faults;
import org.violin.testkit.tunnel.FaultyRelay;
import org.violin.testkit.tunnel.RecordingSink;
import org.violin.testkit.tunnel.TagCiphers;
import org.violin.testkit.tunnel.TunnelPair;

/** A peer of no violin is measured, over two sockets on loopback, and nobody else can say what it measures. */
class MeasuringPeerTest {
    private static final UdpOptions OPTIONS = new UdpOptions("native", "auto", "auto", 2000, 50, 1 << 20, 1 << 20, 64, 5, 1000);

    private static long more(Tunnel tunnel, String peer, String key) {
        return TunnelPair.status(tunnel, peer).counters().getOrDefault(key, 0L);
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + 30_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, what);
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void round_trips_and_losses_are_counted_and_forged_or_replayed_answers_are_not() throws Exception {
        long seed = 3;
        System.out.println("seed " + seed);
        UdpTunnelProvider provider = new UdpTunnelProvider(OPTIONS);
        TunnelSettings a = new TunnelSettings("a", TunnelPair.freeAddress(), 1, 1500, 1 << 20);
        TunnelSettings b = new TunnelSettings("b", TunnelPair.freeAddress(), 2, 1500, 1 << 20);
        try (FaultyRelay relay = new FaultyRelay(a.local(), b.local());
                Tunnel one = provider.open(a, List.of(new TagCiphers()), new RecordingSink(), null);
                Tunnel two = provider.open(b, List.of(new TagCiphers()), new RecordingSink(), null);
                DatagramSocket stranger = new DatagramSocket()) {
            List<byte[]> heard = Collections.synchronizedList(new ArrayList<>());
            relay.tap(heard::add);
            one.peers(List.of(new Peer("b", "tag", relay.sideOfA(), 2)));
            two.peers(List.of(new Peer("a", "tag", relay.sideOfB(), 1)));
            await("answers come: " + one.status(), () -> more(one, "b", "answers-in") > 10);
            assertTrue(more(one, "b", "rtt-last-micros") > 0 && more(one, "b", "rtt-last-micros") < 10_000_000);
            assertTrue(more(one, "b", "probes-out") - more(one, "b", "answers-in") < 10, one.status().toString());
            assertEquals(0, more(one, "b", "lost"));

            long probes = more(two, "a", "probes-out");
            long answers = more(two, "a", "answers-in");
            Random random = new Random(seed);
            for (byte[] each : List.copyOf(heard)) {
                stranger.send(new DatagramPacket(each, each.length, b.local()));
                byte[] forged = each.clone();
                for (int i = 12; i < forged.length; i++) if (random.nextInt(8) == 0) forged[i] ^= (byte) (1 + random.nextInt(255));
                stranger.send(new DatagramPacket(forged, forged.length, b.local()));
            }
            await("they were looked at", () -> TunnelPair.status(two, "a").drops().getOrDefault("sealed-rejected", 0L) >= 20);
            await("it goes on", () -> more(two, "a", "answers-in") > answers + 10);
            assertTrue(more(two, "a", "answers-in") - answers <= more(two, "a", "probes-out") - probes + 1, two.status().toString());
            assertTrue(more(two, "a", "rtt-last-micros") < 10_000_000, "no round trip since the first one");

            relay.faults(Faults.loss(seed, 0.3), Faults.none());
            long unanswered = more(one, "b", "probes-out") - more(one, "b", "answers-in");
            await("losses are seen", () -> more(one, "b", "probes-out") - more(one, "b", "answers-in") > unanswered + 3);
        }
    }
}
