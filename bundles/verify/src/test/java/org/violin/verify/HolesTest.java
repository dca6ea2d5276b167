// SPDX-License-Identifier: Apache-2.0
package org.violin.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.violin.api.control.Confinement.Finding;
import org.violin.api.control.Confinement.Verdict;
import org.violin.api.dataplane.TunnelStatus;
import org.violin.api.model.NodeId;
import org.violin.api.model.Refused;
import org.violin.linux.Netns;
import org.violin.linux.PacketSocket;
import org.violin.linux.Rtnetlink;

/** Real namespaces, and in each test one hole. */
class HolesTest {
    private Twin twin;

    @BeforeEach
    void open() throws Exception {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        twin = new Twin();
    }

    @AfterEach
    void close() throws Exception {
        if (twin != null) twin.close();
    }

    private static Verdict verdict(Map<String, Finding> findings, Case kind) {
        return findings.get(kind.word).verdict();
    }

    private static Set<String> failed(Map<String, Finding> findings) {
        Set<String> failed = new TreeSet<>();
        findings.values().stream().filter(f -> f.verdict() == Verdict.FAIL).forEach(f -> failed.add(f.check()));
        return failed;
    }

    @Test
    void a_confined_violin_passes_and_nothing_is_left_behind() throws Exception {
        int before = descriptors();
        Map<String, Finding> findings = twin.verify();
        assertEquals(Set.of(), failed(findings), findings.toString());
        for (Case one : Case.values()) {
            assertEquals(one == Case.FLOOD_LIMIT ? Verdict.UNTESTED : Verdict.PASS, verdict(findings, one), findings.toString());
        }
        twin.verify();
        int after = descriptors();
        assertTrue(after <= before + 8, before + " descriptors before, " + after + " after");
        try (var files = Files.list(Path.of("/tmp"))) {
            assertEquals(List.of(), files.filter(f -> f.getFileName().toString().contains("violin-verify")).toList());
        }
    }

    private static int descriptors() throws Exception {
        try (var all = Files.list(Path.of("/proc/self/fd"))) {
            return (int) all.count();
        }
    }

    @Test
    void a_cable_to_the_host_fails_the_frames() throws Exception {
        twin.cable("a", "hole", "host", "hole");
        Map<String, Finding> findings = twin.verify();
        for (Case one : List.of(Case.FRAMES, Case.SPOOFS, Case.FORGED, Case.ODD)) {
            assertEquals(Verdict.FAIL, verdict(findings, one), findings.toString());
            assertTrue(findings.get(one.word).detail().contains("seen on hole of overlay host host1"), findings.toString());
        }
        assertEquals(Verdict.PASS, verdict(findings, Case.ADDRESSES), findings.toString());
        assertEquals(Verdict.PASS, verdict(findings, Case.OUTSIDE), findings.toString());
    }

    @Test
    void a_route_to_the_host_fails_the_addresses() throws Exception {
        twin.cable("a", "hole", "host", "hole");
        twin.in("a", "ip addr add 10.0.9.1/30 dev hole && ip route add 10.99.0.0/24 via 10.0.9.2");
        twin.in("host", "ip addr add 10.0.9.2/30 dev hole");
        Map<String, Finding> findings = twin.verify();
        String detail = findings.get(Case.ADDRESSES.word).detail();
        assertEquals(Verdict.FAIL, verdict(findings, Case.ADDRESSES), findings.toString());
        assertTrue(detail.contains("a: ping of 10.99.0.1 answers"), detail);
        assertTrue(detail.contains("TCP port 8101 (refused)"), detail);
    }

