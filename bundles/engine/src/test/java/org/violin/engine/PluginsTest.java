// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.violin.engine.Rig.nic;
import static org.violin.engine.Rig.node;
import static org.violin.engine.Rig.port;
import static org.violin.engine.Rig.remote;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.violin.api.dataplane.FrameDevice;
import org.violin.api.dataplane.SwitchLogic;
import org.violin.api.dataplane.SwitchProvider;
import org.violin.frame.Ethernet;
import org.violin.testkit.dataplane.MemoryDevice;
import org.violin.testkit.dataplane.SampleFrames;

/** Plugins that come, go, refuse and misbehave. */
final class PluginsTest {
    private static final byte[] HELLO = SampleFrames.plain(Ethernet.BROADCAST, SampleFrames.station(1), "hello");

    private final Rig rig = new Rig(false, "h1", "h2");
    private final Engine h1 = rig.engine("h1");
    private final MemoryDevice a = rig.plug("h1", "a:eth1");
    private final MemoryDevice b = rig.plug("h1", "b:eth1");
    private final MemoryDevice c = rig.plug("h1", "c:eth1");

    @AfterEach
    void close() {
        rig.close();
    }

    private void lay(String kind) {
        h1.openSwitch(node("s"), kind, Map.of());
        h1.openLink(1, nic("a:eth1"), port("s:p1"));
        h1.openLink(2, nic("b:eth1"), port("s:p2"));
        h1.openLink(3, nic("c:eth1"), port("s:p3"));
    }

    private void sendFromA() {
        a.guestSends(HELLO);
        rig.settle();
    }

    /** A switch plugin that answers what the test says, for each ingress port. */
    private static final class Scripted implements SwitchProvider, SwitchLogic {
        private final IntUnaryOperator answer;
        private final int[] into;
        private final List<Integer> closed = new ArrayList<>();

        Scripted(IntUnaryOperator answer, int... into) {
            this.answer = answer;
            this.into = into;
        }

        @Override
        public String kind() {
            return "scripted";
        }

        @Override
        public SwitchLogic create(Map<String, String> attributes) {
            return this;
        }

        @Override
        public int egress(int ingress, ByteBuffer slab, int offset, int length, long nowNanos, Egress some) {
            for (int port : into) some.add(port);
            return answer.applyAsInt(ingress);
        }

        @Override
        public void portClosed(int port) {
            closed.add(port);
        }
    }

    @Test
    void aSwitchGoesOnWhenItsPluginComesBack() {
        lay("hub");
        sendFromA();
        assertNotNull(b.guestReceives());
        Scripted scripted = new Scripted(ingress -> 1);
        h1.openSwitch(node("s"), "scripted", Map.of());
        sendFromA();
        assertEquals(0, b.waiting());
        h1.addSwitchProvider(scripted, Map.of());
        sendFromA();
        assertEquals(2, b.waiting(), "the one that waited, too");
        h1.removeSwitchProvider(scripted);
        sendFromA();
        assertEquals(2, b.waiting());
        assertEquals(Map.of(), rig.port("h1", "s:p1").drops());
        h1.addSwitchProvider(scripted, Map.of());
        sendFromA();
        assertEquals(4, b.waiting());
    }

    @Test
    void whenOneOfTwoPluginsOfAKindLeavesTheOtherTakesOver() {
        Scripted first = new Scripted(ingress -> SwitchLogic.DROP);
        h1.addSwitchProvider(first, Map.of());
        h1.addSwitchProvider(new Scripted(ingress -> 1), Map.of());
        lay("scripted");
        sendFromA();
        assertNull(b.guestReceives());
        h1.removeSwitchProvider(first);
        sendFromA();
        assertNotNull(b.guestReceives());
    }

