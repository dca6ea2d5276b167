// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.violin.testkit.cluster.Eventually.eventually;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The benchmark of many vNICs in small: nobody starves, memory stays bounded, and nothing stays behind. */
class ManyIT {
    private static final int QUICK = 2000;

    @BeforeEach
    void root() {
        boolean root = "root".equals(System.getProperty("user.name"));
        Assumptions.assumeTrue(root && Files.exists(Path.of("/dev/net/tun")), "needs root and /dev/net/tun");
    }

    private static void fair(Many.Result result, int tunnels) {
        System.out.printf("total %.0f Mbit/s, Jain %.3f, least/mean %.2f, direct %d KiB, drops %s%n", result.total() * 8 / 1e6, result.jain(),
                result.least() / result.mean(), result.directBytes() / 1024, result.drops());
        assertTrue(result.least() > 0.2 * result.mean(), "a vNIC starves: " + java.util.Arrays.toString(result.goodput()));
        assertTrue(result.directBytes() - result.idleDirectBytes() < Many.bound(tunnels), "direct buffers: " + result.directBytes());
        assertEquals(0L, result.drops().getOrDefault("port tunnel-full", 0L));
    }

    @Test
    void twenty_vnics_on_four_tunnels_all_get_their_share_and_leave_nothing_behind() throws Exception {
        Many.run(2, 1, 1, "both", "", 0, 100); // what is loaded and started once
        Set<String> threads = threads();
        long descriptors = namespaces();
        Set<String> interfaces = interfaces();
        fair(Many.run(20, 4, 2, "both", "", 500, QUICK), 4);
        eventually("no thread is left", () -> threads.containsAll(threads()));
        eventually("no namespace is held", () -> namespaces() <= descriptors);
        assertEquals(interfaces, interfaces());
    }

    @Test
    void who_shares_a_slow_tunnel_is_held_back_and_gets_its_share() throws Exception {
        fair(Many.run(60, 2, 2, "out", "400mbit", 1000, QUICK), 2);
    }

    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName)
                .filter(n -> n.matches("violin-.*|bulk-.*|netns .*")).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Network namespaces of processes that we are the parent of, and TAPs that this JVM holds. */
    private static long namespaces() throws IOException {
        long children = ProcessHandle.current().children().filter(ProcessHandle::isAlive).count();
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            List<Path> all = open.collect(Collectors.toList());
            return children + all.stream().filter(ManyIT::isTap).count();
        }
    }

    private static boolean isTap(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().equals("/dev/net/tun");
        } catch (IOException e) {
            return false; // closed meanwhile
        }
    }

    private static Set<String> interfaces() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/sys/class/net"))) {
            return all.map(p -> p.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
