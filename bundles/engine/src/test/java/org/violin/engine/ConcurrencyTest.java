// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.violin.engine.Rig.nic;
import static org.violin.engine.Rig.node;
import static org.violin.engine.Rig.port;
import static org.violin.engine.Rig.remote;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.violin.api.dataplane.SwitchLogic;
import org.violin.api.dataplane.SwitchProvider;
import org.violin.frame.Ethernet;
import org.violin.testkit.dataplane.MemoryDevice;
import org.violin.testkit.dataplane.SampleFrames;

/** Real threads: control calls and swaps while frames flow between two hosts. */
@Timeout(60)
final class ConcurrencyTest {
    private static final byte[] HELLO = SampleFrames.plain(Ethernet.BROADCAST, SampleFrames.station(1), "hello");

    /** Traffic from some devices until it is closed; their guests read all they get. */
    private static final class Traffic implements AutoCloseable {
        private final AtomicBoolean stop = new AtomicBoolean();
        private final Thread thread;

        Traffic(MemoryDevice... devices) {
            ByteBuffer record = SampleFrames.record(HELLO);
            ByteBuffer into = ByteBuffer.allocateDirect(2048);
            thread = new Thread(() -> {
                while (!stop.get()) {
                    for (MemoryDevice device : devices) {
                        device.guestSends(record, record.capacity());
                        while (device.guestReceives(into) > 0) continue;
                    }
                }
            }, "traffic");
        }

        void start() {
            thread.start();
        }

        @Override
        public void close() {
            stop.set(true);
            Rig.await("the traffic ends", () -> !thread.isAlive());
        }
    }

    /** Counts calls into an instance that was taken away. */
    private static final class Watched implements SwitchProvider {
        private final AtomicInteger late = new AtomicInteger();
        private volatile boolean gone;

        @Override
        public String kind() {
            return "watched";
        }

        @Override
        public SwitchLogic create(Map<String, String> attributes) {
            return new SwitchLogic() {
                @Override
                public int egress(int ingress, ByteBuffer slab, int offset, int length, long nowNanos, Egress some) {
                    if (gone) late.incrementAndGet();
                    return FLOOD;
                }

                @Override
                public void portClosed(int port) {
                    if (gone) late.incrementAndGet();
                }
            };
        }
    }

    @Test
    void aSwitchPluginIsNeverCalledAfterItsRemovalReturned() {
        try (Rig rig = new Rig(true, "h1", "h2")) {
            Engine h1 = rig.engine("h1");
            MemoryDevice a = rig.plug("h1", "a:eth1");
            MemoryDevice b = rig.plug("h1", "b:eth1");
            MemoryDevice c = rig.plug("h2", "c:eth1");
            h1.openSwitch(node("s"), "watched", Map.of());
            h1.openLink(1, nic("a:eth1"), port("s:p1"));
            h1.openLink(2, nic("b:eth1"), port("s:p2"));
            h1.openLink(3, remote("h2"), port("s:p3"));
            rig.engine("h2").openLink(3, remote("h1"), nic("c:eth1"));
            try (Traffic traffic = new Traffic(a, b, c)) {
                traffic.start();
                for (int swap = 0; swap < 1000; swap++) {
                    Watched watched = new Watched();
                    h1.addSwitchProvider(watched, Map.of());
                    if (swap % 100 == 0) {
                        long before = rig.port("h2", "c:eth1").framesOut();
                        Rig.await("frames cross the switch", () -> rig.port("h2", "c:eth1").framesOut() > before);
                    }
                    h1.removeSwitchProvider(watched);
                    watched.gone = true;
                    assertEquals(0, watched.late.get(), "swap " + swap);
                }
            }
            assertFalse(h1.drops().containsKey("worker-fault"), h1.drops().toString());
        }
    }

