// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * What independent loss of datagrams costs the guests: the share of TCP payload lost inside super-frames at a path MTU of 1500. A segment
 * of 1448 bytes lies in two slices of 1454, so a share of about 2 p is the least; a repair keeps the lost headers from adding to it.
 */
final class LossShareTest {
    private static final int DATAGRAM = 1472;
    private static final int GSO = 1448;

    /** How a record and its repair lie in datagrams. */
    private enum Layout {
        GATHERED, FLUSHED, STREAM
    }

    /** A sender, a receiver, and what lies between. */
    private static final class Path implements Slicer.Outlet, Reassembler.Outlet {
        private final ByteBuffer batch = ByteBuffer.allocateDirect(65_536);
        private final Slicer slicer = new Slicer(DATAGRAM, 65_400, 64, 0, Front.clear(0, 7, 1), 0, this);
        private final Reassembler reassembler = new Reassembler(0, 9000, 24, 66_048, false, Long.MAX_VALUE, this);
        private final Random random;
        private final double loss;
        private final int headers;
        private long delivered;

        Path(long seed, double loss, int headers) {
            random = new Random(seed);
            this.loss = loss;
            this.headers = headers;
        }

        @Override
        public ByteBuffer batch() {
            return batch;
        }

        @Override
        public void filled(int length, int count) {
            for (int at = 0; at < length; at += DATAGRAM) {
                if (random.nextDouble() < loss) continue;
                int bytes = Math.min(DATAGRAM, length - at) - 18;
                int first = batch.getShort(at + Encapsulation.HEADER) & 0xFFFF;
                reassembler.accept(7, Encapsulation.counter(batch, at), first, batch, at + 18, bytes, 0);
            }
            reassembler.detach();
        }

        @Override
        public void record(int vni, ByteBuffer slab, int offset, int length) {
            delivered += length - headers;
        }
    }

    /** The share of payload lost. */
    private static double share(double loss, int segments, boolean repaired, Layout layout) {
        PacketModel model = new PacketModel();
        model.tcp = true;
        model.tcpOptions = new byte[12];
        model.gsoSize = GSO;
        model.payload = new byte[segments * GSO];
        byte[] bytes = model.whole();
        ByteBuffer slab = ByteBuffer.allocateDirect(bytes.length).put(0, bytes);
        int headers = SuperFrame.headers(slab, 0, bytes.length);
        assertEquals(10 + model.headerBytes(), headers);
        Path path = new Path((long) (loss * 1e6) + segments, loss, headers);
        int records = (int) (400_000 / (segments + 1) * Math.min(1, 0.01 / loss + 0.2));
        for (int i = 0; i < records; i++) {
            path.slicer.append(1, slab, 0, bytes.length);
            if (layout == Layout.GATHERED) path.slicer.finish();
            if (repaired) path.slicer.repair(1, slab, 0, bytes.length, headers);
            if (layout != Layout.STREAM) path.slicer.finish();
        }
        path.slicer.finish();
        double sent = (double) records * model.payload.length;
        return 1 - path.delivered / sent;
    }

    @Test
    void withRepairsNoMoreThanAboutTwiceTheLossOfDatagramsIsLost() {
        for (int segments : new int[] {44, 10}) {
            for (double loss : new double[] {0.001, 0.01, 0.05}) {
                for (Layout layout : Layout.values()) {
                    double with = share(loss, segments, true, layout);
                    double without = share(loss, segments, false, layout);
                    System.out.printf("loss %.1f %%, %d segments, %s: payload lost %.2f p, without repairs %.2f p%n", loss * 100, segments, layout,
                            with / loss, without / loss);
                    assertTrue(with < 2.2 * loss, "with repairs, " + layout + ": " + with / loss);
                    assertTrue(without > with, "without repairs, " + layout + ": " + without / loss);
                }
            }
        }
    }
}
