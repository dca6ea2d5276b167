// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

final class CoalescerTest {
    private Coalescer coalescer = new Coalescer(false);
    private final Segmenter segmenter = new Segmenter();
    private final Slab.Recorder out = new Slab.Recorder();

    /** What a device's reader does. */
    private Coalescer.Verdict give(byte[] record) {
        if (coalescer.room() == Coalescer.FULL) coalescer.drain(out);
        int at = coalescer.room();
        coalescer.slab().put(at, record);
        Coalescer.Verdict verdict = coalescer.add(at, record.length);
        if (verdict == Coalescer.Verdict.DRAIN_THEN_PASS) coalescer.drain(out);
        if (verdict != Coalescer.Verdict.HELD) out.frame(coalescer.slab(), at, record.length);
        return verdict;
    }

    private List<byte[]> drained() {
        coalescer.drain(out);
        List<byte[]> all = new ArrayList<>(out.records);
        out.records.clear();
        return all;
    }

    private static PacketModel udp(int payloadBytes) {
        PacketModel model = new PacketModel();
        model.payload = new byte[payloadBytes];
        model.gsoSize = 2000;
        return model;
    }

    private static byte[] open(int payloadBytes) {
        return udp(payloadBytes).whole();
    }

    /** The finished plain frames of records; with DF the identification of IPv4 is set to 0. */
    private List<byte[]> plain(List<byte[]> records) {
        Slab.Recorder cut = new Slab.Recorder();
        for (byte[] record : records) {
            assertTrue(record.length <= Coalescer.MAX_BYTES, "longest record");
            assertTrue(segmenter.finish(Slab.of(record), Slab.AT, record.length, true, cut) > 0);
        }
        for (byte[] frame : cut.records) {
            int type = Vlan.typeOffset(java.nio.ByteBuffer.wrap(frame), 10, frame.length);
            int ip = type + 2;
            if (frame[type] != 8 || frame[type + 1] != 0 || frame[ip + 6] != 0x40) continue;
            assertEquals(0, Checksum.of(java.nio.ByteBuffer.wrap(frame), ip, (frame[ip] & 15) * 4), "header checksum");
            frame[ip + 4] = frame[ip + 5] = frame[ip + 10] = frame[ip + 11] = 0;
        }
        return cut.records;
    }

    private static Map<String, List<String>> byFlow(List<byte[]> frames) {
        Map<String, List<String>> flows = new LinkedHashMap<>();
        for (byte[] frame : frames) {
            SuperFrame view = new SuperFrame();
            view.parse(java.nio.ByteBuffer.wrap(frame), 0, frame.length);
            String key = view.etherType() + " " + view.protocol();
            if (view.l4() > 0) {
                int from = view.l3() + (view.etherType() == 0x0800 ? 12 : 8);
                key += HexFormat.of().formatHex(frame, from, from + (view.etherType() == 0x0800 ? 8 : 32));
                if (view.payload() > 0) key += HexFormat.of().formatHex(frame, view.l4(), view.l4() + 4);
            }
            flows.computeIfAbsent(key, k -> new ArrayList<>()).add(HexFormat.of().formatHex(frame));
        }
        return flows;
    }

    private static PacketModel randomFlow(Random random, boolean mayBeOdd) {
        PacketModel model;
        do model = PacketModel.random(random, 0, 1);
        while (model.tcp && random.nextInt(4) > 0);
        model.flags = PacketModel.ACK;
        if (!mayBeOdd || random.nextInt(8) > 0) {
            model.ipOptions = new byte[0];
            model.extensions = new byte[0][];
            model.extensionTypes = new int[0];
            model.finalDestination = null;
            model.fragmentField = 0x4000;
        }
        return model;
    }

    private static byte[] next(Random random, PacketModel flow, int size) {
        if (random.nextInt(60) == 0) flow.hopLimit = random.nextInt(256);
        if (random.nextInt(60) == 0) flow.trafficClass = random.nextInt(256);
        if (random.nextInt(60) == 0) random.nextBytes(flow.macs);
        flow.identification += random.nextInt(3);
        flow.gsoSize = 2000;
        flow.payload = new byte[random.nextInt(10) == 0 ? random.nextInt(1400) : size];
        random.nextBytes(flow.payload);
        flow.flags = PacketModel.ACK | (random.nextInt(20) == 0 ? PacketModel.PSH : 0) | (random.nextInt(100) == 0 ? PacketModel.FIN : 0);
        if (random.nextInt(30) == 0) flow.sequence += random.nextInt(3000) - 1500;
        if (random.nextInt(30) == 0) random.nextBytes(flow.tcpOptions);
        byte[] record = flow.run(0, 1, random.nextInt(200) == 0);
        flow.sequence += flow.payload.length;
        if (random.nextInt(200) == 0) record[record.length - flow.payload.length - 1] ^= 1;
        return record;
    }

