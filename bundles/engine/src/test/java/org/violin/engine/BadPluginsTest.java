// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.violin.engine.Rig.nic;
import static org.violin.engine.Rig.node;
import static org.violin.engine.Rig.port;
import static org.violin.engine.Rig.remote;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.violin.api.dataplane.CipherProvider;
import org.violin.api.dataplane.FrameSink;
import org.violin.api.dataplane.HandOver;
import org.violin.api.dataplane.Peer;
import org.violin.api.dataplane.SwitchLogic;
import org.violin.api.dataplane.SwitchProvider;
import org.violin.api.dataplane.Tunnel;
import org.violin.api.dataplane.TunnelProvider;
import org.violin.api.dataplane.TunnelSettings;
import org.violin.frame.Ethernet;
import org.violin.testkit.dataplane.MemoryCipherProvider;
import org.violin.testkit.dataplane.MemoryDevice;
import org.violin.testkit.dataplane.SampleFrames;

/** Providers that throw, hang, come late or break under traffic: the old one goes on, or frames wait for the next, within bounds. */
@Timeout(60)
final class BadPluginsTest {
    private static final byte[] HELLO = SampleFrames.plain(Ethernet.BROADCAST, SampleFrames.station(1), "hello");

    private final Rig rig = new Rig(true, "h1", "h2");
    private final Engine h1 = rig.engine("h1");
    private final MemoryDevice a = rig.machine.device(512, 128);
    private final MemoryDevice b = rig.machine.device(512, 128);
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final CountDownLatch never = new CountDownLatch(1);
    private Flow there;
    private Flow back;

    @BeforeEach
    void lay() {
        h1.listen((topic, subject, text) -> told.add(topic + " " + subject));
        h1.openSwitch(node("s"), "hub", Map.of());
        h1.openLink(1, nic("a:eth0"), port("s:a"));
        h1.openLink(2, remote("h2"), port("s:b"));
        rig.engine("h2").openLink(2, remote("h1"), nic("b:eth0"));
        h1.plug(Rig.id("a:eth0"), a);
        rig.engine("h2").plug(Rig.id("b:eth0"), b);
        rig.awaitPeers(2);
        there = new Flow("a", a, b, 50);
        back = new Flow("b", b, a, 50);
        flowsOn();
    }

    @AfterEach
    void close() {
        never.countDown();
        there.close();
        back.close();
        rig.close();
    }

    private void flowsOn() {
        long one = there.received();
        long two = back.received();
        Rig.await("frames flow: " + told + h1.swaps(), () -> there.received() > one + 500 && back.received() > two + 500);
    }

    private void assertAllCame() {
        assertEquals("", there.end() + back.end(), h1.swaps().toString());
        assertEquals(Map.of(), rig.port("h1", "s:a").drops());
        assertEquals(Map.of(), rig.port("h1", "s:b").drops());
    }

    private void hang() {
        try {
            never.await();
        } catch (InterruptedException e) {
            hang(); // so badly that it cannot even be interrupted
        }
    }

    /** A tunnel provider of kind mem that does something first. */
    private record Bad(Runnable first) implements TunnelProvider {
        @Override
        public String kind() {
            return "mem";
        }

        @Override
        public Tunnel open(TunnelSettings settings, List<CipherProvider> ciphers, FrameSink sink, HandOver before) throws IOException {
            if (before != null) java.util.Arrays.fill(before.data(), (byte) 7);
            first.run();
            throw new IOException("no good");
        }
    }

    @Test
    void aTunnelThatThrowsOrHangsIsRefusedAndTheOldOneGoesOn() {
        h1.addTunnelProvider(new Bad(() -> {}), Map.of("service.ranking", 5));
        Rig.await("it is refused", () -> told.contains("plugin/refused tunnel mem"));
        flowsOn();
        h1.addTunnelProvider(new Bad(() -> {
            throw new NoClassDefFoundError("gone");
        }), Map.of("service.ranking", 6));
        Rig.await("it is refused", () -> h1.swaps().get("tunnel-refused") == 2);
        flowsOn();
        assertAllCame();
    }

