// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.violin.engine.Rig.id;
import static org.violin.engine.Rig.nic;
import static org.violin.engine.Rig.node;
import static org.violin.engine.Rig.port;
import static org.violin.engine.Rig.remote;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.violin.frame.Ethernet;
import org.violin.testkit.dataplane.MemoryDevice;
import org.violin.testkit.dataplane.SampleFrames;

/** VLinks that do more than carry. */
@Timeout(60)
final class LaneTest {
    private final Rig rig = new Rig(false, "h1", "h2");
    private final Engine h1 = rig.engine("h1");
    private final FifoStages stages = new FifoStages();
    private final MemoryDevice a = rig.plug("h1", "a:eth1");
    private final MemoryDevice b = rig.plug("h1", "b:eth1");

    @AfterEach
    void close() {
        rig.close();
    }

    private void cable() {
        h1.addLinkStageProvider(stages, Map.of());
        h1.openLink(1, nic("a:eth1"), nic("b:eth1"));
    }

    private static byte[] frame(int n) {
        return SampleFrames.plain(SampleFrames.station(2), SampleFrames.station(1), "frame " + n);
    }

    private void sends(MemoryDevice device, int... numbers) {
        for (int n : numbers) assertTrue(device.guestSends(frame(n)));
        rig.settle();
    }

    private void after(long millis) {
        rig.clock.advance(Duration.ofMillis(millis));
        rig.settle();
    }

    private long count(String port, String word) {
        return rig.port("h1", port).counters().getOrDefault(word, 0L);
    }

    @Test
    void aFrameComesAfterItsDelayAndNotBeforeAndOnlyInThatDirection() {
        cable();
        h1.condition(id("a:eth1"), Map.of("delay", "20"));
        sends(a, 1);
        sends(b, 2);
        assertArrayEquals(frame(2), a.guestReceives());
        after(19);
        assertNull(b.guestReceives());
        after(1);
        assertArrayEquals(frame(1), b.guestReceives());
        assertEquals(1, count("a:eth1", "link-packets"));
        assertEquals(1, h1.swaps().get("links-released"));
        assertEquals(1, h1.swaps().get("links-conditioned"));
    }

    @Test
    void aChangeActsOnTheRunningLinkAndLosesNothing() {
        cable();
        h1.condition(id("a:eth1"), Map.of("delay", "20"));
        sends(a, 1);
        h1.condition(id("a:eth1"), Map.of("delay", "5"));
        sends(a, 2);
        h1.condition(id("a:eth1"), Map.of());
        sends(a, 3);
        after(20);
        for (int n = 1; n <= 3; n++) assertArrayEquals(frame(n), b.guestReceives());
        assertEquals(1, stages.made.size(), "in place");
        h1.settleControl();
        Rig.await("the lane is forgotten", () -> h1.swaps().get("links-conditioned") == 0);
        sends(a, 4);
        assertArrayEquals(frame(4), b.guestReceives());
    }

    @Test
    void settingsOfAnExperimentLieOverThoseOfTheFile() {
        cable();
        h1.condition(id("a:eth1"), Map.of("delay", "20"));
        h1.override(id("a:eth1"), Map.of("delay", "1"));
        sends(a, 1);
        after(1);
        assertArrayEquals(frame(1), b.guestReceives());
        h1.condition(id("a:eth1"), Map.of("delay", "30"));
        sends(a, 2);
        after(1);
        assertArrayEquals(frame(2), b.guestReceives());
        h1.override(id("a:eth1"), Map.of());
        sends(a, 3);
        after(29);
        assertNull(b.guestReceives());
        after(1);
        assertArrayEquals(frame(3), b.guestReceives());
        h1.restart(id("a:eth1"));
        assertEquals(1, stages.made.get(0).restarts);
    }

