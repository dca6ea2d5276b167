// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.violin.engine.Rig.nic;
import static org.violin.engine.Rig.node;
import static org.violin.engine.Rig.port;
import static org.violin.engine.Rig.remote;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.violin.testkit.dataplane.MemoryCipherProvider;
import org.violin.testkit.dataplane.MemoryDevice;
import org.violin.testkit.dataplane.MemoryTunnelProvider;

/** Plugins are changed again and again under numbered traffic between two hosts: nothing is lost, doubled or overtaken. */
@Timeout(120)
final class SwapTest {
    private static final int SWAPS = 1000;
    private static final int WINDOW = 100;

    private final Rig rig = new Rig(true, Rig.SETTINGS, Guard.DEADLINE, "h1", "h2");
    private final List<Flow> flows = new ArrayList<>();
    private final Random random = new Random(20_250_114);

    @BeforeEach
    void lay() {
        for (Engine engine : rig.engines.values()) engine.openSwitch(node("s"), "hub", Map.of());
        MemoryDevice[] devices = new MemoryDevice[6];
        for (int i = 0; i < devices.length; i++) {
            devices[i] = rig.machine.device(512, 128);
            rig.engine(i < 3 ? "h1" : "h2").plug(Rig.id("n" + i + ":eth0"), devices[i]);
        }
        Engine h1 = rig.engine("h1");
        Engine h2 = rig.engine("h2");
        // n0 and n3 by a cable, n1 and n4 by a switch on h1, n2 and n5 by a switch on each host
        h1.openLink(1, nic("n0:eth0"), remote("h2"));
        h2.openLink(1, nic("n3:eth0"), remote("h1"));
        h1.openSwitch(node("t"), "hub", Map.of());
        h1.openLink(2, nic("n1:eth0"), port("t:a"));
        h1.openLink(3, port("t:b"), remote("h2"));
        h2.openLink(3, nic("n4:eth0"), remote("h1"));
        h1.openLink(4, nic("n2:eth0"), port("s:a"));
        h1.openLink(5, port("s:b"), remote("h2"));
        h2.openLink(5, remote("h1"), port("s:b"));
        h2.openLink(6, port("s:a"), nic("n5:eth0"));
        rig.awaitPeers(2);
        for (int i = 0; i < 3; i++) {
            flows.add(new Flow("n" + i, devices[i], devices[i + 3], WINDOW));
            flows.add(new Flow("n" + (i + 3), devices[i + 3], devices[i], WINDOW));
        }
        for (Flow flow : flows) Rig.await("frames flow", () -> flow.received() > 100);
    }

    @AfterEach
    void close() {
        flows.forEach(Flow::close);
        rig.close();
    }

    private Engine any() {
        return rig.engine(random.nextBoolean() ? "h1" : "h2");
    }

    private void pause() {
        if (random.nextInt(10) == 0) LockSupport.parkNanos(random.nextInt(3_000_000));
    }

    /** All are told to stop before the first is waited for. */
    private List<String> wrong() {
        flows.forEach(Flow::stop);
        return flows.stream().map(Flow::end).filter(w -> !w.isEmpty()).toList();
    }

    private String state() {
        String state = "seed 20250114, lost by mailboxes " + rig.tunnels.lost() + "\n";
        for (Engine engine : rig.engines.values()) {
            state += engine.swaps() + " " + engine.drops() + " " + engine.tunnels() + "\n";
            for (var p : engine.ports()) state += p + "\n";
        }
        return state;
    }

    private void assertAllCame(String role) {
        List<String> wrong = wrong();
        String state = state();
        assertEquals(List.of(), wrong, state);
        long swaps = rig.engines.values().stream().mapToLong(e -> e.swaps().get(role + "-swaps")).sum();
        assertTrue(swaps >= SWAPS, state);
        for (Engine engine : rig.engines.values()) {
            assertEquals(Map.of(), engine.drops());
            for (var p : engine.ports()) assertEquals(Map.of(), p.drops(), p.toString());
            assertEquals(0, engine.swaps().get("tunnel-held-bytes") + engine.swaps().get("switching-held-bytes"));
        }
        System.out.println(role + ": " + flows.stream().mapToLong(Flow::received).sum() + " frames, " + rig.engine("h1").swaps());
    }

