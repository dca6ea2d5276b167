// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.violin.engine.Rig.nic;
import static org.violin.engine.Rig.node;
import static org.violin.engine.Rig.port;
import static org.violin.engine.Rig.remote;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.violin.frame.Ethernet;
import org.violin.testkit.dataplane.MemoryDevice;
import org.violin.testkit.dataplane.SampleFrames;

/** Frames in, frames out, on engines that the test steps. */
final class ScenarioTest {
    private static final byte[] HELLO = SampleFrames.plain(Ethernet.BROADCAST, SampleFrames.station(1), "hello");

    private final Rig rig = new Rig(false, "h1", "h2");
    private final Engine h1 = rig.engine("h1");
    private final Engine h2 = rig.engine("h2");

    @AfterEach
    void close() {
        rig.close();
    }

    private static void openSwitch(Engine engine, String name) {
        engine.openSwitch(node(name), "hub", Map.of());
    }

    @Test
    void aFrameCrossesACableBetweenTwoNicsUnchanged() {
        MemoryDevice a = rig.plug("h1", "a:eth1");
        MemoryDevice b = rig.plug("h1", "b:eth1");
        h1.openLink(1, nic("a:eth1"), nic("b:eth1"));
        a.guestSends(HELLO);
        rig.settle();
        assertArrayEquals(HELLO, b.guestReceives());
        assertEquals(0, a.waiting());
        assertEquals(1, rig.port("h1", "a:eth1").framesIn());
        assertEquals(HELLO.length, rig.port("h1", "b:eth1").bytesOut());
    }

    @Test
    void aDeviceIsExchangedAndTheOldOneGoesBackOpen() {
        MemoryDevice a = rig.plug("h1", "a:eth1");
        MemoryDevice b = rig.plug("h1", "b:eth1");
        h1.openLink(1, nic("a:eth1"), nic("b:eth1"));
        MemoryDevice other = rig.machine.device();
        assertEquals(Map.of(Rig.id("a:eth1"), a), h1.exchange(Map.of(Rig.id("a:eth1"), other)));
        assertTrue(a.hasCarrier() && other.hasCarrier());
        other.guestSends(HELLO);
        b.guestSends(HELLO);
        a.guestSends(HELLO);
        rig.settle();
        assertArrayEquals(HELLO, b.guestReceives());
        assertNull(b.guestReceives(), "nobody reads the old one");
        assertArrayEquals(HELLO, other.guestReceives());
        assertNull(a.guestReceives());
        assertEquals(Map.of(Rig.id("a:eth1"), other), h1.exchange(Map.of(Rig.id("a:eth1"), a)));
        rig.settle();
        assertArrayEquals(HELLO, b.guestReceives(), "what waited");
        assertEquals(Map.of(), h1.exchange(Map.of(Rig.id("nobody:eth1"), other)), "nothing is plugged in there");
        other.close();
    }

    @Test
    void theOffloadHeaderTravelsWithTheFrame() {
        MemoryDevice a = rig.plug("h1", "a:eth1");
        MemoryDevice b = rig.plug("h2", "b:eth1");
        h1.openLink(1, nic("a:eth1"), remote("h2"));
        h2.openLink(1, nic("b:eth1"), remote("h1"));
        var record = SampleFrames.record(HELLO).put(0, new byte[] {1, 4, 3, 2, 1});
        a.guestSends(record, record.capacity());
        rig.settle();
        var got = java.nio.ByteBuffer.allocate(2048);
        assertEquals(record.capacity(), b.guestReceives(got));
        for (int i = 0; i < record.capacity(); i++) assertEquals(record.get(i), got.get(i), "byte " + i);
    }

