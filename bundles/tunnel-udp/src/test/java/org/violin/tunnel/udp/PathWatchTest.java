// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.violin.api.dataplane.FrameCipher;
import org.violin.frame.Encapsulation;
import org.violin.frame.Reassembler;
import org.violin.testkit.tunnel.RecordingSink;

/** Control messages that lie, and what a receiver reports while datagrams wait for a missing one. */
final class PathWatchTest {
    private static final UdpOptions OPTIONS = UdpOptions.defaults();
    private static final long MILLI = 1_000_000;
    private static final int STREAM = 3;

    private final ByteBuffer message = ByteBuffer.allocate(ControlMessage.BYTES);
    private final Reassembler reassembler = new Reassembler(64, 9000, 24, 66_048, false, Long.MAX_VALUE, (vni, slab, offset, length) -> {});
    private int answers;

    /** Seals nothing, but counts as a cipher. */
    private static final class Untouched implements FrameCipher {
        @Override
        public boolean ready() {
            return true;
        }

        @Override
        public int seal(ByteBuffer slab, int header, int offset, int length, long counter) {
            return length;
        }

        @Override
        public int open(ByteBuffer slab, int header, int offset, int length, long counter) {
            return length;
        }

        @Override
        public long epoch() {
            return 7;
        }
    }

    private PathWatch watch(boolean authentic) {
        Lane lane = authentic ? Lane.sealed(new Untouched(), 0, 0x7_0000_0000L + STREAM) : Lane.clear(0, 1, STREAM);
        Outward common = new Outward(new BatchPool(0), 1 << 20, new RecordingSink(), new AtomicLong());
        Outbound outbound = new Outbound(common, batch -> {
            if (batch.control && ControlMessage.kind(batch.slab, lane.front().bytes()) == ControlMessage.ANSWER) answers++;
            batch.owner.done(batch);
        }, new PathCounters(), new InetSocketAddress(InetAddress.getLoopbackAddress(), 9), 1252, lane);
        ByteBuffer slab = ByteBuffer.allocate(1000);
        for (int i = 0; i < 1000; i++) {
            outbound.send(1, slab, 0, 1000);
            outbound.flush();
        }
        PathWatch watch = new PathWatch(OPTIONS, 1500, 28, authentic, outbound, reassembler);
        watch.up(0);
        return watch;
    }

    private void probe(PathWatch watch, long sequence, long accepted, long next, long now) {
        ControlMessage.write(message, 0, ControlMessage.PROBE, 1252, now);
        ControlMessage.writeReport(message, 0, STREAM, accepted, next, 0);
        assertTrue(watch.control(7, sequence, message, 0, ControlMessage.BYTES, 1252, now));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aForgedSequenceSilencesAPeerOnlyForAWhileAndNeverUnderACipher(boolean authentic) {
        PathWatch watch = watch(authentic);
        probe(watch, 5, 0, 0, MILLI);
        probe(watch, Encapsulation.MAX_SEQUENCE, 0, 0, 2 * MILLI);
        probe(watch, 6, 0, 0, 1400 * MILLI);
        assertEquals(2, answers, "half the silence limit is not over");
        for (int i = 0; i < 10; i++) probe(watch, 7 + i, 0, 0, (1600 + i) * MILLI);
        assertEquals(authentic ? 2 : 12, answers);
        probe(watch, 7, 0, 0, 1700 * MILLI);
        assertEquals(authentic ? 2 : 12, answers, "a double is not answered");
    }

    @Test
    void aReportOfMoreThanWasSentIsNotBelieved() {
        PathWatch watch = watch(false);
        probe(watch, 0, 10, 10, 0);
        for (int i = 1; i < 6; i++) probe(watch, i, 20, i % 2 == 0 ? 1L << 47 : -1, i * 200 * MILLI);
        assertEquals(0, watch.loss.loss());
        assertFalse(watch.loss.lossy());
        for (int i = 6; i < 9; i++) probe(watch, i, 500, 600, i * 200 * MILLI);
        assertTrue(watch.loss.lossy(), "but others are");
    }

    @Test
    void datagramsThatWaitAreNoLossWhenTheMissingOneComes() {
        PathWatch watch = watch(false);
        ByteBuffer slab = ByteBuffer.allocate(32).putInt(0, 24 << 8);
        long sequence = 0;
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < 20; i++) accept(slab, sequence++);
            boolean waits = round % 3 == 1;
            for (int i = 1; waits && i < 10; i++) accept(slab, sequence + i);
            probe(watch, round, reassembler.accepted(), reassembler.next(), round * 200 * MILLI);
            if (!waits) continue;
            accept(slab, sequence);
            sequence += 10;
        }
        assertEquals(sequence, reassembler.next());
        assertEquals(0, watch.loss.lost(), "nothing was lost, only overtaken");
    }

    private void accept(ByteBuffer slab, long sequence) {
        reassembler.accept(7, Encapsulation.counter(1, sequence), 0, slab, 0, 30, 0);
        reassembler.detach();
    }
}