    @Test
    void aTunnelThatHangsIsGivenUp() {
        h1.addTunnelProvider(new Bad(this::hang), Map.of("service.ranking", 7));
        Rig.await("it is refused", () -> told.contains("plugin/refused tunnel mem"));
        Rig.await("the old one is open again", () -> rig.tunnels.hosts().contains("h1"));
        assertEquals(0, h1.swaps().get("tunnel-hold-full"));
        // What it held may still be used by it: the old one begins anew.
        assertEquals(0, rig.tunnels.wentOn());
        long before = there.received();
        Rig.await("frames flow", () -> there.received() > before);
    }

    /** A tunnel that works until it hears of its peers. */
    private static final class Shy implements TunnelProvider {
        private final TunnelProvider inner;

        Shy(TunnelProvider inner) {
            this.inner = inner;
        }

        @Override
        public String kind() {
            return "mem";
        }

        @Override
        public Tunnel open(TunnelSettings settings, List<CipherProvider> ciphers, FrameSink sink, HandOver before) throws IOException {
            Tunnel made = inner.open(settings, ciphers, sink, before);
            return (Tunnel) java.lang.reflect.Proxy.newProxyInstance(Shy.class.getClassLoader(), new Class<?>[] {Tunnel.class}, (p, m, args) -> {
                if (m.getName().equals("peers")) {
                    // It knows them all the same, so that its release leaves the whole state.
                    made.peers(Shy.<List<Peer>>cast(args[0]));
                    throw new IllegalStateException("no peers, please");
                }
                return m.invoke(made, args);
            });
        }

        @SuppressWarnings("unchecked")
        private static <T> T cast(Object o) {
            return (T) o;
        }
    }

    @Test
    void aTunnelThatFailsWhenItHearsOfItsPeersIsRefused() {
        h1.addTunnelProvider(new Shy(rig.tunnels.another("mem")), Map.of("service.ranking", 5));
        Rig.await("it is refused", () -> told.contains("plugin/refused tunnel mem"));
        flowsOn();
        assertAllCame();
    }

    @Test
    void aTunnelThatComesLateFindsWhatWaited() {
        h1.removeTunnelProvider(rig.tunnels);
        Rig.await("frames wait", () -> h1.swaps().get("tunnel-held-bytes") > 0);
        rig.engine("h2").removeTunnelProvider(rig.tunnels);
        h1.addTunnelProvider(rig.tunnels.another("mem"), Map.of());
        rig.engine("h2").addTunnelProvider(rig.tunnels.another("mem"), Map.of());
        flowsOn();
        assertAllCame();
    }

    @Test
    void anotherKindOfTunnelByConfigurationLosesNothingHere() {
        MemoryDevice c = rig.machine.device(512, 128);
        MemoryDevice d = rig.machine.device(512, 128);
        h1.plug(Rig.id("c:eth0"), c);
        h1.plug(Rig.id("d:eth0"), d);
        h1.openLink(8, nic("c:eth0"), nic("d:eth0"));
        for (Engine engine : rig.engines.values()) engine.addTunnelProvider(rig.tunnels.another("other"), Map.of());
        for (Engine engine : rig.engines.values()) engine.configure(new EngineSettings("other", "none", 2, 1500, 1 << 20, 0));
        Rig.await("it is another", () -> h1.tunnels().stream().allMatch(t -> t.kind().equals("other")));
        flowsOn();
        assertAllCame();
    }

    @Test
    void aCipherThatThrowsOrHangsIsRefusedAndTheOtherOneOpened() {
        for (Runnable mischief : List.<Runnable>of(() -> {
            throw new IllegalStateException("no entropy");
        }, this::hang)) {
            MemoryCipherProvider bad = new MemoryCipherProvider("none");
            bad.whenOpened(mischief);
            long refused = h1.swaps().get("cipher-refused");
            h1.addCipherProvider(bad, Map.of("service.ranking", 5));
            Rig.await("it is refused", () -> h1.swaps().get("cipher-refused") == refused + 1);
            flowsOn();
            h1.removeCipherProvider(bad);
        }
        assertTrue(told.contains("plugin/refused cipher none"));
        assertEquals(0, h1.swaps().get("tunnel-refused"), "it was not the tunnel's mistake");
        assertAllCame();
    }

