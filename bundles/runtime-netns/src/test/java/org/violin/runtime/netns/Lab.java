// SPDX-License-Identifier: Apache-2.0
package org.violin.runtime.netns;

import java.io.IOException;
import java.io.InputStream;
import java.lang.annotation.Annotation;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assumptions;
import org.violin.api.dataplane.FrameDevice;
import org.violin.api.dataplane.Frames;
import org.violin.api.guest.ExecRequest;
import org.violin.api.guest.ExecSession;
import org.violin.api.guest.Guest;
import org.violin.api.guest.GuestSpec;
import org.violin.api.model.Cidr;
import org.violin.api.model.Limits;
import org.violin.api.model.NicSpec;
import org.violin.api.model.NodeId;
import org.violin.api.model.Probe;

/** A runtime in a folder of its own, and all that a test must clean up. */
final class Lab {
    final Path folder;
    NetnsRuntime runtime;
    private final List<FrameDevice> opened = new ArrayList<>();

    Lab() throws IOException {
        Path target = Files.createDirectories(Path.of("target").toAbsolutePath());
        folder = Files.createTempDirectory(target, "vg-guests");
        runtime = new NetnsRuntime(folder, config());
        Probe probe = runtime.probe();
        Assumptions.assumeTrue(probe.usable(), probe.finding() + ": " + probe.cure());
    }

    static NetnsConfig config() {
        return new NetnsConfig() {
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
        };
    }

    Guest start(String node) throws Exception {
        return start(node, false, Limits.NONE);
    }

    Guest start(String node, boolean forwarding, Limits limits, String... exec) throws Exception {
        return runtime.start(new GuestSpec(new NodeId("vg-test", node), forwarding, limits, List.of(exec)));
    }

    static NicSpec nic(String name, int number, String... addresses) {
        String mac = String.format("02:00:5e:10:00:%02x", number);
        return new NicSpec(name, mac, 1500, List.of(addresses).stream().map(Cidr::parse).toList());
    }

    /** Carries frames both ways between two devices until the lab closes. */
    void bridge(FrameDevice a, FrameDevice b) {
        a.carrier(true);
        b.carrier(true);
        opened.add(a);
        opened.add(b);
        pump(a, b);
        pump(b, a);
    }

    private void pump(FrameDevice from, FrameDevice to) {
        Thread thread = new Thread(() -> {
            ByteBuffer slab = ByteBuffer.allocateDirect(Frames.MAX_RECORD);
            for (;;) {
                int n = from.read(slab, 0, slab.capacity());
                if (n == FrameDevice.CLOSED) return;
                if (n > 0) to.write(slab, 0, n);
                else java.util.concurrent.locks.LockSupport.parkNanos(50_000);
            }
        }, "bridge");
        thread.setDaemon(true);
        thread.start();
    }

    record Output(int status, String out, String err) {}

    static Output sh(Guest guest, String command) throws Exception {
        return run(guest, ExecRequest.of(List.of("/bin/sh", "-c", command)));
    }

    static Output run(Guest guest, ExecRequest request) throws Exception {
        try (ExecSession session = guest.exec(request)) {
            session.stdin().close();
            StringBuilder err = new StringBuilder();
            Thread errors = new Thread(() -> err.append(text(session.stderr())));
            errors.start();
            String out = text(session.stdout());
            errors.join();
            return new Output(session.waitFor(), out, err.toString());
        }
    }

    static String text(InputStream in) {
        try {
            return new String(in.readAllBytes());
        } catch (IOException e) {
            return e.toString();
        }
    }

    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) throw new AssertionError("did not happen: " + what);
            java.util.concurrent.locks.LockSupport.parkNanos(2_000_000);
        }
    }

    void close() throws Exception {
        for (FrameDevice one : opened) one.close();
        for (Guest guest : new NetnsRuntime(folder, config()).adopt()) guest.stop();
        new NetnsRuntime(folder, config()).adopt(); // removes the empty container group
        new GuestFolder(folder, new NodeId("x", "x")).deleteTree();
    }
}