    @Test
    void a_way_out_is_a_warning_that_says_where_it_leads_and_fails_where_it_must_not() throws Exception {
        String link = new WayOut(new NodeId("red", "a"), "host1", Set.of()).link();
        twin.services = List.of("uplink");
        twin.cable("a", "uplink", "host", link);
        twin.in("a", "ip addr add 10.0.9.1/30 dev uplink && ip route add 10.99.0.0/24 via 10.0.9.2");
        twin.in("host", "ip addr add 10.0.9.2/30 dev " + link + " && echo 1 >/proc/sys/net/ipv4/ip_forward && nft '"
                + "table ip way { chain f { type filter hook forward priority 0; iifname " + link + " ip saddr != 10.0.9.1 drop; }; "
                + "chain i { type filter hook input priority 0; iifname " + link + " drop; }; "
                + "chain n { type nat hook postrouting priority 100; oifname under masquerade; }; }'");
        Map<String, Finding> findings = twin.verify();
        assertEquals(Set.of(), failed(findings), findings.toString());
        assertEquals(Verdict.WARN, verdict(findings, Case.ADDRESSES), findings.toString());
        String detail = findings.get(Case.ADDRESSES.word).detail();
        assertTrue(detail.startsWith("WAY OUT at [a to the network of host1] opens: a: ping of 10.99.0.2 answers"), detail);
        twin.in("host", "nft delete chain ip way i");
        findings = twin.verify();
        assertEquals(Verdict.FAIL, verdict(findings, Case.ADDRESSES), findings.toString());
        assertTrue(findings.get(Case.ADDRESSES.word).detail().contains("ping of 10.99.0.1 answers"), findings.toString());
        assertFalse(findings.get(Case.ADDRESSES.word).detail().contains("10.99.0.2"), findings.toString());
    }

    @Test
    void a_switch_that_leaks_into_another_violin_fails_the_frames_and_the_storm() throws Exception {
        twin.cable("red", "leak", "blue", "leak");
        for (String lan : List.of("red", "blue")) twin.in(lan, "ip link set leak master br0");
        Map<String, Finding> findings = twin.verify();
        for (Case one : List.of(Case.FRAMES, Case.SPOOFS, Case.FORGED, Case.ODD, Case.STORM)) {
            assertEquals(Verdict.FAIL, verdict(findings, one), findings.toString());
        }
        assertTrue(findings.get(Case.FRAMES.word).detail().contains("of blue/"), findings.toString());
    }

    @Test
    void a_tunnel_that_believes_strangers_fails_outside() throws Exception {
        try (PacketSocket lan = into("red")) {
            ByteBuffer slab = ByteBuffer.allocateDirect(2048);
            twin.tunnel = datagram -> {
                for (int header : new int[] {3, 14, 18}) {
                    int length = datagram.length - header - 16;
                    if (length < 46 || datagram.length > 1500 || datagram[header + 28] != (byte) 0x88) continue;
                    slab.put(0, datagram, header + 16, length);
                    lan.send(slab, 0, length);
                }
            };
            Map<String, Finding> findings = twin.verify();
            assertEquals(Set.of(Case.OUTSIDE.word), failed(findings), findings.toString());
        }
    }

    /** The bridge of a violin itself, to send from and to hear all of it. */
    private PacketSocket into(String lan) throws Exception {
        return into(lan, "br0");
    }

    private PacketSocket into(String lan, String link) throws Exception {
        return Netns.call(twin.namespace(lan), () -> {
            try (Rtnetlink kernel = Rtnetlink.open()) {
                int index = kernel.links().stream().filter(l -> l.name().equals(link)).findFirst().orElseThrow().index();
                return PacketSocket.open(index, false, 1 << 20);
            }
        });
    }

    @Test
    void a_tunnel_in_the_clear_is_a_warning_when_asked_for_and_fails_when_not() throws Exception {
        twin.elsewhere = "host2";
        AtomicBoolean ended = new AtomicBoolean();
        try (PacketSocket lan = into("red")) {
            Thread carrier = new Thread(() -> {
                ByteBuffer slab = ByteBuffer.allocateDirect(70_000);
                while (!ended.get()) {
                    int n = lan.receive(slab, 0, 1400);
                    if (n <= 0) {
                        java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
                        continue;
                    }
                    byte[] datagram = new byte[18 + 16 + n];
                    slab.get(0, datagram, 34, n);
                    twin.sendFromTunnel(datagram);
                }
            });
            carrier.start();
            try {
                for (String kind : List.of("none", "aead")) {
                    twin.tunnels.clear();
                    twin.tunnels.add(new TunnelStatus("udp", "host2", "red", kind, "10.99.0.2:4790", true, 1500, 0, 0, 0, 0, 0, 0, 0, Map.of(), Map.of()));
                    Map<String, Finding> findings = twin.verify();
                    Verdict wanted = kind.equals("none") ? Verdict.WARN : Verdict.FAIL;
                    assertEquals(wanted, verdict(findings, Case.CIPHER), findings.toString());
                    assertTrue(findings.get(Case.CIPHER.word).detail().startsWith("CLEAR"), findings.toString());
                    assertEquals(wanted == Verdict.WARN ? Set.of() : Set.of(Case.CIPHER.word), failed(findings), findings.toString());
                }
            } finally {
                ended.set(true);
                carrier.join();
            }
        }
    }

