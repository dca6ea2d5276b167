// SPDX-License-Identifier: Apache-2.0
package org.violin.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.violin.api.dataplane.Poller;

/** Between two interfaces of one network namespace, which goes with a sleeping process. */
class PacketSocketTest {
    private static final String SETUP = "ip link add name left type veth peer name right && ip link set left up && ip link set right up && echo up; exec sleep 600";
    private static final int MARKER = 0x5eed_1234;

    private final ByteBuffer slab = ByteBuffer.allocateDirect(80_000);
    private Process sleeper;
    private String namespace;

    @BeforeEach
    void open() throws Exception {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        sleeper = new ProcessBuilder("unshare", "-n", "sh", "-c", SETUP).start();
        assertEquals('u', sleeper.getInputStream().read());
        namespace = "/proc/" + sleeper.pid() + "/ns/net";
    }

    @AfterEach
    void close() throws Exception {
        if (sleeper != null) sleeper.destroyForcibly().waitFor();
    }

    private int index(String name) throws IOException {
        return Netns.call(namespace, () -> {
            try (Rtnetlink kernel = Rtnetlink.open()) {
                return kernel.links().stream().filter(l -> l.name().equals(name)).findFirst().orElseThrow().index();
            }
        });
    }

    private PacketSocket socket(int link, boolean offload) throws IOException {
        return Netns.call(namespace, () -> PacketSocket.open(link, offload, 1 << 20));
    }

    private void frame(int at, int number) {
        slab.putInt(at, -1).putShort(at + 4, (short) -1).putInt(at + 6, 0x02005e00).putShort(at + 10, (short) 1)
                .putShort(at + 12, (short) 0x88b5).putInt(at + 14, MARKER).putInt(at + 18, number);
    }

    /** The next frame with the marker behind so many bytes; waits for it. */
    private int next(PacketSocket from, Poller poller, int header) {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (System.nanoTime() < deadline) {
            int n = from.receive(slab, 1000, 70_000);
            if (n >= header + 22 && slab.getInt(1000 + header + 14) == MARKER) return n;
            if (n == 0) poller.await(1000, new int[4]);
        }
        throw new AssertionError("no frame");
    }

    @Test
    void a_frame_is_seen_where_it_leaves_and_where_it_arrives() throws Exception {
        try (PacketSocket a = socket(index("left"), false); PacketSocket all = socket(PacketSocket.ALL, false);
                Poller poller = new EpollPollerProvider().open()) {
            poller.add(all.fd(), 1);
            frame(100, 7);
            assertEquals(60, a.send(slab, 100, 60));
            assertEquals(60, next(all, poller, 0));
            assertTrue(all.outgoing());
            assertEquals(index("left"), all.link());
            assertEquals(60, next(all, poller, 0));
            assertFalse(all.outgoing());
            assertEquals(index("right"), all.link());
            assertEquals(7, slab.getInt(1018));
            assertEquals(0, all.lost());
        }
    }

    @Test
    void what_does_not_fit_is_refused_but_a_super_frame_goes() throws Exception {
        try (PacketSocket a = socket(index("left"), false); PacketSocket large = socket(index("left"), true);
                PacketSocket b = socket(index("right"), true); Poller poller = new EpollPollerProvider().open()) {
            poller.add(b.fd(), 1);
            frame(110, 1);
            assertEquals(PacketSocket.TOO_BIG, a.send(slab, 110, 3000));
            assertEquals(PacketSocket.REFUSED, a.send(slab, 110, 9));
            for (int i = 100; i < 110; i++) slab.put(i, (byte) 0);
            assertEquals(70, large.send(slab, 100, 70));
            assertEquals(70, next(b, poller, 10));
            a.close();
            assertEquals(PacketSocket.CLOSED, a.send(slab, 110, 60));
            assertEquals(PacketSocket.CLOSED, a.receive(slab, 0, 100));
        }
    }

    @Test
    void frames_without_room_are_counted() throws Exception {
        try (PacketSocket a = socket(index("left"), false);
                PacketSocket small = Netns.call(namespace, () -> PacketSocket.open(index("right"), false, 4096))) {
            frame(100, 1);
            for (int i = 0; i < 2000; i++) a.send(slab, 100, 1000);
            long lost = small.lost();
            assertTrue(lost > 0 && lost <= 2000, "lost " + lost);
            assertEquals(lost, small.lost());
        }
    }

    @Test
    void an_interface_that_is_not_there_is_named() {
        IOException missing = assertThrows(IOException.class, () -> socket(4711, false));
        assertTrue(missing.getMessage().contains("4711"), missing.getMessage());
    }
}