    @Test
    void tunnels() {
        MemoryTunnelProvider[] used = {rig.tunnels, rig.tunnels};
        for (int i = 0; i < SWAPS; i++) {
            int host = random.nextInt(2);
            Engine engine = rig.engine("h" + (host + 1));
            MemoryTunnelProvider next = rig.tunnels.another("mem");
            long before = engine.swaps().get("tunnel-swaps");
            if (random.nextBoolean()) {
                engine.removeTunnelProvider(used[host]);
                pause();
                engine.addTunnelProvider(next, Map.of());
            } else {
                engine.addTunnelProvider(next, Map.of("service.ranking", i + 1));
                Rig.await("the better one took over", () -> next.wentOn() > 0);
                engine.removeTunnelProvider(used[host]);
            }
            used[host] = next;
            Rig.await("frames flow again", () -> engine.swaps().get("tunnel-swaps") > before);
        }
        assertAllCame("tunnel");
    }

    @Test
    void cipherProviders() {
        MemoryCipherProvider[] used = {rig.cipher, rig.cipher};
        for (int i = 0; i < SWAPS; i++) {
            int host = random.nextInt(2);
            Engine engine = rig.engine("h" + (host + 1));
            MemoryCipherProvider next = new MemoryCipherProvider("none");
            long before = engine.swaps().get("cipher-swaps");
            if (random.nextBoolean()) {
                engine.removeCipherProvider(used[host]);
                pause();
                engine.addCipherProvider(next, Map.of());
            } else {
                engine.addCipherProvider(next, Map.of("service.ranking", i + 1));
                Rig.await("the better one took over", () -> next.open() > 0);
                engine.removeCipherProvider(used[host]);
            }
            used[host] = next;
            Rig.await("frames flow again", () -> engine.swaps().get("cipher-swaps") > before);
            assertEquals(1, next.open());
            assertEquals(1, next.wentOn());
        }
        assertAllCame("cipher");
    }

    @Test
    void ciphersOfAViolin() {
        MemoryCipherProvider other = new MemoryCipherProvider("aead");
        for (Engine engine : rig.engines.values()) engine.addCipherProvider(other, Map.of());
        for (int i = 0; i < SWAPS / 2; i++) {
            // The first change opens the tunnel anew, too, with the cipher that it did not have.
            String kind = i % 2 == 0 ? "aead" : "none";
            List<Engine> order = new ArrayList<>(rig.engines.values());
            java.util.Collections.shuffle(order, random);
            for (Engine engine : order) {
                engine.openViolin("v", 1, kind);
                pause();
            }
            long due = i + 2L;
            for (Engine engine : order) Rig.await("round " + i + " " + kind, () -> engine.swaps().get("cipher-swaps") >= due);
        }
        assertAllCame("cipher");
    }

    @Test
    void switches() {
        Rig.Hub[] used = {new Rig.Hub(), new Rig.Hub()};
        for (int host = 0; host < 2; host++) rig.engine("h" + (host + 1)).addSwitchProvider(used[host], Map.of("service.ranking", 1));
        for (int i = 0; i < SWAPS; i++) {
            int host = random.nextInt(2);
            Engine engine = rig.engine("h" + (host + 1));
            Rig.Hub next = new Rig.Hub();
            if (random.nextBoolean()) {
                engine.removeSwitchProvider(used[host]);
                pause();
                engine.addSwitchProvider(next, Map.of("service.ranking", i + 2));
            } else {
                engine.addSwitchProvider(next, Map.of("service.ranking", i + 2));
                engine.removeSwitchProvider(used[host]);
            }
            used[host] = next;
        }
        assertAllCame("switching");
    }

    @Test
    void allRolesAtOnceAndWithGaps() {
        for (int i = 0; i < SWAPS; i++) {
            Engine engine = any();
            switch (random.nextInt(3)) {
                case 0 -> {
                    engine.removeTunnelProvider(rig.tunnels);
                    pause();
                    engine.addTunnelProvider(rig.tunnels, Map.of());
                }
                case 1 -> {
                    engine.removeCipherProvider(rig.cipher);
                    pause();
                    engine.addCipherProvider(rig.cipher, Map.of());
                }
                default -> {
                    Rig.Hub hub = rig.hubs.get(engine);
                    engine.removeSwitchProvider(hub);
                    pause();
                    engine.addSwitchProvider(hub, Map.of());
                }
            }
        }
        assertEquals(List.of(), wrong(), this::state);
    }
}
