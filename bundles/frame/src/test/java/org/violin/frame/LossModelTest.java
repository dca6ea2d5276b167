// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * What exactly arrives when datagrams get lost, doubled and out of order:
 *
 * <ol>
 *   <li>a record with all its bytes arrives as it was, once and in order;
 *   <li>of a super-frame whose length, VNI and headers arrived, exactly those segments with all their bytes;
 *   <li>else, if its last byte and its whole repair arrived, no segment without all its bytes, and of the others at least those behind its
 *       last loss; all of them if also its length, VNI and first byte arrived, for then the places of all losses are known;
 *   <li>nothing else.
 * </ol>
 */
final class LossModelTest {
    private final Segmenter segmenter = new Segmenter();
    private int salvaged;
    private int repaired;
    private int byPlace;

    private static List<Integer> network(Random random, int datagrams, double loss, int jitter, boolean doubles) {
        boolean bursts = random.nextInt(3) == 0;
        TreeMap<Double, Integer> times = new TreeMap<>();
        for (int i = 1; i < datagrams - 1; i++) {
            if (random.nextDouble() < loss) {
                i += bursts ? random.nextInt(60) : 0;
                continue;
            }
            times.put(i + (random.nextInt(4) == 0 ? jitter * random.nextDouble() : random.nextDouble() / 2), i);
            if (doubles && random.nextInt(20) == 0) times.put(i + 90 * random.nextDouble(), i);
            if (random.nextInt(60) == 0) times.put(i + random.nextDouble(), -1);
        }
        List<Integer> arrivals = new ArrayList<>(List.of(0));
        arrivals.addAll(times.values());
        arrivals.add(datagrams - 1);
        return arrivals;
    }

    private void round(int seed) {
        Random random = new Random(seed);
        int overhead = random.nextInt(3) == 0 ? 16 : 0;
        WireModel model = new WireModel(250 + random.nextInt(1250), overhead);
        int repairs = random.nextInt(3);
        if (random.nextInt(4) == 0) model.payload = 3000 + random.nextInt(25_000);
        for (int i = 0; i < 120; i++) {
            model.random(random, repairs == 1 || repairs == 2 && random.nextBoolean());
            if (random.nextInt(30) == 0) model.slicer.resize(250 + random.nextInt(random.nextBoolean() ? 1250 : 8000));
        }
        model.slicer.keepalive();
        double loss = new double[] {0, 0.005, 0.03, 0.1, 0.3}[random.nextInt(5)];
        int window = new int[] {0, 4, 16, 64}[random.nextInt(4)];
        int jitter = new int[] {0, 3, 30, 150}[random.nextInt(4)];
        List<Integer> arrivals = network(random, model.datagrams.size(), loss, jitter, random.nextBoolean());
        WireReceiver receiver = new WireReceiver(window, random.nextBoolean(), overhead, random);
        for (int sequence : arrivals) {
            if (sequence < 0) receiver.giveUp();
            else receiver.give(model.datagrams.get(sequence).bytes());
        }
        while (receiver.reassembler.waiting()) receiver.giveUp();
        model.arrived(WireModel.order(arrivals, window));
        assertEquals(0, receiver.reassembler.malformed(), "malformed");
        compare(model, receiver.got);
    }

    private void compare(WireModel model, List<WireReceiver.Got> got) {
        Map<Integer, List<byte[]>> byVni = new TreeMap<>();
        int before = 0;
        for (WireReceiver.Got one : got) {
            assertTrue(one.vni() >= before, "order");
            before = one.vni();
            byVni.computeIfAbsent(one.vni(), vni -> new ArrayList<>()).add(one.bytes());
        }
        for (int i = 0; i < model.records.size(); i++) compare(i, model, byVni.getOrDefault(i, List.of()));
        assertTrue(before < model.records.size());
    }

