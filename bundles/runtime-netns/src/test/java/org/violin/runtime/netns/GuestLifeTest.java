// SPDX-License-Identifier: Apache-2.0
package org.violin.runtime.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.violin.api.dataplane.FrameDevice;
import org.violin.api.guest.ExecRequest;
import org.violin.api.guest.ExecSession;
import org.violin.api.guest.Guest;
import org.violin.api.guest.GuestException;
import org.violin.api.model.Cidr;
import org.violin.api.model.Limits;
import org.violin.api.model.NicSpec;
import org.violin.api.model.RouteSpec;

class GuestLifeTest {
    private Lab lab;

    @BeforeEach
    void open() throws Exception {
        lab = new Lab();
    }

    @AfterEach
    void close() throws Exception {
        if (lab != null) lab.close();
    }

    @Test
    void a_guest_has_its_name_and_root_inside() throws Exception {
        Guest guest = lab.start("alpha");
        assertTrue(guest.status().running());
        assertEquals("alpha\n", Lab.sh(guest, "hostname").out());
        assertEquals("0 root\n", Lab.sh(guest, "echo $(id -u) $(id -un)").out());
        Lab.Output written = Lab.sh(guest, "echo x > /etc/mine && echo y > /usr/local/mine && cat /etc/mine /usr/local/mine");
        assertEquals("x\ny\n", written.out(), written.err());
        assertFalse(Files.exists(Path.of("/usr/local/mine")));
    }

    @Test
    void two_guests_reach_each_other_through_their_taps_by_name_in_both_families() throws Exception {
        Guest a = lab.start("a");
        Guest b = lab.start("b");
        FrameDevice fromA = a.plug(List.of(Lab.nic("eth1", 1, "10.9.0.1/24", "fd09::1/64"))).get(0);
        FrameDevice fromB = b.plug(List.of(Lab.nic("eth1", 2, "10.9.0.2/24", "fd09::2/64"))).get(0);
        lab.runtime.names("vg-test", Map.of("b", List.of(Cidr.parse("10.9.0.2"), Cidr.parse("fd09::2"))));
        lab.bridge(fromA, fromB);
        Lab.Output four = Lab.sh(a, "ping -4 -c1 -W5 b");
        assertEquals(0, four.status(), four.out() + four.err());
        Lab.Output six = Lab.sh(a, "ping -6 -c1 -W5 b");
        assertEquals(0, six.status(), six.out() + six.err());
        assertEquals(Set.of("eth1"), a.status().nics());
        Lab.Output link = Lab.sh(a, "ip -br link show eth1");
        assertTrue(link.out().contains("02:00:5e:10:00:01"), link.out());
    }

    @Test
    void a_vnic_lets_4096_frames_wait_and_limits_super_frames() throws Exception {
        Guest guest = lab.start("q");
        guest.plug(List.of(Lab.nic("eth1", 1)));
        assertEquals("4096\n", Lab.sh(guest, "cat /sys/class/net/eth1/tx_queue_len").out());
        String link = Lab.sh(guest, "ip -d link show eth1").out();
        assertTrue(link.contains("gso_max_size 64100"), link);
    }

    @Test
    void carrier_follows_the_device() throws Exception {
        Guest guest = lab.start("c");
        try (FrameDevice device = guest.plug(List.of(Lab.nic("eth1", 1))).get(0)) {
            assertEquals("0\n", Lab.sh(guest, "cat /sys/class/net/eth1/carrier").out());
            device.carrier(true);
            assertEquals("1\n", Lab.sh(guest, "cat /sys/class/net/eth1/carrier").out());
            device.carrier(false);
            assertEquals("0\n", Lab.sh(guest, "cat /sys/class/net/eth1/carrier").out());
        }
    }

    @Test
    void plugging_again_readdresses_in_place() throws Exception {
        Guest guest = lab.start("d");
        guest.plug(List.of(Lab.nic("eth1", 1, "10.9.0.1/24", "10.9.0.9/24", "fd09::1/64"))).get(0).close();
        guest.plug(List.of(Lab.nic("eth1", 3, "10.9.0.9/24", "10.9.1.1/24"))).get(0).close();
        Lab.Output shown = Lab.sh(guest, "ip -br addr show dev eth1 scope global | tr -s ' ' | cut -d' ' -f3-;"
                + "ip -br link show eth1 | tr -s ' ' | cut -d' ' -f3");
        assertEquals("10.9.0.9/24 10.9.1.1/24 \n02:00:5e:10:00:03\n", shown.out(), shown.err());
    }

