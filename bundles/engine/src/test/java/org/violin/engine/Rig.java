// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.violin.api.cluster.HostInfo;
import org.violin.api.cluster.Members;
import org.violin.api.dataplane.LinkEnd;
import org.violin.api.dataplane.PortStatus;
import org.violin.api.dataplane.SwitchLogic;
import org.violin.api.dataplane.SwitchProvider;
import org.violin.api.model.NodeId;
import org.violin.api.model.PortId;
import org.violin.testkit.dataplane.ManualClock;
import org.violin.testkit.dataplane.MemoryCipherProvider;
import org.violin.testkit.dataplane.MemoryDevice;
import org.violin.testkit.dataplane.MemoryPollerProvider;
import org.violin.testkit.dataplane.MemoryTunnelProvider;

/** Several engines in one JVM, joined in memory. Without threads, {@link #settle} moves all frames; with threads, tests await. */
final class Rig implements AutoCloseable {
    static final EngineSettings SETTINGS = new EngineSettings("mem", "none", 2, 1500, 1 << 20, 0);

    /** Short: tests make plugins hang for ever. */
    static final java.time.Duration DEADLINE = java.time.Duration.ofMillis(500);

    final MemoryPollerProvider machine = new MemoryPollerProvider();
    final MemoryTunnelProvider tunnels;
    final ManualClock clock = new ManualClock();
    final FakeMembers members = new FakeMembers();
    final MemoryCipherProvider cipher = new MemoryCipherProvider("none");
    final Map<String, Engine> engines = new LinkedHashMap<>();
    final Map<Engine, Hub> hubs = new LinkedHashMap<>();

    Rig(boolean threads, String... hosts) {
        this(threads, SETTINGS, hosts);
    }

    Rig(boolean threads, EngineSettings settings, String... hosts) {
        this(threads, settings, DEADLINE, hosts);
    }

    /** @param deadline of plugins; generous where none shall miss it on a busy machine */
    Rig(boolean threads, EngineSettings settings, java.time.Duration deadline, String... hosts) {
        tunnels = new MemoryTunnelProvider(threads);
        for (String host : hosts) members.names.add(host);
        for (String host : hosts) {
            Engine engine = new Engine(machine, members.as(host), settings, threads ? System::nanoTime : clock, threads, deadline);
            Hub hub = new Hub();
            hubs.put(engine, hub);
            engine.addSwitchProvider(hub, Map.of());
            engine.addCipherProvider(cipher, Map.of());
            engine.addTunnelProvider(tunnels, Map.of());
            engine.openViolin("v", 1, "");
            engines.put(host, engine);
        }
        for (String host : hosts) await(host + " has its tunnel open", () -> tunnels.hosts().contains(host));
        if (hosts.length > 1) await("all peers are up", () -> engines.values().stream().allMatch(e -> allUp(e)));
    }

    private boolean allUp(Engine engine) {
        return engine.tunnels().size() >= engines.size() - 1 && engine.tunnels().stream().allMatch(t -> t.up());
    }

    /** Waits until so many peers of each host are up, and nobody has others. */
    void awaitPeers(int count) {
        for (Engine e : engines.values()) {
            await(count + " peers are up", () -> e.tunnels().size() == count && e.tunnels().stream().allMatch(t -> t.up()));
        }
    }

    Engine engine(String host) {
        return engines.get(host);
    }

    /** A new device, plugged in on that host. */
    MemoryDevice plug(String host, String nic) {
        MemoryDevice device = machine.device();
        engine(host).plug(id(nic), device);
        return device;
    }

    /** Moves frames until none moves. Only without threads. */
    void settle() {
        int moved;
        do {
            moved = 0;
            for (Engine engine : engines.values()) engine.settleControl();
            for (Engine engine : engines.values()) moved += engine.step() + engine.step(); // what was paused is read by the second
            moved += tunnels.pump();
        } while (moved > 0);
    }

    PortStatus port(String host, String id) {
        return engine(host).ports().stream().filter(p -> p.id().equals(id(id))).findFirst().orElseThrow();
    }

    /** {@code node:port} of violin v. */
    static PortId id(String text) {
        return PortId.parse(text.indexOf('/') < 0 ? "v/" + text : text);
    }

    static NodeId node(String text) {
        return new NodeId("v", text);
    }

    static LinkEnd nic(String text) {
        return new LinkEnd.Nic(id(text));
    }

    static LinkEnd port(String text) {
        return new LinkEnd.Switch(id(text));
    }

    static LinkEnd remote(String host) {
        return new LinkEnd.Remote(host);
    }

    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) throw new AssertionError("in vain waited until " + what);
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Override
    public void close() {
        engines.values().forEach(Engine::stop);
    }

    /** Kind {@code hub}: floods everything; attribute {@code bad} is a mistake. */
    static final class Hub implements SwitchProvider {
        final List<SwitchLogic> made = new CopyOnWriteArrayList<>();
        final java.util.concurrent.atomic.AtomicInteger inside = new java.util.concurrent.atomic.AtomicInteger();

        @Override
        public String kind() {
            return "hub";
        }

        @Override
        public SwitchLogic create(Map<String, String> attributes) {
            if (attributes.containsKey("bad")) throw new IllegalArgumentException("attribute bad: must not be there");
            SwitchLogic logic = new SwitchLogic() {
                @Override
                public int egress(int ingress, java.nio.ByteBuffer slab, int offset, int length, long nowNanos, Egress some) {
                    inside.incrementAndGet();
                    inside.decrementAndGet();
                    return FLOOD;
                }

                @Override
                public void portClosed(int port) {}
            };
            made.add(logic);
            return logic;
        }
    }

    /** Who is joined; the same list for all hosts. */
    static final class FakeMembers {
        final List<String> names = new CopyOnWriteArrayList<>();
        final List<Runnable> listeners = new CopyOnWriteArrayList<>();
        volatile long incarnation = 1;

        void changed() {
            listeners.forEach(Runnable::run);
        }

        Members as(String self) {
            return new Members() {
                @Override
                public HostInfo self() {
                    return info(self);
                }

                @Override
                public List<HostInfo> hosts() {
                    List<HostInfo> all = new ArrayList<>();
                    for (String name : names) all.add(info(name));
                    return all;
                }

                @Override
                public boolean leader() {
                    return false;
                }

                @Override
                public boolean connected() {
                    return true;
                }

                @Override
                public AutoCloseable listen(Runnable changed) {
                    listeners.add(changed);
                    changed.run();
                    return () -> listeners.remove(changed);
                }
            };
        }

        private HostInfo info(String name) {
            return new HostInfo(name, "127.0.0.1", 4790, 0, 0, 1, 1 << 30, List.of(), "test", incarnation, 0, "");
        }
    }
}