    @Test
    void aCableThatIsDownHasNoCarrierAndLosesWhatIsOnItsWay() {
        cable();
        h1.condition(id("a:eth1"), Map.of("delay", "20"));
        sends(a, 1);
        h1.override(id("a:eth1"), Map.of("state", "down"));
        h1.override(id("b:eth1"), Map.of("state", "down"));
        assertFalse(a.hasCarrier() || b.hasCarrier());
        sends(a, 2);
        after(50);
        assertNull(b.guestReceives());
        assertEquals(1, count("a:eth1", "link-cut-lost"));
        assertEquals(1, rig.port("h1", "a:eth1").drops().get("link-down"));
        assertFalse(rig.port("h1", "a:eth1").carrier());
        h1.override(id("a:eth1"), Map.of());
        assertFalse(a.hasCarrier(), "the other end is still down");
        h1.override(id("b:eth1"), Map.of());
        assertTrue(a.hasCarrier() && b.hasCarrier());
        sends(a, 3);
        after(20);
        assertArrayEquals(frame(3), b.guestReceives());
    }

    @Test
    void aCutIsSilent() {
        cable();
        h1.condition(id("a:eth1"), Map.of("state", "cut"));
        sends(a, 1);
        assertNull(b.guestReceives());
        assertTrue(a.hasCarrier() && b.hasCarrier());
        assertEquals(1, rig.port("h1", "a:eth1").drops().get("link-cut"));
    }

    @Test
    void conditionsMayComeBeforeTheLinkAndBeforeThePlugin() {
        h1.condition(id("a:eth1"), Map.of("delay", "7"));
        h1.condition(id("s:p1"), Map.of("delay", "3"));
        h1.openSwitch(node("s"), "hub", Map.of());
        h1.openLink(1, nic("a:eth1"), port("s:p1"));
        h1.openLink(2, nic("b:eth1"), port("s:p2"));
        sends(a, 1);
        assertEquals(1, rig.port("h1", "a:eth1").drops().get("no-stage"));
        h1.addLinkStageProvider(stages, Map.of());
        sends(a, 2);
        after(7);
        assertArrayEquals(frame(2), b.guestReceives());
        sends(b, 3);
        after(3);
        assertArrayEquals(frame(3), a.guestReceives());
        h1.closeLink(1);
        h1.openLink(1, nic("a:eth1"), port("s:p1"));
        sends(b, 4);
        assertNull(a.guestReceives(), "the port is new, its conditions are not");
        after(3);
        assertArrayEquals(frame(4), a.guestReceives());
    }

    @Test
    void anotherPluginTakesOverAndLosesNothing() {
        cable();
        h1.condition(id("a:eth1"), Map.of("delay", "20"));
        sends(a, 1);
        FifoStages better = new FifoStages();
        h1.addLinkStageProvider(better, Map.of("service.ranking", 1));
        sends(a, 2);
        h1.removeLinkStageProvider(stages);
        after(20);
        assertArrayEquals(frame(1), b.guestReceives());
        assertArrayEquals(frame(2), b.guestReceives());
        assertEquals(1, better.made.size());
        assertEquals(2, count("a:eth1", "link-packets"), "also what the first counted");
        h1.removeLinkStageProvider(better);
        sends(a, 3);
        after(20);
        assertArrayEquals(frame(3), b.guestReceives(), "while it is replaced it goes on");
    }

    @Test
    void whatIsWrongIsRefusedAndChangesNothing() {
        cable();
        h1.condition(id("a:eth1"), Map.of("delay", "20"));
        assertThrows(IllegalArgumentException.class, () -> h1.condition(id("a:eth1"), Map.of("loss", "1")));
        assertThrows(IllegalArgumentException.class, () -> h1.override(id("a:eth1"), Map.of("state", "sideways")));
        sends(a, 1);
        after(20);
        assertArrayEquals(frame(1), b.guestReceives());
    }

    @Test
    void aStageThatThrowsCostsItsFrameOnly() {
        cable();
        h1.condition(id("a:eth1"), Map.of("delay", "20"));
        stages.made.get(0).broken = true;
        sends(a, 1);
        assertEquals(1, rig.port("h1", "a:eth1").drops().get("plugin-fault"));
        stages.made.get(0).broken = false;
        sends(a, 2);
        after(20);
        assertArrayEquals(frame(2), b.guestReceives());
    }