    @Test
    void routes_are_replaced_and_others_routes_stay() throws Exception {
        Guest guest = lab.start("r", true, Limits.NONE);
        List<NicSpec> nics = List.of(Lab.nic("eth1", 1, "10.9.0.1/24", "fd09::1/64"), Lab.nic("eth2", 2, "10.9.1.1/24"));
        guest.plug(nics).forEach(FrameDevice::close);
        Lab.sh(guest, "ip route add 192.0.2.0/24 via 10.9.0.77");
        guest.routes(List.of(route("0.0.0.0/0", "10.9.0.2", "eth1"), route("::/0", "fd09::2", "eth1"), route("10.1.0.0/16", "10.9.0.3", "eth1"),
                route("10.2.0.0/16", "10.9.0.3", "eth1"), route("10.2.0.0/16", "10.9.1.3", "eth2")));
        String two = Lab.sh(guest, "ip route show 10.2.0.0/16").out();
        assertTrue(two.contains("10.9.0.3") && two.contains("10.9.1.3"), two);
        guest.routes(List.of(route("0.0.0.0/0", "10.9.0.4", "eth1"), route("::/0", "fd09::2", "eth1")));
        Lab.Output shown = Lab.sh(guest, "ip route show proto 118; ip -6 route show proto 118; ip route show 192.0.2.0/24");
        String all = shown.out();
        assertTrue(all.contains("default via 10.9.0.4 dev eth1"), all);
        assertTrue(all.contains("default via fd09::2 dev eth1"), all);
        assertTrue(all.contains("192.0.2.0/24 via 10.9.0.77"), all);
        assertFalse(all.contains("10.1.0.0/16") || all.contains("10.2.0.0/16"), all);
        assertEquals("1\n1\n", Lab.sh(guest, "sysctl -n net.ipv4.ip_forward net.ipv6.conf.eth1.forwarding").out());
    }

    private static RouteSpec route(String to, String via, String nic) {
        return new RouteSpec(Cidr.parse(to), via, nic, 0);
    }

    @Test
    void an_unplugged_nic_is_gone_and_its_device_closed() throws Exception {
        Guest guest = lab.start("u");
        try (FrameDevice device = guest.plug(List.of(Lab.nic("eth1", 1))).get(0)) {
            guest.unplug(Set.of("eth1", "never-there"));
            assertEquals(Set.of(), guest.status().nics());
            assertEquals(FrameDevice.CLOSED, device.read(java.nio.ByteBuffer.allocateDirect(2048), 0, 2048));
        }
    }

    @Test
    void ready_runs_the_commands_once_and_logs_them_within_the_bound() throws Exception {
        Guest guest = lab.start("e", false, Limits.NONE, "echo first >> /root/done", "seq 1 5000", "sleep 300 & echo left one");
        guest.ready();
        guest.ready();
        assertEquals("first\n", Lab.sh(guest, "cat /root/done").out());
        Path log = Path.of(guest.status().consoleLog());
        assertTrue(Files.readString(log).endsWith("left one\n"), Files.readString(log));
        assertTrue(Files.size(log) <= 2048 && Files.size(log.resolveSibling("console.log.1")) <= 2048);
        Guest failing = lab.start("f", false, Limits.NONE, "exit 3");
        GuestException failure = assertThrows(GuestException.class, failing::ready);
        assertTrue(failure.getMessage().contains("'exit 3' ended with 3"), failure.getMessage());
    }

    @Test
    void guests_outlive_the_runtime_and_are_adopted_with_their_nics() throws Exception {
        Guest guest = lab.start("g");
        guest.plug(List.of(Lab.nic("eth1", 1, "10.9.0.1/24"))).get(0).close();
        int pid = guest.status().pid().orElseThrow();
        Guest dead = lab.start("dead");
        ProcessHandle.of(dead.status().pid().orElseThrow()).orElseThrow().destroyForcibly();
        FirstProcess ended = new GuestFolder(lab.folder.resolve("vg-test/dead"), dead.id()).process().orElseThrow();
        Lab.await("the guest ends", () -> !ended.isAlive());
        assertFalse(dead.status().running());
        lab.runtime = new NetnsRuntime(lab.folder, Lab.config());
        List<Guest> found = List.copyOf(lab.runtime.adopt());
        assertEquals(List.of("vg-test/g"), found.stream().map(g -> g.id().toString()).toList());
        assertEquals(pid, found.get(0).status().pid().orElseThrow());
        assertFalse(Files.exists(lab.folder.resolve("vg-test/dead")));
        Lab.sh(found.get(0), "ip addr add 10.9.7.7/32 dev lo");
        try (FrameDevice again = found.get(0).plug(List.of(Lab.nic("eth1", 1, "10.9.0.1/24"))).get(0)) {
            again.carrier(true);
            assertTrue(Lab.sh(found.get(0), "ip -br addr show eth1").out().contains("10.9.0.1/24"));
        }
    }

