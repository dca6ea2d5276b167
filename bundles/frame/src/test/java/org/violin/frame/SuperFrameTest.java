// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class SuperFrameTest {
    private final SuperFrame view = new SuperFrame();

    private boolean parse(byte[] record) {
        return view.parse(Slab.of(record), Slab.AT, record.length);
    }

    private static PacketModel tcp() {
        PacketModel model = new PacketModel();
        model.tcp = true;
        model.payload = new byte[250];
        return model;
    }

    @Test
    void findsTheHeadersOfAnyPacket() {
        long seed = 1;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 3000; round++) {
            PacketModel model = PacketModel.random(random, 3000, 1500);
            byte[] record = model.whole();
            assertTrue(parse(record));
            assertEquals(Slab.AT + 10 + model.l3(), view.l3());
            assertEquals(Slab.AT + 10 + model.l4(), view.l4());
            assertEquals(model.headerBytes(), view.headerBytes());
            assertEquals(model.payload.length, view.payloadBytes());
            assertEquals(model.v4 ? 0x0800 : 0x86dd, view.etherType());
            assertEquals(model.tcp ? 6 : 17, view.protocol());
            assertEquals(model.segments(), view.segments());
            assertEquals(model.segments() > 1, view.isSuperFrame());
            assertTrue(view.isConsistent());
            assertFalse(view.isFragment());
            assertEquals(model.segments(), SuperFrame.segments(Slab.of(record), Slab.AT, record.length));
        }
    }

    @Test
    void paddingOfAShortFrameIsNoPayload() {
        PacketModel model = new PacketModel();
        model.payload = new byte[3];
        byte[] record = model.whole();
        assertTrue(parse(Arrays.copyOf(record, 70)));
        assertTrue(view.isConsistent());
        assertEquals(3, view.payloadBytes());
    }

    @Test
    void aFragmentHasNoPayloadAndIsNoSuperFrame() {
        PacketModel model = tcp();
        model.fragmentField = 0x2000;
        assertTrue(parse(model.whole()));
        assertTrue(view.isFragment());
        assertFalse(view.isSuperFrame());
        assertEquals(SuperFrame.NONE, view.payload());
        model.fragmentField = 5;
        assertTrue(parse(model.whole()));
        assertTrue(view.isFragment());
        model.v4 = false;
        model.source = model.destination = new byte[16];
        byte[] record = model.whole();
        record[10 + 14 + 6] = 44;
        assertTrue(parse(record));
        assertTrue(view.isFragment());
    }

    @Test
    void wrongLengthsAndLyingOffloadHeadersAreNoSuperFrame() {
        byte[] right = tcp().whole();
        assertTrue(parse(right));
        assertTrue(view.isSuperFrame());
        assertTrue(parse(Arrays.copyOf(right, right.length + 1)));
        assertFalse(view.isConsistent());
        assertTrue(parse(Arrays.copyOf(right, right.length - 1)));
        assertFalse(view.isConsistent());
        for (int[] change : new int[][] {{1, 4}, {1, 5}, {1, 3}, {6, 33}, {8, 6}, {10 + 14 + 20 + 12, 0x40}, {10 + 14 + 20 + 12, 0xf0}}) {
            byte[] wrong = right.clone();
            ByteBuffer.wrap(wrong).order(java.nio.ByteOrder.nativeOrder()).put(change[0], (byte) change[1]);
            parse(wrong);
            assertEquals(change[1] == 0xf0, view.isSuperFrame(), Arrays.toString(change));
        }
        byte[] noSize = right.clone();
        noSize[4] = noSize[5] = 0;
        assertTrue(parse(noSize));
        assertFalse(view.isSuperFrame());
        assertEquals(1, SuperFrame.segments(ByteBuffer.wrap(noSize), 0, noSize.length));
    }

    @Test
    void anIpv4LengthOfZeroMeansTheRestOfATcpSuperFrame() {
        byte[] record = tcp().whole();
        record[10 + 16] = record[10 + 17] = 0;
        assertTrue(parse(record));
        assertTrue(view.isSuperFrame());
        assertEquals(3, view.segments());
    }

    @Test
    void otherFramesHaveNoTransport() {
        byte[] arp = new byte[52];
        arp[22] = 8;
        arp[23] = 6;
        assertTrue(parse(arp));
        assertTrue(view.isConsistent());
        assertEquals(SuperFrame.NONE, view.l4());
        assertEquals(Slab.AT + 24, view.l3());
        assertFalse(parse(new byte[23]));
        byte[] threeTags = new byte[60];
        for (int i = 0; i < 3; i++) threeTags[22 + 4 * i] = (byte) 0x81;
        assertFalse(parse(threeTags));
    }
}