    @Test
    void aViolinGoesOnByItsOldCipherWhileTheNewOneCannotBeOpened() {
        MemoryCipherProvider sick = new MemoryCipherProvider("aead");
        AtomicBoolean well = new AtomicBoolean();
        sick.whenOpened(() -> {
            if (!well.get()) throw new IllegalStateException("no entropy");
        });
        for (Engine engine : rig.engines.values()) {
            engine.addCipherProvider(sick, Map.of());
            engine.openViolin("v", 1, "aead");
        }
        Rig.await("it is refused", () -> told.contains("plugin/refused cipher aead"));
        flowsOn();
        well.set(true);
        Rig.await("it is tried again, and works", () -> told.contains("plugin/swapped cipher aead"));
        flowsOn();
        assertEquals(0, h1.swaps().get("tunnel-refused"));
        assertAllCame();
    }

    @Test
    void aKindThatIsNotToldIsRefused() {
        h1.addSwitchProvider(new Rogue("hub", () -> {}, this::hang), Map.of());
        assertEquals(1, told.stream().filter(t -> t.startsWith("plugin/refused")).count());
        flowsOn();
        assertAllCame();
    }

    /** A switch plugin that does something first. */
    private record Rogue(String word, Runnable atCreation, Runnable atKind) implements SwitchProvider {
        @Override
        public String kind() {
            atKind.run();
            return word;
        }

        @Override
        public SwitchLogic create(Map<String, String> attributes) {
            atCreation.run();
            return new Rig.Hub().create(attributes);
        }
    }

    @Test
    void aSwitchPluginThatThrowsOrHangsIsRefusedAndTheOldOneGoesOn() {
        for (Runnable mischief : List.<Runnable>of(() -> {
            throw new IllegalStateException("no good");
        }, () -> {
            throw new IllegalArgumentException("attribute x: must be there");
        }, this::hang)) {
            long refused = h1.swaps().get("switching-refused");
            h1.addSwitchProvider(new Rogue("hub", mischief, () -> {}), Map.of("service.ranking", 5));
            assertEquals(refused + 1, h1.swaps().get("switching-refused"));
            flowsOn();
        }
        assertEquals(0, h1.swaps().get("switching-held"), "nothing even had to wait");
        assertAllCame();
    }

    /** Logic that can be broken, and whose state the next one may choke on. */
    private static final class Fragile implements SwitchProvider {
        private volatile boolean broken;
        private final boolean chokes;

        Fragile(boolean chokes) {
            this.chokes = chokes;
        }

        @Override
        public String kind() {
            return "hub";
        }

        @Override
        public SwitchLogic create(Map<String, String> attributes) {
            return new SwitchLogic() {
                @Override
                public int egress(int ingress, ByteBuffer slab, int offset, int length, long nowNanos, Egress some) {
                    if (broken) throw new IllegalStateException("broken");
                    return FLOOD;
                }

                @Override
                public void portClosed(int port) {}

                @Override
                public HandOver release() {
                    return new HandOver("fragile", 1, new byte[] {1, 2, 3});
                }
            };
        }

        @Override
        public SwitchLogic create(Map<String, String> attributes, HandOver before) {
            if (chokes) throw new IllegalStateException("cannot read " + before);
            assertEquals(3, before.data()[2]);
            return create(attributes);
        }
    }

    @Test
    void logicThatFailsOnEveryFrameGivesWayToAnother() {
        Fragile fragile = new Fragile(false);
        h1.addSwitchProvider(fragile, Map.of("service.ranking", 5));
        flowsOn();
        assertEquals("", there.end() + back.end());
        fragile.broken = true;
        Rig.await("another takes over", () -> {
            a.guestSends(HELLO);
            return h1.swaps().get("switching-refused") == 1;
        });
        Rig.await("frames flow again", () -> {
            a.guestSends(HELLO);
            return b.guestReceives() != null;
        });
        assertTrue(told.contains("plugin/refused switching hub"));
        assertTrue(rig.port("h1", "s:a").drops().get("plugin-fault") >= 100);
    }

    @Test
    void whoChokesOnWhatTheOldOneLeftIsRefusedAndTheOldOneGoesOnWithIt() {
        Fragile old = new Fragile(false);
        h1.addSwitchProvider(old, Map.of("service.ranking", 5));
        flowsOn();
        h1.addSwitchProvider(new Fragile(true), Map.of("service.ranking", 6));
        assertEquals(1, h1.swaps().get("switching-refused"));
        flowsOn();
        assertAllCame();
    }

