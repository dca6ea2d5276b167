// SPDX-License-Identifier: Apache-2.0
package org.violin.router.services;

import java.io.IOException;
import java.lang.annotation.Annotation;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.violin.api.dataplane.FrameDevice;
import org.violin.api.dataplane.Frames;
import org.violin.api.guest.ExecRequest;
import org.violin.api.guest.ExecSession;
import org.violin.api.guest.Guest;
import org.violin.api.guest.GuestSpec;
import org.violin.api.model.Limits;
import org.violin.api.model.NodeId;
import org.violin.api.model.Probe;
import org.violin.runtime.netns.NetnsConfig;
import org.violin.runtime.netns.NetnsRuntime;

/** Real guests, joined by threads that carry frames; and all that a test must clean up. */
final class Lab implements AutoCloseable {
    private final Path folder;
    private final NetnsRuntime runtime;
    private final List<FrameDevice> opened = new ArrayList<>();
    private final List<Guest> guests = new ArrayList<>();

    Lab() throws IOException {
        folder = Files.createTempDirectory(Files.createDirectories(Path.of("target").toAbsolutePath()), "services-lab");
        String before = System.getProperty("karaf.data");
        System.setProperty("karaf.data", folder.toString());
        runtime = new NetnsRuntime(new Settings());
        if (before == null) System.clearProperty("karaf.data");
        else System.setProperty("karaf.data", before);
        Probe probe = runtime.probe();
        Assumptions.assumeTrue(probe.usable(), probe.finding() + ": " + probe.cure());
    }

    /** Bounds that are right for tests. */
    private static final class Settings implements NetnsConfig {
        @Override
        public Class<? extends Annotation> annotationType() {
            return NetnsConfig.class;
        }

        @Override
        public int consoleLogBytes() {
            return 4096;
        }

        @Override
        public int startTimeoutMillis() {
            return 20_000;
        }

        @Override
        public int execTimeoutMillis() {
            return 20_000;
        }

        @Override
        public int stopTimeoutMillis() {
            return 10_000;
        }
    }

    Guest start(String node, boolean forwarding) throws Exception {
        Guest guest = runtime.start(new GuestSpec(new NodeId("vs-test", node), forwarding, Limits.NONE, List.of()));
        guests.add(guest);
        return guest;
    }

    /** A cable that can be cut. */
    static final class Cable {
        volatile boolean silent;
        final FrameDevice a;
        final FrameDevice b;

        Cable(FrameDevice a, FrameDevice b) {
            this.a = a;
            this.b = b;
        }
    }

    /** Carries frames both ways between two devices until the lab closes. */
    Cable join(FrameDevice a, FrameDevice b) {
        a.carrier(true);
        b.carrier(true);
        opened.add(a);
        opened.add(b);
        Cable cable = new Cable(a, b);
        pump(cable, a, b);
        pump(cable, b, a);
        return cable;
    }

    /** A device with carrier and nobody behind it. */
    void alone(FrameDevice device) {
        device.carrier(true);
        opened.add(device);
    }

    private void pump(Cable cable, FrameDevice from, FrameDevice to) {
        Thread thread = new Thread(() -> {
            ByteBuffer slab = ByteBuffer.allocateDirect(Frames.MAX_RECORD);
            for (;;) {
                int n = from.read(slab, 0, slab.capacity());
                if (n == FrameDevice.CLOSED) return;
                if (n > 0 && !cable.silent) to.write(slab, 0, n);
                else java.util.concurrent.locks.LockSupport.parkNanos(500_000);
            }
        }, "cable");
        thread.setDaemon(true);
        thread.start();
    }

    /** Lets go of all devices: one that is open keeps its guest's network namespace. */
    void unplug() {
        opened.forEach(FrameDevice::close);
        opened.clear();
    }

    static String sh(Guest guest, String command) throws Exception {
        try (ExecSession session = guest.exec(ExecRequest.of(List.of("/bin/sh", "-c", command + " 2>&1")))) {
            session.stdin().close();
            String out = new String(session.stdout().readAllBytes());
            session.waitFor();
            return out;
        }
    }

    static void await(String what, int seconds, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!condition.call()) {
            if (System.nanoTime() > deadline) throw new AssertionError("did not happen: " + what);
            java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
        }
    }

    @Override
    public void close() throws Exception {
        for (FrameDevice one : opened) one.close();
        for (Guest guest : guests) guest.stop();
        runtime.adopt();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path p : all.sorted(java.util.Comparator.reverseOrder()).toList()) Files.deleteIfExists(p);
        }
    }
}
