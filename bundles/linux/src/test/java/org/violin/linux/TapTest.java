// SPDX-License-Identifier: Apache-2.0
package org.violin.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.violin.api.dataplane.Frames;
import org.violin.api.model.Cidr;
import org.violin.linux.Rtnetlink.Link;

/** In the network namespace of a sleeping process, which goes with that process. */
class TapTest {
    private Process sleeper;
    private String namespace;

    @BeforeEach
    void open() throws Exception {
        boolean root = "root".equals(System.getProperty("user.name"));
        Assumptions.assumeTrue(root && Files.exists(Path.of("/dev/net/tun")), "needs root and /dev/net/tun");
        sleeper = new ProcessBuilder("unshare", "-n", "sh", "-c", "echo up; exec sleep 600").start();
        assertEquals('u', sleeper.getInputStream().read());
        namespace = "/proc/" + sleeper.pid() + "/ns/net";
    }

    @AfterEach
    void close() throws Exception {
        if (sleeper != null) sleeper.destroyForcibly().waitFor();
    }

    private Tap tap(String name, String... addresses) throws IOException {
        return Netns.call(namespace, () -> {
            Tap tap = Tap.open(name);
            try (Rtnetlink kernel = Rtnetlink.open()) {
                kernel.setLink(link(kernel, name), "02:00:5e:00:00:01", 1400);
                for (String address : addresses) kernel.addAddress(link(kernel, name), Cidr.parse(address));
            }
            return tap;
        });
    }

    private static Link link(Rtnetlink kernel, String name) throws IOException {
        return kernel.links().stream().filter(l -> l.name().equals(name)).findFirst().orElseThrow();
    }

    @Test
    void an_arp_request_written_is_answered_with_the_nics_address() throws Exception {
        try (Tap tap = tap("vg0", "10.7.0.1/24")) {
            tap.carrier(true);
            ByteBuffer slab = ByteBuffer.allocateDirect(Frames.MAX_RECORD);
            // Asked again and again: the kernel drops what is sent before its link watch has seen the carrier.
            long deadline = System.nanoTime() + 20_000_000_000L;
            boolean answered = false;
            int n = 0;
            while (!answered && System.nanoTime() < deadline) {
                if (n == 0) assertEquals(52, tap.write(arp(slab), 100, 52));
                n = tap.read(slab, 1000, Frames.MAX_RECORD - 1000);
                answered = n > 0 && slab.getShort(1000 + 22) == 0x0806 && slab.getShort(1000 + 30) == 2;
                if (n == 0) java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
            }
            assertTrue(answered);
            assertEquals(52, n);
            assertEquals(0x0a070001, slab.getInt(1000 + 38));
        }
    }

    /** A record at 100: offload header, then "who has 10.7.0.1, tell 10.7.0.2". */
    private static ByteBuffer arp(ByteBuffer slab) {
        slab.position(110).putInt(-1).putShort((short) -1).putInt(0x02005e00).putShort((short) 2).putShort((short) 0x0806);
        slab.putShort((short) 1).putShort((short) 0x0800).put((byte) 6).put((byte) 4).putShort((short) 1);
        slab.putInt(0x02005e00).putShort((short) 2).putInt(0x0a070002).putInt(0).putShort((short) 0).putInt(0x0a070001);
        return slab.clear();
    }

    @Test
    void reading_writing_and_waiting_allocate_nothing() throws Exception {
        try (Tap tap = tap("vg0", "10.7.0.1/24"); EpollPoller poller = new EpollPoller()) {
            tap.carrier(true);
            poller.add(tap.fd(), 1);
            ByteBuffer slab = arp(ByteBuffer.allocateDirect(Frames.MAX_RECORD));
            int[] tokens = new int[8];
            round(tap, poller, slab, tokens);
            var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
            long before = threads.getCurrentThreadAllocatedBytes();
            round(tap, poller, slab, tokens);
            long used = threads.getCurrentThreadAllocatedBytes() - before;
            assertTrue(used < 1000, used + " bytes for 3000 calls"); // the measurement itself allocates a little
        }
    }

    private static void round(Tap tap, EpollPoller poller, ByteBuffer slab, int[] tokens) {
        for (int i = 0; i < 1000; i++) {
            tap.write(slab, 100, 52);
            poller.await(0, tokens);
            for (int n = 0; n < 1000 && tap.read(slab, 1000, 2000) > 0; n++) tokens[0] = 0;
        }
    }

    @Test
    void an_interface_survives_its_device_keeps_its_addresses_and_is_held_by_one() throws Exception {
        try (Tap first = tap("vg0", "10.7.0.1/24", "fd07::1/64")) {
            assertTrue(first.fd() >= 0);
            IOException busy = assertThrows(IOException.class, () -> tap("vg0"));
            assertTrue(busy.getMessage().contains("attach vg0") && busy.getMessage().contains("busy"), busy.getMessage());
        }
        try (Tap again = Netns.call(namespace, () -> Tap.open("vg0")); Rtnetlink kernel = Netns.call(namespace, Rtnetlink::open)) {
            assertEquals("vg0", again.name());
            List<String> addresses = kernel.addresses().stream().filter(a -> a.scope() == 0).map(a -> a.cidr().toString()).sorted().toList();
            assertEquals(List.of("10.7.0.1/24", "fd07::1/64"), addresses);
            assertEquals(1400, link(kernel, "vg0").mtuBytes());
        }
    }

    @Test
    void a_closed_or_deleted_device_says_so_and_a_downed_one_loses_the_frame() throws Exception {
        ByteBuffer slab = arp(ByteBuffer.allocateDirect(2048));
        try (Tap down = Netns.call(namespace, () -> Tap.open("vg1")); Rtnetlink kernel = Netns.call(namespace, Rtnetlink::open)) {
            assertEquals(0, down.write(slab, 100, 52));
            assertEquals(0, down.read(slab, 1000, 1000));
            kernel.deleteLink(link(kernel, "vg1"));
            assertEquals(Tap.CLOSED, down.write(slab, 100, 52));
            assertEquals(Tap.CLOSED, down.read(slab, 1000, 1000));
        }
        Tap tap = tap("vg0");
        tap.close();
        tap.close();
        tap.carrier(true);
        assertEquals(Tap.CLOSED, tap.write(slab, 100, 52));
        assertEquals(Tap.CLOSED, tap.read(slab, 1000, 1000));
    }

    @Test
    void a_namespace_that_is_not_there_is_named() {
        IOException missing = assertThrows(IOException.class, () -> Netns.call("/proc/0/ns/net", () -> 1));
        assertTrue(missing.getMessage().contains("/proc/0/ns/net"), missing.getMessage());
    }
}