    @Test
    void whatWaitsIsBoundedInBytesAndInTime() {
        assertEquals("", there.end() + back.end());
        try (Rig still = new Rig(false, "h1", "h2")) {
            Engine engine = still.engine("h1");
            MemoryDevice n = still.machine.device(512, 2048);
            engine.openSwitch(node("s"), "hub", Map.of());
            engine.openLink(1, nic("n:eth0"), port("s:a"));
            engine.openLink(2, remote("h2"), port("s:b"));
            engine.plug(Rig.id("n:eth0"), n);
            still.settle();
            engine.removeSwitchProvider(still.hubs.get(engine));
            byte[] big = SampleFrames.plain(Ethernet.BROADCAST, SampleFrames.station(1), "x".repeat(1900));
            // When half of the room is taken the guest is held back, for three seconds; after that its frames fill the rest.
            long sent = 0;
            long before;
            do {
                before = engine.swaps().get("switching-held");
                for (int i = 0; i < 200; i++, sent++) n.guestSends(big);
                still.settle();
            } while (engine.swaps().get("switching-held") - before == 200);
            long early = engine.swaps().get("switching-held-bytes");
            assertTrue(early > Vswitch.HOLD_BYTES / 2 && early < Vswitch.HOLD_BYTES / 2 + 500_000, "held " + early);
            still.clock.advance(Duration.ofSeconds(4));
            for (int round = 0; round < 40; round++) {
                for (int i = 0; i < 200; i++, sent++) n.guestSends(big);
                still.settle();
            }
            Map<String, Long> swaps = engine.swaps();
            assertTrue(swaps.get("switching-held-bytes") <= Vswitch.HOLD_BYTES, swaps.toString());
            assertTrue(swaps.get("switching-held-bytes") > Vswitch.HOLD_BYTES - 4096, swaps.toString());
            assertEquals(sent, swaps.get("switching-held") + swaps.get("switching-hold-full"));
            assertEquals(swaps.get("switching-hold-full"), still.port("h1", "s:a").drops().get("hold-full"));
            still.clock.advance(Duration.ofSeconds(30));
            Rig.await("all are given up", () -> engine.swaps().get("switching-held-bytes") == 0);
            n.guestSends(big);
            still.settle();
            assertEquals(swaps.get("switching-held"), engine.swaps().get("switching-hold-expired"));
            assertEquals(1, still.port("h1", "s:a").drops().get("no-provider"));
            engine.addSwitchProvider(new Rig.Hub(), Map.of());
            n.guestSends(big);
            still.settle();
            assertEquals(1, still.port("h1", "s:b").framesOut());
        }
    }

    @Test
    void aViolinWithoutAChannelWaitsForItAndIsDroppedByItsReason() {
        assertEquals("", there.end() + back.end());
        h1.closeViolin("v");
        h1.settleControl();
        a.guestSends(HELLO);
        Rig.await("it waits", () -> h1.swaps().get("tunnel-held-bytes") > 0);
        h1.openViolin("v", 1, "none");
        Rig.await("it comes", () -> b.waiting() > 0);
        assertNotNull(b.guestReceives());
        assertEquals(Map.of(), rig.port("h1", "s:a").drops());
    }

    @Test
    void framesOfOneViolinAreNotTakenFromAnothersChannel() {
        assertEquals("", there.end() + back.end());
        Engine h2 = rig.engine("h2");
        for (Engine engine : rig.engines.values()) engine.openViolin("w", 2, "none");
        h1.openLink(9, nic("w/x:eth0"), remote("h2"));
        h2.openLink(9, nic("w/x:eth1"), remote("h1"));
        rig.awaitPeers(3);
        List<String> ids = new ArrayList<>(List.of("h1", "h1/w/none", "h1/v/aead"));
        for (String id : ids) rig.tunnels.forge(id, "h2", 2, new byte[60]);
        // Nobody at the border knows the last one.
        Rig.await("both are refused", () -> h2.drops().getOrDefault("wrong-peer", 0L) == 2);
        rig.tunnels.forge("h1/v/none", "h2", 2, new byte[60]);
        Rig.await("the right one is let in", () -> b.waiting() == 1);
    }
}