    @Test
    void the_next_runtime_takes_over_guests_while_their_frames_flow() throws Exception {
        Guest a = lab.start("a");
        Guest b = lab.start("b");
        NicSpec nic = Lab.nic("eth1", 1, "10.9.0.1/24");
        FrameDevice fromA = a.plug(List.of(nic)).get(0);
        lab.bridge(fromA, b.plug(List.of(Lab.nic("eth1", 2, "10.9.0.2/24"))).get(0));
        a.routes(List.of(route("10.1.0.0/16", "10.9.0.2", "eth1")));
        Lab.await("a reaches b", () -> pings(a));
        try (ExecSession flow = b.exec(ExecRequest.of(List.of("ping", "-q", "-i", "0.01", "-w", "60", "10.9.0.1")))) {
            for (int round = 0; round < 5; round++) {
                lab.runtime = new NetnsRuntime(lab.folder, Lab.config());
                Guest next = lab.runtime.adopt().stream().filter(g -> g.id().equals(a.id())).findFirst().orElseThrow();
                assertSame(fromA, next.plug(List.of(nic)).get(0), "the device that is held open");
                assertEquals(a.status().pid(), next.status().pid());
                assertTrue(pings(next));
                assertTrue(Lab.sh(next, "ip route show 10.1.0.0/16").out().contains("10.9.0.2"));
            }
            Lab.sh(b, "pkill -INT ping");
            String said = Lab.text(flow.stdout());
            assertTrue(said.contains(" 0% packet loss"), said);
        }
        Guest last = lab.runtime.adopt().stream().filter(g -> g.id().equals(a.id())).findFirst().orElseThrow();
        last.unplug(Set.of("eth1"));
        assertEquals(FrameDevice.CLOSED, fromA.read(java.nio.ByteBuffer.allocateDirect(2048), 0, 2048));
        try (FrameDevice fresh = last.plug(List.of(nic)).get(0)) {
            assertNotSame(fromA, fresh, "its interface is gone, though nobody closed it");
        }
    }

    private static boolean pings(Guest guest) {
        try {
            return Lab.sh(guest, "ping -c1 -W1 10.9.0.2").status() == 0;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void stop_leaves_nothing() throws Exception {
        Guest guest = lab.start("s", false, new Limits(1, 64 << 20, 50));
        FrameDevice device = guest.plug(List.of(Lab.nic("eth1", 1, "10.9.0.1/24"))).get(0);
        int pid = guest.status().pid().orElseThrow();
        Lab.sh(guest, "setsid sleep 1000 & setsid sleep 1001 &");
        String space = Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/pid")).toString();
        assertNotEquals(Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString(), space);
        guest.stop();
        guest.stop();
        assertFalse(guest.status().running());
        assertEquals(FrameDevice.CLOSED, device.read(java.nio.ByteBuffer.allocateDirect(2048), 0, 2048));
        device.close();
        assertFalse(Files.exists(lab.folder.resolve("vg-test")));
        assertEquals(List.of(), Cgroups.find("violin-" + Integer.toHexString(lab.folder.toString().hashCode())).joins("vg-test:s"));
        assertFalse(Files.readString(Path.of("/proc/self/mounts")).contains("vg-test"));
        Lab.await("the host reaps the last process", () -> members(space).isEmpty());
    }

    private static List<String> members(String space) {
        try (var all = Files.list(Path.of("/proc"))) {
            return all.filter(p -> space(p).equals(space)).map(Path::toString).toList();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String space(Path process) {
        try {
            return Files.readSymbolicLink(process.resolve("ns/pid")).toString();
        } catch (java.io.IOException e) {
            return "ended";
        }
    }

    @Test
    void a_second_start_of_the_same_guest_is_refused() throws Exception {
        lab.start("twice");
        GuestException refusal = assertThrows(GuestException.class, () -> lab.start("twice"));
        assertTrue(refusal.getMessage().contains("vg-test/twice: runs already"), refusal.getMessage());
    }
}
