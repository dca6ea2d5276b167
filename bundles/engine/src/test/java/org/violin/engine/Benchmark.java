// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import static org.violin.engine.Rig.nic;
import static org.violin.engine.Rig.node;
import static org.violin.engine.Rig.port;
import static org.violin.engine.Rig.remote;

import java.nio.ByteBuffer;
import java.util.Map;
import org.violin.frame.Ethernet;
import org.violin.testkit.dataplane.MemoryDevice;
import org.violin.testkit.dataplane.SampleFrames;

/** Not a test: what one frame costs in the engine, without any system call, and what a thousand ports cost to lay. */
public final class Benchmark {
    private static final int BATCH = 32;

    private Benchmark() {}

    public static void main(String[] args) {
        for (int round = 0; round < 3; round++) {
            thousandPorts();
            carry(false);
            carry(true);
        }
    }

    private static void thousandPorts() {
        try (Rig rig = new Rig(false, "h1")) {
            MemoryDevice[] devices = new MemoryDevice[1000];
            for (int i = 0; i < devices.length; i++) devices[i] = rig.machine.device(1, 64);
            Engine h1 = rig.engine("h1");
            long start = System.nanoTime();
            h1.openSwitch(node("s"), "hub", Map.of());
            for (int i = 0; i < devices.length; i++) {
                h1.plug(Rig.id("n" + i + ":eth1"), devices[i]);
                h1.openLink(i + 1, nic("n" + i + ":eth1"), port("s:p" + i));
            }
            long laid = System.nanoTime();
            h1.closeSwitch(node("s"));
            for (int i = 0; i < devices.length; i++) {
                h1.closeLink(i + 1);
                h1.unplug(Rig.id("n" + i + ":eth1"));
            }
            System.out.printf("1000 ports: laid in %.1f ms, removed in %.1f ms%n", (laid - start) / 1e6, (System.nanoTime() - laid) / 1e6);
        }
    }

    private static void carry(boolean overTunnel) {
        try (Rig rig = new Rig(false, "h1", "h2")) {
            MemoryDevice a = rig.plug("h1", "a:eth1");
            MemoryDevice b = rig.plug(overTunnel ? "h2" : "h1", "b:eth1");
            Engine h1 = rig.engine("h1");
            h1.openSwitch(node("s"), "hub", Map.of());
            h1.openLink(1, nic("a:eth1"), port("s:p1"));
            h1.openLink(2, port("s:p2"), overTunnel ? remote("h2") : nic("b:eth1"));
            if (overTunnel) rig.engine("h2").openLink(2, nic("b:eth1"), remote("h1"));
            ByteBuffer record = SampleFrames.record(SampleFrames.plain(Ethernet.BROADCAST, SampleFrames.station(1), "x".repeat(50)));
            ByteBuffer into = ByteBuffer.allocateDirect(2048);
            long spent = 0;
            int frames = 1_000_000;
            for (int sent = 0; sent < frames; sent += BATCH) {
                for (int i = 0; i < BATCH; i++) a.guestSends(record, record.capacity());
                long start = System.nanoTime();
                h1.step();
                if (overTunnel) rig.tunnels.pump();
                spent += System.nanoTime() - start;
                while (b.guestReceives(into) > 0) continue;
            }
            System.out.printf("%s: %.0f ns a frame%n", overTunnel ? "switch and memory tunnel" : "switch", (double) spent / frames);
        }
    }
}
