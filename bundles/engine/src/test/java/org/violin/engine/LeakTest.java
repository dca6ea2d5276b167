// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.violin.engine.Rig.nic;
import static org.violin.engine.Rig.node;
import static org.violin.engine.Rig.port;
import static org.violin.engine.Rig.remote;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.violin.testkit.dataplane.MemoryCipherProvider;
import org.violin.testkit.dataplane.MemoryDevice;
import org.violin.testkit.dataplane.MemoryTunnelProvider;

/** A plugin that went leaves nothing behind in the engine: no reference, no thread. */
@Timeout(60)
final class LeakTest {
    private static final int SWAPS = 200;

    @Test
    void oldPluginsAndTheirWorkAreCollectedAndThreadsAreAsBefore() {
        try (Rig rig = new Rig(true, "h1", "h2")) {
            Engine h1 = rig.engine("h1");
            MemoryDevice a = rig.plug("h1", "a:eth0");
            MemoryDevice b = rig.plug("h2", "b:eth0");
            h1.openSwitch(node("s"), "hub", Map.of());
            h1.openLink(1, nic("a:eth0"), port("s:a"));
            h1.openLink(2, remote("h2"), port("s:b"));
            rig.engine("h2").openLink(2, remote("h1"), nic("b:eth0"));
            rig.awaitPeers(2);
            h1.removeSwitchProvider(rig.hubs.remove(h1));
            h1.addSwitchProvider(new Rig.Hub(), Map.of("service.ranking", 1));
            Flow flow = new Flow("a", a, b, 20);
            Rig.await("frames flow", () -> flow.received() > 100);
            int threads = engineThreads();
            int cycles = h1.cycles();
            List<WeakReference<Object>> old = swap(h1, rig.tunnels);
            assertEquals("", flow.end());
            Rig.await("all old plugins are collected", () -> {
                System.gc();
                return old.stream().allMatch(o -> o.get() == null);
            });
            Rig.await("threads are as before", () -> engineThreads() <= threads);
            assertTrue(h1.cycles() <= cycles, h1.cycles() + " cycles, before " + cycles);
        }
    }

    /** Changes each role again and again, and returns what is old. Nothing else refers to it. */
    private static List<WeakReference<Object>> swap(Engine engine, MemoryTunnelProvider first) {
        List<WeakReference<Object>> old = new ArrayList<>();
        MemoryTunnelProvider tunnel = first;
        MemoryCipherProvider cipher = null;
        Rig.Hub hub = null;
        for (int i = 0; i < SWAPS; i++) {
            MemoryTunnelProvider nextTunnel = first.another("mem");
            engine.addTunnelProvider(nextTunnel, Map.of("service.ranking", i + 2));
            engine.removeTunnelProvider(tunnel);
            if (tunnel != first) old.add(new WeakReference<>(tunnel));
            tunnel = nextTunnel;
            MemoryCipherProvider nextCipher = new MemoryCipherProvider("none");
            engine.addCipherProvider(nextCipher, Map.of("service.ranking", i + 2));
            if (cipher != null) {
                engine.removeCipherProvider(cipher);
                old.add(new WeakReference<>(cipher));
            }
            cipher = nextCipher;
            Rig.Hub nextHub = new Rig.Hub();
            engine.addSwitchProvider(nextHub, Map.of("service.ranking", i + 2));
            if (hub != null) {
                engine.removeSwitchProvider(hub);
                for (Object logic : hub.made) old.add(new WeakReference<>(logic));
                old.add(new WeakReference<>(hub));
            }
            hub = nextHub;
            if (i % 10 == 0) LockSupport.parkNanos(1_000_000);
        }
        engine.settleControl();
        return old;
    }

    private static int engineThreads() {
        int count = 0;
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("violin-engine") || thread.getName().startsWith("mem-tunnel")) count++;
        }
        return count;
    }
}