    @Test
    void a_canary_of_another_host_of_the_same_run_is_noticed_here() throws Exception {
        Marker marker = Marker.random();
        Canary foreign = new Canaries("host2").add(Case.SPOOFS, "x", "y", 14);
        AtomicBoolean ended = new AtomicBoolean();
        try (PacketSocket far = into("far", "under")) {
            Thread leak = new Thread(() -> {
                Craft craft = new Craft(marker);
                int length = craft.plain(-1L >>> 16, 0x0200_5e00_0001L, 0x88b5, foreign.number());
                while (!ended.get()) {
                    far.send(craft.slab, Craft.FRAME, length);
                    java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
                }
            });
            leak.start();
            try {
                List<Finding> findings = twin.check().verify("red", marker.hex(), Duration.ofSeconds(60));
                List<Finding> failed = findings.stream().filter(f -> f.verdict() == Verdict.FAIL).toList();
                assertEquals(List.of(Case.SPOOFS.word), failed.stream().map(Finding::check).toList(), findings.toString());
                assertTrue(failed.get(0).detail().contains("another overlay host seen on under of overlay host host1"), findings.toString());
            } finally {
                ended.set(true);
                leak.join();
            }
        }
    }

    @Test
    void what_finds_no_time_is_untested_and_two_checks_at_once_are_refused() throws Exception {
        ConfinementCheck check = twin.check();
        List<Finding> findings = check.verify("red", "", Duration.ofNanos(1));
        assertTrue(findings.stream().noneMatch(f -> f.verdict() == Verdict.FAIL), findings.toString());
        assertEquals(Verdict.UNTESTED, findings.stream().filter(f -> f.check().equals("storms")).findFirst().orElseThrow().verdict());
        for (String[] wrong : new String[][] {{"green", "no such violin"}, {"red", "hexadecimal"}}) {
            Refused refused = assertThrows(Refused.class, () -> check.verify(wrong[0], wrong[0].equals("red") ? "xy" : "", Duration.ZERO));
            assertTrue(refused.getMessage().contains(wrong[1]), refused.getMessage());
        }
        AtomicBoolean refused = new AtomicBoolean();
        CountDownLatch begun = new CountDownLatch(1);
        Thread first = new Thread(() -> {
            begun.countDown();
            try {
                check.verify("red", Marker.random().hex(), Duration.ofSeconds(1));
            } catch (Refused e) {
                if (e.getMessage().contains("already runs")) refused.set(true);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        first.start();
        begun.await();
        while (first.isAlive() && !refused.get()) {
            try {
                check.verify("red", "", Duration.ZERO);
            } catch (Refused e) {
                if (e.getMessage().contains("already runs")) refused.set(true);
            }
        }
        first.join();
        assertTrue(refused.get());
    }

    @Test
    void a_guest_that_is_no_guest_fails_the_walls() throws Exception {
        twin.space("a2");
        twin.cable("red", "p9", "a2", "eth0");
        twin.in("red", "ip link set p9 master br0");
        twin.pids.put("a", twin.pids.get("a2"));
        Map<String, Finding> findings = twin.verify();
        assertEquals(Set.of(Case.WALLS.word), failed(findings), findings.toString());
        assertTrue(findings.get(Case.WALLS.word).detail().contains("a shares the host's pid namespace"), findings.toString());
    }

    @Test
    void without_a_proof_that_canaries_arrive_nothing_inside_counts() throws Exception {
        twin.in("red", "ip link set br0 down");
        twin.cable("a", "hole", "host", "hole");
        Map<String, Finding> findings = twin.verify();
        for (Case one : List.of(Case.CONTROL, Case.ADDRESSES, Case.SPOOFS, Case.STORM)) {
            assertEquals(Verdict.UNTESTED, verdict(findings, one), findings.toString());
        }
    }
}