    @Test
    void aSwitchCarriesToItsOtherPortsHereAndOnOtherHosts() {
        MemoryDevice a = rig.plug("h1", "a:eth1");
        MemoryDevice b = rig.plug("h1", "b:eth1");
        MemoryDevice c = rig.plug("h2", "c:eth1");
        openSwitch(h1, "s");
        h1.openLink(1, nic("a:eth1"), port("s:p1"));
        h1.openLink(2, port("s:p2"), nic("b:eth1"));
        h1.openLink(3, port("s:p3"), remote("h2"));
        h2.openLink(3, remote("h1"), nic("c:eth1"));
        a.guestSends(HELLO);
        rig.settle();
        assertArrayEquals(HELLO, b.guestReceives());
        assertArrayEquals(HELLO, c.guestReceives());
        assertNull(a.guestReceives());
        c.guestSends(HELLO);
        rig.settle();
        assertArrayEquals(HELLO, a.guestReceives());
        assertEquals(1, rig.port("h1", "s:p3").framesIn());
        assertEquals(3, rig.port("h1", "s:p3").vni());
        assertEquals("h2", rig.port("h1", "s:p3").far());
    }

    @Test
    void theOrderOfControlCallsDoesNotMatter() {
        List<Runnable> calls = new ArrayList<>();
        MemoryDevice a = rig.machine.device();
        MemoryDevice b = rig.machine.device();
        calls.add(() -> openSwitch(h1, "s"));
        calls.add(() -> openSwitch(h1, "t"));
        calls.add(() -> h1.openLink(1, nic("a:eth1"), port("s:p1")));
        calls.add(() -> h1.openLink(2, port("s:p2"), port("t:p1")));
        calls.add(() -> h1.openLink(3, nic("b:eth1"), port("t:p2")));
        calls.add(() -> h1.plug(Rig.id("a:eth1"), a));
        calls.add(() -> h1.plug(Rig.id("b:eth1"), b));
        Random random = new Random(11);
        for (int round = 0; round < 50; round++) {
            Collections.shuffle(calls, random);
            calls.forEach(Runnable::run);
            calls.forEach(Runnable::run);
            assertTrue(a.hasCarrier() && b.hasCarrier(), "round " + round);
            a.guestSends(HELLO);
            rig.settle();
            assertArrayEquals(HELLO, b.guestReceives(), "round " + round);
            assertEquals(6, h1.ports().size());
            List<Runnable> undo = new ArrayList<>(List.of(() -> h1.closeLink(1), () -> h1.closeLink(2), () -> h1.closeLink(3),
                    () -> h1.closeSwitch(node("s")), () -> h1.closeSwitch(node("t"))));
            Collections.shuffle(undo, random);
            undo.forEach(Runnable::run);
            undo.forEach(Runnable::run);
            assertEquals(2, h1.ports().size(), "only the plugged vNICs are left");
            assertFalse(a.hasCarrier());
        }
        h1.unplug(Rig.id("a:eth1"));
        h1.unplug(Rig.id("a:eth1"));
        assertTrue(a.isClosed());
        assertFalse(b.isClosed());
    }

    @Test
    void framesOfAnUnknownVniOrFromTheWrongHostAreRefusedAndCounted() {
        MemoryDevice b = rig.plug("h2", "b:eth1");
        h2.openLink(7, nic("b:eth1"), remote("h1"));
        h2.openLink(9, nic("c:eth1"), remote("h3"));
        byte[] record = new byte[80];
        rig.tunnels.forge("h1/v/none", "h2", 8, record);
        rig.tunnels.forge("h1/v/none", "h2", 9, record);
        rig.tunnels.forge("h1/v/none", "h2", 7, new byte[23]);
        rig.tunnels.forge("h3/v/none", "h2", 7, record);
        rig.settle();
        assertEquals(0, b.waiting());
        assertEquals(Map.of("unknown-vni", 1L, "wrong-peer", 1L, "bad-length", 1L), h2.drops());
        rig.tunnels.forge("h1/v/none", "h2", 7, record);
        rig.settle();
        assertEquals(1, b.waiting());
    }

    @Test
    void aFrameTooShortForEthernetIsDroppedAtTheBorder() {
        MemoryDevice a = rig.plug("h1", "a:eth1");
        a.guestSends(new byte[13]);
        rig.settle();
        assertEquals(Map.of("bad-length", 1L), rig.port("h1", "a:eth1").drops());
    }