    @Test
    void refusedAttributesReachTheCallerAndChangeNothing() {
        lay("hub");
        var e = assertThrows(IllegalArgumentException.class, () -> h1.openSwitch(node("s"), "hub", Map.of("bad", "1")));
        assertEquals("attribute bad: must not be there", e.getMessage());
        sendFromA();
        assertNotNull(b.guestReceives());
        assertThrows(IllegalArgumentException.class, () -> h1.openSwitch(node("t"), "hub", Map.of("bad", "1")));
    }

    @Test
    void someMeansThosePortsAndNeverTheIngress() {
        h1.addSwitchProvider(new Scripted(ingress -> SwitchLogic.SOME, 0, 2, 99_999_999, -7, 60_000), Map.of());
        lay("scripted");
        sendFromA();
        assertNull(a.guestReceives());
        assertNull(b.guestReceives());
        assertNotNull(c.guestReceives());
    }

    @Test
    void aPluginThatThrowsOrTalksNonsenseCostsOnlyItsFrames() {
        h1.addSwitchProvider(new Scripted(ingress -> {
            throw new IllegalStateException("broken plugin");
        }), Map.of());
        lay("scripted");
        sendFromA();
        assertEquals(Map.of("plugin-fault", 1L), rig.port("h1", "s:p1").drops());
        for (int verdict : new int[] {-4, -99, Integer.MIN_VALUE}) {
            h1.addSwitchProvider(new Kind("k" + verdict, verdict), Map.of());
            h1.openSwitch(node("s"), "k" + verdict, Map.of());
            sendFromA();
        }
        assertEquals(Map.of("plugin-fault", 4L), rig.port("h1", "s:p1").drops());
        for (int verdict : new int[] {0, 3, Integer.MAX_VALUE, SwitchLogic.DROP}) {
            h1.addSwitchProvider(new Kind("l" + verdict, verdict), Map.of());
            h1.openSwitch(node("s"), "l" + verdict, Map.of());
            sendFromA();
        }
        assertEquals(Map.of("plugin-fault", 4L, "by-switch", 4L), rig.port("h1", "s:p1").drops());
        assertEquals(0, b.waiting() + c.waiting());
    }

    private record Kind(String kind, int verdict) implements SwitchProvider {
        @Override
        public SwitchLogic create(Map<String, String> attributes) {
            return new Scripted(ingress -> verdict);
        }
    }

    /** A device whose calls throw when the test says so. */
    private record Throwing(MemoryDevice inner, boolean onRead, boolean onWrite) implements FrameDevice {
        @Override
        public int fd() {
            return inner.fd();
        }

        @Override
        public int read(ByteBuffer slab, int offset, int capacity) {
            if (onRead) throw new IllegalStateException("broken device");
            return inner.read(slab, offset, capacity);
        }

        @Override
        public int write(ByteBuffer slab, int offset, int length) {
            if (onWrite) throw new IllegalStateException("broken device");
            return inner.write(slab, offset, length);
        }

        @Override
        public void carrier(boolean up) {
            inner.carrier(up);
        }

        @Override
        public void close() {
            inner.close();
        }
    }

    @Test
    void aDeviceThatThrowsHarmsNoOther() {
        lay("hub");
        MemoryDevice broken = rig.machine.device();
        h1.plug(Rig.id("b:eth1"), new Throwing(broken, false, true));
        sendFromA();
        assertNotNull(c.guestReceives());
        assertEquals(Map.of("plugin-fault", 1L), rig.port("h1", "b:eth1").drops());
        MemoryDevice worse = rig.machine.device();
        h1.plug(Rig.id("b:eth1"), new Throwing(worse, true, false));
        worse.guestSends(HELLO);
        sendFromA();
        assertNotNull(c.guestReceives());
        for (int i = 0; i < 200; i++) h1.step();
        assertEquals(Map.of("plugin-fault", 101L), rig.port("h1", "b:eth1").drops());
    }

