// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.dataplane;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.violin.api.dataplane.Frames;
import org.violin.api.dataplane.HandOver;
import org.violin.api.dataplane.SwitchLogic;
import org.violin.api.dataplane.SwitchProvider;
import org.violin.api.model.Names;
import org.violin.frame.Ethernet;

/** What every switch plugin promises. A plugin's test extends this and gives its provider. */
public abstract class SwitchContract {
    private static final int PORTS = 6;
    private static final long SECOND = 1_000_000_000L;

    /** Ports as the logic wrote them. */
    protected final Set<Integer> some = new TreeSet<>();
    /** Turn it to let tables age. */
    protected long now = Long.MAX_VALUE - SECOND;

    private SwitchLogic logic;

    protected abstract SwitchProvider provider();

    @BeforeEach
    final void make() {
        logic = provider().create(Map.of());
    }

    /** What the logic answers for a frame; {@link #some} holds the ports of a SOME. */
    protected final int ask(SwitchLogic asked, int ingress, byte[] frame) {
        some.clear();
        ByteBuffer record = SampleFrames.record(frame);
        return asked.egress(ingress, record, 0, record.capacity(), now, some::add);
    }

    @Test
    final void theKindIsAWordForFiles() {
        assertTrue(Names.nodeMistake(provider().kind()).isEmpty(), provider().kind());
    }

    @Test
    final void attributesOfOthersAreIgnored() {
        assertNotNull(provider().create(Map.of("latitude", "40.42", "x-of-nobody", "")));
    }

    @Test
    final void aBroadcastReachesEveryOtherPort() {
        byte[] frame = SampleFrames.plain(Ethernet.BROADCAST, SampleFrames.station(1), "hello");
        int verdict = ask(logic, 0, frame);
        if (verdict == SwitchLogic.SOME) assertEquals(Set.of(1, 2, 3, 4, 5), some);
        else assertEquals(SwitchLogic.FLOOD, verdict);
    }