    @Test
    void eachKindOfMissingFarEndIsCountedByItsReason() {
        MemoryDevice a = rig.plug("h1", "a:eth1");
        a.guestSends(HELLO);
        rig.settle();
        h1.openLink(1, nic("a:eth1"), port("s:p1"));
        a.guestSends(HELLO);
        rig.settle();
        h1.openSwitch(node("s"), "hub-of-nobody", Map.of());
        a.guestSends(HELLO);
        rig.settle();
        assertEquals(Map.of("no-switch", 1L), rig.port("h1", "s:p1").drops(), "it waits");
        rig.clock.advance(java.time.Duration.ofSeconds(31));
        a.guestSends(HELLO);
        rig.settle();
        Map<String, Long> drops = Map.of("no-switch", 1L, "hold-expired", 1L, "no-provider", 1L);
        Rig.await("the waiting frame is given up", () -> drops.equals(rig.port("h1", "s:p1").drops()));
        h1.openLink(1, nic("a:eth1"), nic("b:eth1"));
        a.guestSends(HELLO);
        rig.settle();
        assertEquals(Map.of("no-device", 1L), rig.port("h1", "b:eth1").drops());
        h1.openLink(1, nic("a:eth1"), remote("h9"));
        a.guestSends(HELLO);
        rig.settle();
        assertEquals(Map.of("no-link", 1L, "no-peer", 1L), rig.port("h1", "a:eth1").drops());
    }

    @Test
    void aGuestThatDoesNotReadLosesFramesAndTheyAreCounted() {
        MemoryDevice a = rig.plug("h1", "a:eth1");
        rig.plug("h1", "b:eth1");
        h1.openLink(1, nic("a:eth1"), nic("b:eth1"));
        for (int i = 0; i < 70; i++) {
            a.guestSends(HELLO);
            rig.settle();
        }
        assertEquals(64, rig.port("h1", "b:eth1").framesOut());
        assertEquals(Map.of("guest-full", 6L), rig.port("h1", "b:eth1").drops());
    }

    @Test
    void theNewestLinkOfAnEndIsTheOneThatCounts() {
        MemoryDevice a = rig.plug("h1", "a:eth1");
        MemoryDevice b = rig.plug("h1", "b:eth1");
        MemoryDevice c = rig.plug("h1", "c:eth1");
        h1.openLink(1, nic("a:eth1"), nic("b:eth1"));
        h1.openLink(2, nic("a:eth1"), nic("c:eth1"));
        assertFalse(b.hasCarrier());
        b.guestSends(HELLO);
        h1.closeLink(1);
        a.guestSends(HELLO);
        rig.settle();
        assertNull(b.guestReceives());
        assertNull(a.guestReceives());
        assertArrayEquals(HELLO, c.guestReceives());
    }

