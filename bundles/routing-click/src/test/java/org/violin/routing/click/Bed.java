// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.click;

import java.io.IOException;
import java.lang.annotation.Annotation;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assumptions;
import org.violin.api.dataplane.FrameDevice;
import org.violin.api.dataplane.Frames;
import org.violin.api.dataplane.Poller;
import org.violin.api.model.Cidr;
import org.violin.api.model.NicSpec;
import org.violin.api.model.NodeId;
import org.violin.api.routing.RouterNic;
import org.violin.api.routing.RouterSpec;
import org.violin.frame.Segmenter;
import org.violin.linux.EpollPollerProvider;
import org.violin.linux.Netns;
import org.violin.linux.OwnNetns;
import org.violin.linux.Rtnetlink;
import org.violin.linux.Tap;

/** Hosts and one router in network namespaces of their own, with cables of our making, and the provider under test. */
final class Bed implements AutoCloseable {
    /** One namespace with its TAPs. */
    static final class Box implements AutoCloseable {
        final OwnNetns namespace;
        final Map<String, FrameDevice> taps = new TreeMap<>();

        Box() throws IOException {
            namespace = OwnNetns.open();
            try {
                sh("echo 0 > /proc/sys/net/ipv6/conf/default/dad_transmits"); // addresses are good at once
            } catch (Exception e) {
                throw new IOException(e);
            }
        }

        void plug(NicSpec nic) throws IOException {
            taps.put(nic.name(), Netns.call(namespace.path(), () -> {
                Tap tap = Tap.open(nic.name());
                try (Rtnetlink kernel = Rtnetlink.open()) {
                    Rtnetlink.Link link = kernel.links().stream().filter(l -> l.name().equals(nic.name())).findFirst().orElseThrow();
                    kernel.setLink(link, nic.mac(), nic.mtuBytes());
                    for (Cidr address : nic.addresses()) kernel.addAddress(link, address);
                }
                return tap;
            }));
        }

        /** Runs a shell command inside; its output, and its status when that is not 0. */
        String sh(String command) throws Exception {
            Process process = start(command);
            String output = new String(process.getInputStream().readAllBytes());
            int status = process.waitFor();
            return status == 0 ? output : output + "\nstatus " + status;
        }

        Process start(String command) throws IOException {
            return new ProcessBuilder("nsenter", "--net=" + namespace.path(), "--", "sh", "-c", command).redirectErrorStream(true).start();
        }

        /** A line of /proc/net/snmp: packets the kernel forwarded. */
        long forwarded() throws Exception {
            String[] lines = sh("grep ^Ip: /proc/net/snmp").split("\n");
            List<String> names = List.of(lines[0].split(" "));
            return Long.parseLong(lines[1].split(" ")[names.indexOf("ForwDatagrams")]);
        }

        /** The same of IPv6, /proc/net/snmp6. */
        long forwarded6() throws Exception {
            return Long.parseLong(sh("grep Ip6OutForwDatagrams /proc/net/snmp6").split("\\s+")[1]);
        }

        @Override
        public void close() {
            taps.values().forEach(FrameDevice::close);
            namespace.close();
        }
    }

    final Path folder;
    final List<String> events = new ArrayList<>();
    final ClickProvider provider;
    private final List<AutoCloseable> closing = new ArrayList<>();

    Bed() throws IOException {
        this(1024);
    }

    /** @param megabytes of address space for each Click */
    Bed(int megabytes) throws IOException {
        String program = System.getenv("VIOLIN_CLICK");
        Assumptions.assumeTrue(program != null && Files.isExecutable(Path.of(program)), "skipped: VIOLIN_CLICK names no click program to test with");
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "skipped: needs root");
        folder = Files.createTempDirectory(Files.createDirectories(Path.of("target").toAbsolutePath()), "click");
        provider = new ClickProvider(folder, config("", megabytes), program, new EpollPollerProvider(), (subject, topic, text) -> {
            synchronized (events) {
                events.add(subject + " " + topic + " " + text);
            }
        });
    }

    static ClickConfig config(String program) {
        return config(program, 1024);
    }

    private static ClickConfig config(String program, int megabytes) {
        return new ClickConfig() {
            @Override
            public Class<? extends Annotation> annotationType() {
                return ClickConfig.class;
            }

            @Override
            public String program() {
                return program;
            }

            @Override
            public int firstUser() {
                return 1_900_000_000;
            }

            @Override
            public int timeoutMillis() {
                return 20_000;
            }

            @Override
            public int megabytes() {
                return megabytes;
            }
        };
    }

    Box box(NicSpec... nics) throws IOException {
        Box box = new Box();
        closing.add(box);
        for (NicSpec nic : nics) box.plug(nic);
        return box;
    }

    <T extends AutoCloseable> T keep(T one) {
        closing.add(one);
        return one;
    }

    /** A cable between two devices, as the engine is one: what the far end does not take is finished first. */
    void cable(FrameDevice a, FrameDevice b) {
        a.carrier(true);
        b.carrier(true);
        Poller poller = new EpollPollerProvider().open();
        poller.add(a.fd(), 0);
        poller.add(b.fd(), 1);
        boolean[] stop = new boolean[1];
        Thread thread = new Thread(() -> {
            ByteBuffer slab = ByteBuffer.allocateDirect(Frames.MAX_RECORD);
            Segmenter segmenter = new Segmenter();
            int[] ready = new int[2];
            while (!stop[0]) {
                int n = poller.await(1000, ready);
                for (int i = 0; i < n; i++) {
                    FrameDevice from = ready[i] == 0 ? a : b;
                    FrameDevice to = ready[i] == 0 ? b : a;
                    int length = from.read(slab, 0, slab.capacity());
                    if (length == FrameDevice.CLOSED) return;
                    if (length <= 0) continue;
                    if (to.takes() == FrameDevice.TAKES_ALL) to.write(slab, 0, length);
                    else segmenter.finish(slab, 0, length, true, to::write);
                }
            }
        }, "cable");
        thread.start();
        closing.add(() -> {
            stop[0] = true;
            poller.wake();
            thread.join();
            poller.close();
        });
    }

    static NicSpec nic(String name, int number, String... addresses) {
        String mac = String.format("02:00:5e:10:00:%02x", number);
        return new NicSpec(name, mac, 1500, List.of(addresses).stream().map(Cidr::parse).toList());
    }

    static RouterSpec router(Map<String, String> options, NicSpec... nics) {
        List<RouterNic> all = java.util.Arrays.stream(nics).map(n -> new RouterNic(n, 10, false, List.of(), Map.of())).toList();
        return new RouterSpec(new NodeId("vc-test", "r1"), "10.0.0.1", 0, Set.of(), "", "click", all, List.of(), List.of(), options, "");
    }

    /** The same with services. */
    static RouterSpec serving(RouterSpec spec, Map<String, Map<String, String>> services) {
        return new RouterSpec(spec.id(), spec.routerId(), spec.as(), spec.protocols(), spec.control(), spec.forwarding(), spec.nics(), spec.routes(),
                spec.loopbacks(), spec.options(), spec.startupConfig(), spec.mates(), services, spec.stations());
    }

    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) throw new AssertionError("did not happen: " + what);
            java.util.concurrent.locks.LockSupport.parkNanos(2_000_000);
        }
    }

    @Override
    public void close() throws Exception {
        for (int i = closing.size() - 1; i >= 0; i--) closing.get(i).close();
        RunFolder.sweep(folder);
        Files.deleteIfExists(folder);
    }
}