    @Test
    void eachDirectionIsDoneOnceWhereTheEndsAreOnTwoHosts() {
        for (String host : new String[] {"h1", "h2"}) rig.engine(host).addLinkStageProvider(stages, Map.of());
        MemoryDevice c = rig.plug("h2", "c:eth1");
        h1.openLink(5, nic("a:eth1"), remote("h2"));
        rig.engine("h2").openLink(5, nic("c:eth1"), remote("h1"));
        h1.condition(id("a:eth1"), Map.of("delay", "4"));
        rig.engine("h2").condition(id("c:eth1"), Map.of("delay", "9"));
        sends(a, 1);
        after(4);
        assertArrayEquals(frame(1), c.guestReceives());
        sends(c, 2);
        after(8);
        assertNull(a.guestReceives());
        after(1);
        assertArrayEquals(frame(2), a.guestReceives());
    }

    @Test
    void framesThroughManyConditionedLinksOfOneHostComeThrough() {
        h1.addLinkStageProvider(stages, Map.of());
        h1.openSwitch(node("s1"), "hub", Map.of());
        h1.openSwitch(node("s2"), "hub", Map.of());
        h1.openLink(1, nic("a:eth1"), port("s1:p1"));
        h1.openLink(2, port("s1:p2"), port("s2:p1"));
        h1.openLink(3, port("s2:p2"), nic("b:eth1"));
        for (String end : new String[] {"a:eth1", "s1:p2", "s2:p2"}) h1.condition(id(end), Map.of("delay", "1"));
        byte[] flood = SampleFrames.plain(Ethernet.BROADCAST, SampleFrames.station(1), "all");
        for (int i = 0; i < 20; i++) assertTrue(a.guestSends(flood));
        rig.settle();
        for (int i = 0; i < 3; i++) after(1);
        for (int i = 0; i < 20; i++) assertArrayEquals(flood, b.guestReceives());
        assertNull(b.guestReceives());
    }

    @Test
    void withThreadsNothingIsLostOrDoubledWhileSettingsAndPluginsChange() throws InterruptedException {
        try (Rig threaded = new Rig(true, "t1")) {
            Engine engine = threaded.engine("t1");
            MemoryDevice from = threaded.machine.device(4096, 256);
            MemoryDevice to = threaded.machine.device(1 << 16, 256);
            engine.plug(id("a:eth1"), from);
            engine.plug(id("b:eth1"), to);
            engine.addLinkStageProvider(stages, Map.of());
            engine.openLink(1, nic("a:eth1"), nic("b:eth1"));
            engine.condition(id("a:eth1"), Map.of("delay", "1"));
            int count = 50_000;
            Thread sender = new Thread(() -> {
                for (int n = 0; n < count; n++) while (!from.guestSends(frame(n))) Thread.onSpinWait();
            });
            sender.start();
            for (int round = 0; sender.isAlive(); round++) {
                engine.condition(id("a:eth1"), Map.of("delay", "" + round % 3));
                if (round % 10 == 0) {
                    FifoStages other = new FifoStages();
                    engine.addLinkStageProvider(other, Map.of("service.ranking", 1));
                    engine.removeLinkStageProvider(other);
                }
                Thread.sleep(1);
            }
            sender.join();
            Rig.await("all have come", () -> to.waiting() == count);
            java.util.BitSet heard = new java.util.BitSet();
            for (byte[] got = to.guestReceives(); got != null; got = to.guestReceives()) {
                heard.set(Integer.parseInt(new String(got, 14, got.length - 14, java.nio.charset.StandardCharsets.US_ASCII).substring(6).trim()));
            }
            assertEquals(count, heard.cardinality());
            assertEquals(Map.of(), threaded.port("t1", "a:eth1").drops());
            assertTrue(engine.swaps().get("links-released") > 0);
            assertFalse(engine.swaps().containsKey("links-faults"));
        }
    }
}