    @Test
    void portNumbersAreSmallAndReusedAfterTheLogicWasTold() {
        Scripted scripted = new Scripted(ingress -> SwitchLogic.FLOOD);
        h1.addSwitchProvider(scripted, Map.of());
        lay("scripted");
        h1.closeLink(2);
        assertEquals(List.of(1), scripted.closed);
        h1.openLink(9, nic("b:eth1"), port("s:p9"));
        h1.closeLink(9);
        assertEquals(List.of(1, 1), scripted.closed);
    }

    @Test
    void onlyFloodsCountAgainstTheFloodLimitAndItRecovers() {
        h1.configure(new EngineSettings("mem", "none", 2, 1500, 1 << 20, 10));
        lay("hub");
        sendFromA();
        sendFromA();
        assertEquals(1, b.waiting());
        assertEquals(Map.of("flood-limit", 1L), rig.port("h1", "s:p1").drops());
        rig.clock.advance(java.time.Duration.ofMillis(101));
        sendFromA();
        assertEquals(2, b.waiting());
        h1.addSwitchProvider(new Scripted(ingress -> 1), Map.of());
        h1.openSwitch(node("s"), "scripted", Map.of());
        for (int i = 0; i < 20; i++) sendFromA();
        assertEquals(22, b.waiting());
    }

    @Test
    void theTunnelOpensAgainWhenItsPluginOrItsCiphersComesBack() {
        MemoryDevice far = rig.plug("h2", "f:eth1");
        h1.openLink(5, nic("a:eth1"), remote("h2"));
        rig.engine("h2").openLink(5, nic("f:eth1"), remote("h1"));
        h1.removeTunnelProvider(rig.tunnels);
        assertFalse(rig.tunnels.hosts().contains("h1"));
        assertFalse(h1.tunnels().get(0).up());
        sendFromA();
        rig.clock.advance(java.time.Duration.ofSeconds(31));
        Rig.await("the carrier is gone", () -> !a.hasCarrier());
        sendFromA();
        assertEquals(1, rig.port("h1", "a:eth1").drops().get("no-tunnel"), "nobody waits any more");
        Rig.await("the first has waited for too long", () -> rig.port("h1", "a:eth1").drops().getOrDefault("hold-expired", 0L) == 1);
        h1.addTunnelProvider(rig.tunnels, Map.of());
        Rig.await("h2 is up for h1", a::hasCarrier);
        h1.removeCipherProvider(rig.cipher);
        rig.clock.advance(java.time.Duration.ofSeconds(31));
        Rig.await("the tunnel is open without peers", () -> rig.tunnels.hosts().contains("h1") && h1.tunnels().isEmpty());
        Rig.await("the carrier is gone", () -> !a.hasCarrier());
        h1.addCipherProvider(rig.cipher, Map.of());
        Rig.await("h2 is up for h1", a::hasCarrier);
        sendFromA();
        assertNotNull(far.guestReceives());
    }

    @Test
    void aTunnelThatCannotBeBoundIsTriedAgain() {
        rig.tunnels.refuse(true);
        h1.removeTunnelProvider(rig.tunnels);
        h1.addTunnelProvider(rig.tunnels, Map.of());
        Rig.await("two attempts failed", () -> h1.drops().getOrDefault("tunnel-open-failed", 0L) >= 2);
        rig.tunnels.refuse(false);
        Rig.await("the tunnel is open", () -> rig.tunnels.hosts().contains("h1"));
    }

    @Test
    void aChangedIncarnationOrConfigurationReopensTheTunnel() {
        h1.configure(new EngineSettings("mem", "none", 2, 1400, 1 << 20, 0));
        Rig.await("the new path MTU is in use", () -> h1.tunnels().stream().allMatch(t -> t.pathMtuBytes() == 1400 && t.up()));
        h1.configure(new EngineSettings("other", "none", 2, 1400, 1 << 20, 0));
        Rig.await("the tunnel is closed", () -> !rig.tunnels.hosts().contains("h1"));
        assertEquals("other", h1.tunnels().get(0).kind());
    }
}