    @Test
    void whatComesOutIsWhatWentInAndEachFlowInOrder() {
        long seed = 5;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        int records = 0;
        int frames = 0;
        int tcpSuperFrames = 0;
        for (int round = 0; round < 150; round++) {
            coalescer = new Coalescer(round % 2 == 0);
            List<PacketModel> flows = new ArrayList<>();
            int count = 1 + random.nextInt(60);
            for (int i = 0; i < count; i++) flows.add(randomFlow(random, round % 3 == 0));
            int size = random.nextInt(1400);
            List<byte[]> in = new ArrayList<>();
            for (int i = 0; i < 800; i++) {
                byte[] record = next(random, flows.get(random.nextInt(count)), size);
                in.add(record);
                give(record);
                if (random.nextInt(300) == 0) coalescer.drain(out);
            }
            List<byte[]> got = drained();
            records += got.size();
            frames += in.size();
            for (byte[] record : got) if (record[1] == 1 || record[1] == 4) tcpSuperFrames++;
            assertEquals(byFlow(plain(in)), byFlow(plain(got)), "round " + round);
        }
        assertTrue(records < frames * 3 / 4, records + " records of " + frames + " frames");
        assertTrue(tcpSuperFrames > 100, tcpSuperFrames + " TCP super-frames");
    }

    @Test
    void fiftyInterleavedFlowsGiveFiftyRecords() {
        for (int i = 0; i < 250; i++) {
            PacketModel flow = udp(100);
            flow.source[3] = (byte) (i % 50);
            flow.sourcePort = 1000 + i % 50 % 7;
            assertEquals(Coalescer.Verdict.HELD, give(flow.whole()));
        }
        List<byte[]> got = drained();
        assertEquals(50, got.size());
        for (byte[] record : got) assertEquals(5, SuperFrame.segments(java.nio.ByteBuffer.wrap(record), 0, record.length));
    }

    @Test
    void aRunIsTheSuperFrameOfTheModel() {
        for (boolean v4 : new boolean[] {true, false}) {
            PacketModel whole = udp(950);
            whole.gsoSize = 100;
            whole.v4 = v4;
            if (!v4) whole.source = whole.destination = new byte[16];
            whole.tags = new byte[] {(byte) 0x81, 0, 0, 7};
            new Random(6).nextBytes(whole.payload);
            for (int i = 0; i < 10; i++) assertEquals(Coalescer.Verdict.HELD, give(whole.run(i, 1, false)));
            assertEquals(Slab.hex(List.of(whole.whole())), Slab.hex(drained()));
        }
    }

    @Test
    void aShorterFrameEndsARunAndALongerOneOpensTheNext() {
        for (int size : new int[] {100, 100, 60, 60, 200, 200}) give(open(size));
        assertEquals(List.of(312, 112, 452), drained().stream().map(r -> r.length).toList());
    }

    @Test
    void aRunHasAtMostSixtyFourSegmentsAndSixtyFiveThousandBytes() {
        for (int i = 0; i < 130; i++) give(open(10));
        assertEquals(List.of(52 + 640, 52 + 640, 52 + 20), drained().stream().map(r -> r.length).toList());
        for (int i = 0; i < 50; i++) give(open(1400));
        assertEquals(List.of(52 + 46 * 1400, 52 + 4 * 1400), drained().stream().map(r -> r.length).toList());
    }

    @Test
    void aSingleFrameIsUnchangedAndInPlace() {
        byte[] record = open(99);
        give(record);
        coalescer.drain((slab, offset, length) -> assertTrue(slab == coalescer.slab() && offset == 0 && length == record.length));
        assertEquals(0, coalescer.held());
        assertEquals(0, coalescer.room());
    }