    @Test
    void noDeviceIsClosedWhileAThreadIsInside() {
        try (Rig rig = new Rig(true, "h1", "h2")) {
            Engine h1 = rig.engine("h1");
            MemoryDevice a = rig.plug("h1", "a:eth1");
            MemoryDevice c = rig.plug("h2", "c:eth1");
            h1.openSwitch(node("s"), "hub", Map.of());
            h1.openLink(1, nic("a:eth1"), port("s:p1"));
            h1.openLink(2, nic("b:eth1"), port("s:p2"));
            h1.openLink(3, remote("h2"), port("s:p3"));
            rig.engine("h2").openLink(3, remote("h1"), nic("c:eth1"));
            List<MemoryDevice> used = new CopyOnWriteArrayList<>();
            try (Traffic traffic = new Traffic(a, c)) {
                traffic.start();
                for (int i = 0; i < 1000; i++) {
                    MemoryDevice b = rig.machine.device(4, 128);
                    b.guestSends(HELLO);
                    used.add(b);
                    h1.plug(Rig.id("b:eth1"), b);
                    if (i % 3 == 0) h1.unplug(Rig.id("b:eth1"));
                }
            }
            h1.unplug(Rig.id("b:eth1"));
            for (MemoryDevice b : used) {
                assertTrue(b.isClosed());
                assertFalse(b.wasClosedInUse());
            }
        }
    }

    @Test
    void controlCallsFromManyThreadsUnderTrafficLeaveAWorkingDataPlane() throws InterruptedException {
        try (Rig rig = new Rig(true, "h1", "h2")) {
            Engine h1 = rig.engine("h1");
            MemoryDevice a = rig.plug("h1", "a:eth1");
            MemoryDevice c = rig.plug("h2", "c:eth1");
            Thread[] callers = new Thread[3];
            List<Throwable> failures = new CopyOnWriteArrayList<>();
            try (Traffic traffic = new Traffic(a, c)) {
                traffic.start();
                for (int t = 0; t < callers.length; t++) {
                    int seed = t;
                    callers[t] = new Thread(() -> storm(rig, new Random(seed)));
                    callers[t].setUncaughtExceptionHandler((thread, e) -> failures.add(e));
                    callers[t].start();
                }
                for (Thread caller : callers) caller.join();
                assertEquals(List.of(), failures);
                for (int vni = 1; vni < 8; vni++) h1.closeLink(vni);
                h1.openSwitch(node("s"), "hub", Map.of());
                h1.openLink(1, nic("a:eth1"), port("s:p1"));
                h1.openLink(3, remote("h2"), port("s:p3"));
                rig.engine("h2").openLink(3, remote("h1"), nic("c:eth1"));
                Rig.await("h2 is up again", c::hasCarrier);
                long before = rig.port("h2", "c:eth1").framesOut();
                Rig.await("frames cross again", () -> rig.port("h2", "c:eth1").framesOut() > before + 1000);
            }
            assertFalse(h1.drops().containsKey("worker-fault"), h1.drops().toString());
        }
    }

    private static void storm(Rig rig, Random random) {
        Engine h1 = rig.engine("h1");
        for (int i = 0; i < 1500; i++) {
            int vni = 1 + random.nextInt(6);
            switch (random.nextInt(9)) {
                case 0 -> h1.openSwitch(node("s"), "hub", Map.of("n", "" + random.nextInt(2)));
                case 1 -> h1.closeSwitch(node("s"));
                case 2 -> h1.openLink(vni, nic("a:eth1"), port("s:p" + random.nextInt(3)));
                case 3 -> h1.openLink(vni, remote("h2"), port("s:p" + random.nextInt(3)));
                case 4 -> h1.openLink(vni, port("s:p" + random.nextInt(3)), port("t:p" + random.nextInt(3)));
                case 5 -> h1.closeLink(vni);
                case 6 -> h1.plug(Rig.id("b:eth1"), rig.machine.device(4, 128));
                case 7 -> {
                    if (i % 50 != 0) break;
                    h1.removeTunnelProvider(rig.tunnels);
                    h1.addTunnelProvider(rig.tunnels, Map.of());
                }
                default -> assertTrue(h1.ports().size() < 100);
            }
        }
    }
}