    @Test
    final void everyAnswerHasAMeaningAndNoFrameGoesBack() {
        long seed = 20_240_611;
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            int ingress = random.nextInt(PORTS);
            byte[] frame = randomFrame(random);
            int verdict = ask(logic, ingress, frame);
            String what = "seed " + seed + ", frame " + i + ", verdict " + verdict;
            assertTrue(verdict >= SwitchLogic.SOME && verdict < PORTS, what);
            assertTrue(verdict != ingress, what);
            assertFalse(some.contains(ingress), what);
            now += random.nextInt(50) * 1_000_000L;
        }
    }

    @Test
    final void theBytesAndTheBuffersStateStayAsTheyWere() {
        Random random = new Random(7);
        for (int i = 0; i < 500; i++) {
            byte[] frame = randomFrame(random);
            ByteBuffer slab = ByteBuffer.allocateDirect(frame.length + 100);
            if (i % 2 == 0) slab.order(ByteOrder.LITTLE_ENDIAN);
            slab.put(50 + Frames.OFFLOAD_HEADER, frame).position(3).limit(slab.capacity() - 1);
            byte[] before = bytes(slab);
            logic.egress(0, slab, 50, Frames.OFFLOAD_HEADER + frame.length, now, port -> {});
            assertArrayEquals(before, bytes(slab));
            assertEquals(3, slab.position());
            assertEquals(slab.capacity() - 1, slab.limit());
        }
    }

    @Test
    final void theByteOrderOfTheSlabDoesNotMatter() {
        SwitchLogic other = provider().create(Map.of());
        Random random = new Random(8);
        for (int i = 0; i < 2000; i++) {
            byte[] frame = randomFrame(random);
            int ingress = random.nextInt(PORTS);
            ByteBuffer record = SampleFrames.record(frame).order(ByteOrder.LITTLE_ENDIAN);
            assertEquals(ask(logic, ingress, frame), other.egress(ingress, record, 0, record.capacity(), now, port -> {}), "frame " + i);
        }
    }

    @Test
    final void nothingIsSentToAClosedPort() {
        for (int port = 0; port < PORTS; port++) {
            ask(logic, port, SampleFrames.plain(Ethernet.BROADCAST, SampleFrames.station(port), "here"));
        }
        logic.portClosed(3);
        assertTrue(ask(logic, 0, SampleFrames.plain(SampleFrames.station(3), SampleFrames.station(0), "for 3")) != 3);
        assertFalse(some.contains(3));
    }

    @Test
    final void closingAPortThatNeverSpokeIsHarmless() {
        logic.portClosed(0);
        logic.portClosed(4711);
    }

    @Test
    final void switchesOfOneProviderKnowNothingOfEachOther() {
        SwitchLogic other = provider().create(Map.of());
        byte[] to1 = SampleFrames.plain(SampleFrames.station(1), SampleFrames.station(2), "to 1");
        int fresh = ask(provider().create(Map.of()), 2, to1);
        ask(logic, 1, SampleFrames.plain(SampleFrames.station(2), SampleFrames.station(1), "from 1"));
        assertEquals(fresh, ask(other, 2, to1));
    }

    @Test
    final void nothingIsAllocatedForEachFrame() {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        Random random = new Random(9);
        ByteBuffer[] records = new ByteBuffer[64];
        for (int i = 0; i < records.length; i++) records[i] = SampleFrames.record(randomFrame(random));
        SwitchLogic.Egress nowhere = port -> {};
        long best = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            for (int i = 0; i < 100_000; i++) {
                ByteBuffer record = records[i & 63];
                logic.egress(i % PORTS, record, 0, record.capacity(), now + i, nowhere);
            }
            best = Math.min(best, threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before);
        }
        assertTrue(best < 2000, best + " bytes for 100000 frames");
    }

    @Test
    final void whatALogicLeavesTheNextOneGoesOnWith() {
        long seed = 20_250_114;
        Random random = new Random(seed);
        SwitchLogic twin = provider().create(Map.of());
        for (int i = 0; i < 5000; i++) {
            int ingress = random.nextInt(PORTS);
            byte[] frame = randomFrame(random);
            assertEquals(ask(twin, ingress, frame), ask(logic, ingress, frame), "seed " + seed + ", frame " + i);
            now += random.nextInt(50) * 1_000_000L;
        }
        HandOver left = logic.release();
        if (left == null) return;
        SwitchLogic next = provider().create(Map.of(), left);
        for (int i = 0; i < 5000; i++) {
            int ingress = random.nextInt(PORTS);
            byte[] frame = randomFrame(random);
            int verdict = ask(twin, ingress, frame);
            Set<Integer> ports = new TreeSet<>(some);
            assertEquals(verdict, ask(next, ingress, frame), "seed " + seed + ", frame " + i + " after the change");
            assertEquals(ports, some, "seed " + seed + ", frame " + i + " after the change");
            now += random.nextInt(50) * 1_000_000L;
        }
    }

    @Test
    final void whatCannotBeReadIsIgnored() {
        Random random = new Random(10);
        for (int i = 0; i < 5000; i++) ask(logic, random.nextInt(PORTS), randomFrame(random));
        HandOver left = logic.release();
        String kind = left == null ? "mac-table" : left.kind();
        byte[] sound = left == null ? new byte[100] : left.data();
        assertWorks(new HandOver("of-nobody", 1, sound));
        assertWorks(new HandOver(kind, 4711, sound));
        for (int i = 0; i < 2000; i++) {
            byte[] damaged = java.util.Arrays.copyOf(sound, i % 3 == 0 ? random.nextInt(sound.length) : sound.length);
            for (int flips = random.nextInt(4); flips >= 0 && damaged.length > 0; flips--) {
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            }
            if (i % 5 == 0) random.nextBytes(damaged);
            assertWorks(new HandOver(kind, left == null ? 1 : left.version(), damaged));
        }
    }

    private void assertWorks(HandOver before) {
        SwitchLogic made = provider().create(Map.of(), before);
        int verdict = ask(made, 0, SampleFrames.plain(Ethernet.BROADCAST, SampleFrames.station(1), "hello"));
        assertTrue(verdict == SwitchLogic.FLOOD || verdict == SwitchLogic.SOME, "verdict " + verdict);
    }

    private static byte[] bytes(ByteBuffer slab) {
        byte[] all = new byte[slab.capacity()];
        for (int i = 0; i < all.length - 1; i++) all[i] = slab.get(i);
        return all;
    }

    /** Unicast, group and nonsense of any length, often IP-like, so that every parser is reached. */
    private static byte[] randomFrame(Random random) {
        byte[] frame = new byte[Ethernet.HEADER + random.nextInt(100)];
        random.nextBytes(frame);
        ByteBuffer b = ByteBuffer.wrap(frame);
        long destination = switch (random.nextInt(5)) {
            case 0 -> Ethernet.ofIpv4Group(random.nextInt());
            case 1 -> Ethernet.ofIpv6Group(random.nextInt(4));
            case 2 -> Ethernet.BROADCAST;
            default -> SampleFrames.station(random.nextInt(8));
        };
        b.putShort(0, (short) (destination >>> 32)).putInt(2, (int) destination);
        if (random.nextInt(4) > 0) b.putShort(6, (short) 0x0200).putInt(8, random.nextInt(8));
        if (random.nextInt(3) > 0) b.putShort(12, (short) (Ethernet.isIpv6Group(destination) ? Ethernet.TYPE_IPV6 : Ethernet.TYPE_IPV4));
        if (frame.length > 40 && random.nextBoolean()) {
            b.put(14, (byte) 0x46).putShort(16, (short) (frame.length - 14)).putShort(20, (short) 0);
            b.put(23, (byte) (random.nextBoolean() ? 2 : 103));
            b.put(30, (byte) 0xe0);
        }
        return frame;
    }
}