    @Test
    void whatMustNotJoinDoesNot() {
        PacketModel model = udp(100);
        byte[] finished = model.plain(0);
        byte[] badSum = model.whole();
        badSum[10 + 34 + 6] ^= 1;
        byte[] badHeader = model.whole();
        badHeader[10 + 14 + 10] ^= 1;
        byte[] padded = Arrays.copyOf(model.whole(), model.whole().length + 1);
        model.fragmentField = 0;
        byte[] mayFragment = model.whole();
        byte[] empty = udp(0).whole();
        for (byte[] other : List.of(finished, badSum, badHeader, padded, mayFragment, empty)) {
            give(open(100));
            assertEquals(Coalescer.Verdict.DRAIN_THEN_PASS, give(other));
            give(open(100));
            assertEquals(Slab.hex(List.of(open(100), other, open(100))), Slab.hex(drained()));
        }
    }

    @Test
    void otherProtocolsOvertakeWhatIsHeld() {
        byte[] arp = new byte[52];
        arp[22] = 8;
        arp[23] = 6;
        PacketModel tcp = udp(100);
        tcp.tcp = true;
        give(open(100));
        assertEquals(Coalescer.Verdict.PASS, give(arp));
        assertEquals(Coalescer.Verdict.PASS, give(tcp.whole()));
        give(open(100));
        assertEquals(3, drained().size());
    }

    private static PacketModel tcp(int payloadBytes) {
        PacketModel model = udp(payloadBytes);
        model.tcp = true;
        model.tcpOptions = new byte[12];
        model.sequence = -150;
        return model;
    }

    @Test
    void aTcpRunIsTheSuperFrameOfTheModel() {
        coalescer = new Coalescer(true);
        for (boolean v4 : new boolean[] {true, false}) {
            PacketModel whole = tcp(950);
            whole.gsoSize = 100;
            whole.flags |= PacketModel.PSH;
            whole.v4 = v4;
            if (!v4) whole.source = whole.destination = new byte[16];
            for (int i = 0; i < 10; i++) assertEquals(Coalescer.Verdict.HELD, give(whole.run(i, 1, false)));
            assertEquals(Slab.hex(List.of(whole.whole())), Slab.hex(drained()));
        }
    }

    @Test
    void aTcpRunEndsWhereTheConnectionDoesSomethingElse() {
        coalescer = new Coalescer(true);
        List<Consumer<PacketModel>> changes = List.of(
                m -> m.sequence++, m -> m.tcpOptions[11]++, m -> m.tcpOptions = new byte[8], m -> m.hopLimit--, m -> m.tags = new byte[0]);
        for (Consumer<PacketModel> change : changes) {
            PacketModel model = tcp(100);
            model.tags = new byte[] {(byte) 0x81, 0, 0, 7};
            give(model.whole());
            model.sequence += 100;
            change.accept(model);
            assertEquals(Coalescer.Verdict.HELD, give(model.whole()));
            assertEquals(2, drained().size());
        }
        PacketModel pushed = tcp(100);
        pushed.flags |= PacketModel.PSH;
        give(pushed.whole());
        pushed.sequence += 100;
        give(pushed.whole());
        assertEquals(2, drained().size());
    }

    @Test
    void aTcpFrameThatCannotJoinDoesNotOvertakeOneThatIsHeld() {
        coalescer = new Coalescer(true);
        PacketModel fin = tcp(100);
        fin.flags |= PacketModel.FIN;
        give(open(100));
        assertEquals(Coalescer.Verdict.PASS, give(fin.whole()));
        assertEquals(Coalescer.Verdict.HELD, give(tcp(0).whole()));
        assertEquals(Coalescer.Verdict.HELD, give(tcp(100).whole()));
        assertEquals(Coalescer.Verdict.DRAIN_THEN_PASS, give(fin.whole()));
        assertEquals(5, drained().size());
    }

    @Test
    void itIsFullBeforeItsBoundsAreReached() {
        int frames = 0;
        while (coalescer.room() != Coalescer.FULL) {
            assertTrue(coalescer.room() + 66_048 <= coalescer.slab().capacity());
            give(open(1900));
            frames++;
        }
        assertEquals(235, frames);
        drained();
        for (int i = 0; i < 256; i++) {
            assertTrue(coalescer.room() >= 0);
            give(open(1 + i % 3));
        }
        assertEquals(Coalescer.FULL, coalescer.room());
    }
}