    private void compare(int serial, WireModel model, List<byte[]> got) {
        WireModel.Sent sent = model.records.get(serial);
        if (model.has(sent.begin(), sent.end())) {
            assertEquals(1, got.size(), "times that record " + serial + " came");
            assertArrayEquals(sent.bytes(), got.get(0), "record " + serial);
            return;
        }
        boolean superFrame = sent.model() != null && sent.model().segments() > 1;
        boolean headers = superFrame && model.has(sent.begin(), sent.begin() + Encapsulation.RECORD + sent.headers());
        boolean repair = superFrame && sent.isRepaired() && model.has(sent.end() - 1, sent.repairEnd());
        if (!headers && !repair) {
            assertEquals(0, got.size(), "nothing can be known of record " + serial);
            return;
        }
        boolean placed = headers || model.has(sent.begin(), sent.begin() + Encapsulation.RECORD + 1);
        long sure = placed ? 0 : model.lastLoss(sent.begin(), sent.end());
        List<byte[]> frames = cut(got);
        int at = 0;
        for (int i = 0; i < sent.model().segments(); i++) {
            boolean there = at < frames.size() && java.util.Arrays.equals(sent.model().plain(i), frames.get(at));
            boolean intact = model.has(sent.segment(i), sent.segment(i + 1));
            String text = "segment " + i + " of record " + serial + (headers ? "" : ", repaired");
            if (there) assertTrue(intact, text + " was damaged");
            if (intact && sent.segment(i) >= sure) assertTrue(there, text + " is missing");
            if (there) at++;
            if (there && headers) salvaged++;
            else if (there && placed) byPlace++;
            else if (there) repaired++;
        }
        assertEquals(frames.size(), at, "frames that are none of record " + serial);
    }

    private List<byte[]> cut(List<byte[]> runs) {
        Slab.Recorder out = new Slab.Recorder();
        for (byte[] run : runs) assertTrue(segmenter.finish(ByteBuffer.wrap(run), 0, run.length, true, out) > 0, "sound");
        return out.records;
    }

    @Test
    void exactlyWhatCanBeKnownArrives() {
        int rounds = Integer.getInteger("violin.rounds", 80);
        int first = Integer.getInteger("violin.seed", 1);
        for (int seed = first; seed < first + rounds; seed++) {
            try {
                round(seed);
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
        System.out.println("seeds " + first + " to " + (first + rounds - 1) + ": segments salvaged " + salvaged + ", repaired " + repaired
                + ", repaired in place " + byPlace);
        assertTrue(rounds < 80 || salvaged > 1000 && repaired > 1000 && byPlace > 0);
    }

    @Test
    void changedStartsAndShorterSlicesAreNoticedAndGotOver() {
        for (int seed = 1; seed <= 30; seed++) {
            Random random = new Random(seed);
            WireModel model = new WireModel(400 + random.nextInt(1100), 0);
            for (int i = 0; i < 100; i++) model.random(random, true);
            model.slicer.finish();
            int bad = model.datagrams.size();
            for (int i = 0; i < 100; i++) model.random(random, true);
            model.slicer.finish();
            WireReceiver receiver = new WireReceiver(8, random.nextBoolean(), 0, random);
            for (int i = 0; i < model.datagrams.size(); i++) {
                byte[] bytes = model.datagrams.get(i).bytes().clone();
                if (i < bad && random.nextInt(8) == 0) bytes[Encapsulation.HEADER + random.nextInt(2)] ^= (byte) (1 << random.nextInt(8));
                if (i < bad && random.nextInt(20) == 0) bytes = java.util.Arrays.copyOf(bytes, 18 + random.nextInt(bytes.length - 17));
                receiver.give(bytes);
            }
            assertTrue(receiver.reassembler.malformed() > 0, "seed " + seed);
            int last = model.records.size() - 90;
            List<WireReceiver.Got> good = receiver.got.stream().filter(one -> one.vni() >= last && one.vni() < 200).toList();
            assertEquals(90, good.size(), "seed " + seed);
            for (int i = 0; i < 90; i++) assertArrayEquals(model.records.get(last + i).bytes(), good.get(i).bytes(), "seed " + seed);
        }
    }
}