    @Test
    void linksThatWouldBreakIsolationOrMakeNoSenseAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> h1.openLink(1, nic("v/a:eth1"), port("w/s:p1")));
        assertThrows(IllegalArgumentException.class, () -> h1.openLink(1, remote("h2"), remote("h3")));
        assertThrows(IllegalArgumentException.class, () -> h1.openLink(1, nic("a:eth1"), nic("a:eth1")));
        assertThrows(IllegalArgumentException.class, () -> h1.openLink(1 << 24, nic("a:eth1"), nic("b:eth1")));
        assertThrows(IllegalArgumentException.class, () -> h1.openLink(0, nic("a:eth1"), nic("b:eth1")));
        assertTrue(h1.ports().isEmpty());
    }

    @Test
    void aLoopOfSwitchesEndsAtTheHopLimit() {
        MemoryDevice a = rig.plug("h1", "a:eth1");
        openSwitch(h1, "s");
        openSwitch(h1, "t");
        h1.openLink(1, nic("a:eth1"), port("s:p1"));
        h1.openLink(2, port("s:p2"), port("t:p2"));
        h1.openLink(3, port("s:p3"), port("t:p3"));
        a.guestSends(HELLO);
        rig.settle();
        long limited = h1.ports().stream().mapToLong(p -> p.drops().getOrDefault("hop-limit", 0L)).sum();
        assertTrue(limited > 0, h1.ports().toString());
    }

    @Test
    void aMeshOfLoopsEndsAtTheCopyLimit() {
        MemoryDevice a = rig.plug("h1", "a:eth1");
        h1.openLink(1, nic("a:eth1"), port("s0:in"));
        int vni = 2;
        for (int i = 0; i < 9; i++) openSwitch(h1, "s" + i);
        for (int i = 0; i < 9; i++) {
            for (int j = i + 1; j < 9; j++) h1.openLink(vni++, port("s" + i + ":p" + j), port("s" + j + ":p" + i));
        }
        a.guestSends(HELLO);
        rig.settle();
        long copies = h1.ports().stream().filter(p -> p.switchPort()).mapToLong(p -> p.framesOut()).sum();
        assertEquals(Cycle.MAX_COPIES, copies);
        assertTrue(h1.ports().stream().anyMatch(p -> p.drops().containsKey("copy-limit")));
    }

    @Test
    void aBusyDeviceDoesNotKeepOthersWaiting() {
        EngineSettings one = new EngineSettings("mem", "none", 1, 1500, 1 << 20, 0);
        try (Rig single = new Rig(false, one, "h1")) {
            MemoryDevice busy = single.machine.device(1000, 256);
            single.engine("h1").plug(Rig.id("busy:eth1"), busy);
            MemoryDevice quiet = single.plug("h1", "quiet:eth1");
            MemoryDevice sink = single.plug("h1", "sink:eth1");
            single.engine("h1").openLink(1, nic("quiet:eth1"), nic("sink:eth1"));
            for (int i = 0; i < 1000; i++) busy.guestSends(HELLO);
            quiet.guestSends(HELLO);
            single.engine("h1").step(); // the first frame after a pause leaves alone
            assertEquals(1, sink.waiting());
            single.engine("h1").step();
            assertEquals(257, single.port("h1", "busy:eth1").framesIn());
        }
    }

    @Test
    void aDeviceThatVanishesIsReadNoMoreAndReplacedByTheNextPlug() {
        MemoryDevice a = rig.plug("h1", "a:eth1");
        MemoryDevice b = rig.plug("h1", "b:eth1");
        h1.openLink(1, nic("a:eth1"), nic("b:eth1"));
        a.vanish();
        rig.settle();
        b.guestSends(HELLO);
        rig.settle();
        assertEquals(Map.of("device-closed", 2L), rig.port("h1", "a:eth1").drops());
        MemoryDevice again = rig.plug("h1", "a:eth1");
        b.guestSends(HELLO);
        rig.settle();
        assertArrayEquals(HELLO, again.guestReceives());
    }

    @Test
    void aSecondDeviceReplacesAndClosesTheFirst() {
        MemoryDevice first = rig.plug("h1", "a:eth1");
        MemoryDevice second = rig.plug("h1", "a:eth1");
        assertTrue(first.isClosed());
        assertFalse(second.isClosed());
        h1.plug(Rig.id("a:eth1"), second);
        assertFalse(second.isClosed());
    }

    @Test
    void stoppingTheEngineClosesItsDevicesAndTunnel() {
        MemoryDevice a = rig.plug("h1", "a:eth1");
        h1.stop();
        assertTrue(a.isClosed());
        assertFalse(rig.tunnels.hosts().contains("h1"));
        MemoryDevice late = rig.machine.device();
        assertThrows(IllegalStateException.class, () -> h1.plug(Rig.id("b:eth1"), late));
        assertTrue(late.isClosed());
    }

    @Test
    void aThousandPortsOnOneSwitchAllGetAFlood() {
        openSwitch(h1, "s");
        List<MemoryDevice> devices = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            MemoryDevice device = rig.machine.device(4, 128);
            devices.add(device);
            h1.plug(Rig.id("n" + i + ":eth1"), device);
            h1.openLink(i + 1, nic("n" + i + ":eth1"), port("s:p" + i));
        }
        devices.get(500).guestSends(HELLO);
        rig.settle();
        for (int i = 0; i < 1000; i++) assertEquals(i == 500 ? 0 : 1, devices.get(i).waiting(), "station " + i);
    }
}
