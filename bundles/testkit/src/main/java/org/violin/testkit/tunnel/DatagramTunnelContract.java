// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.tunnel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.violin.api.dataplane.Frames;

/**
 * What holds for tunnels over UDP on a path that loses, doubles and reorders datagrams. The plugin's test lets late datagrams be waited
 * for at least 200 ms.
 */
public abstract class DatagramTunnelContract extends TunnelContract {
    @Test
    void noDatagramIsLongerThanThePathAllows() {
        for (int mtu : new int[] {1280, 1500, 9000}) {
            int found = Math.min(mtu, ceiling());
            try (TunnelPair pair = pair(mtu, QUEUE, true)) {
                assertTrue(await(() -> TunnelPair.status(pair.a, "b").pathMtuBytes() == found), "path MTU " + found + " is found");
                pair.send(1, 0, new int[] {24, 1524, 9024, Frames.MAX_RECORD, 60});
                assertArrived(pair.sinkB, 1, 0, 5);
                assertEquals(found - 28, pair.relay().longest(), "full datagrams fill the path");
            }
        }
    }

    @Test
    void lossCostsOnlyTheRecordsItTouched() {
        long seed = 42;
        System.out.println("loss seed " + seed);
        try (TunnelPair pair = pair(1500, QUEUE, true)) {
            pair.relay().faults(Faults.loss(seed, 0.05), Faults.none());
            for (int burst = 0; burst < 40; burst++) {
                pair.send(1, burst * 20, lengths(20, 1000));
                int after = burst;
                pair.sinkB.await(sink -> sink.serials(1).contains(after * 20 + 19), 20);
            }
            pair.relay().faults(Faults.none(), Faults.none());
            pair.send(1, 800, lengths(20, 1000));
            assertTrue(pair.sinkB.await(sink -> sink.serials(1).contains(819), WAIT_MILLIS), "good again after the loss");
            List<Integer> serials = pair.sinkB.serials(1);
            assertIncreasing(serials, seed);
            assertTrue(serials.size() < 820, "some were lost");
            assertTrue(serials.size() > 600, "most arrived: " + serials.size());
            assertEquals(20, serials.stream().filter(serial -> serial >= 800).count(), "nothing is lost on the good path");
            assertTrue(TunnelPair.drops(pair.b, "gap") > 0, "gaps are counted");
        }
    }

    @Test
    void reorderingAndDoublesLoseNothing() {
        long seed = 43;
        System.out.println("reordering seed " + seed);
        try (TunnelPair pair = pair(1280, QUEUE, true)) {
            pair.relay().faults(new Faults(seed, 0, 0.1, 0.1, 4), Faults.none());
            pair.send(1, 0, lengths(40, 30_000));
            assertArrived(pair.sinkB, 1, 0, 40);
            assertEquals(0, TunnelPair.drops(pair.b, "gap"));
            assertTrue(TunnelPair.drops(pair.b, "duplicate") + TunnelPair.drops(pair.b, "sealed-rejected") > 0, "doubles are counted");
        }
    }

    @Test
    void garbageFromAPeersAddressIsCountedAndHurtsNobody() throws IOException {
        long seed = 44;
        System.out.println("garbage seed " + seed);
        Random random = new Random(seed);
        try (TunnelPair pair = pair(1500, QUEUE, false)) {
            pair.a.close();
            long unknown = TunnelPair.drops(pair.b, "unknown-peer");
            try (DatagramSocket forger = new DatagramSocket(pair.addressA)) {
                for (int i = 0; i < 300; i++) {
                    byte[] bytes = new byte[random.nextInt(i % 10 == 0 ? 20_000 : 1473)];
                    random.nextBytes(bytes);
                    forger.send(new DatagramPacket(bytes, bytes.length, pair.addressB));
                }
            }
            assertTrue(await(() -> TunnelPair.drops(pair.b, "bad-magic") > 100), "counted as bad-magic");
            assertEquals(0, pair.sinkB.count());
            assertEquals(unknown, TunnelPair.drops(pair.b, "unknown-peer"));
        }
    }

    private static void assertIncreasing(List<Integer> serials, long seed) {
        for (int i = 0; i < serials.size(); i++) {
            assertTrue(serials.get(i) >= 0, "whole, seed " + seed);
            if (i > 0) assertTrue(serials.get(i) > serials.get(i - 1), "in order and single, seed " + seed);
        }
    }
}
