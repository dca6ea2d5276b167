// SPDX-License-Identifier: Apache-2.0
package org.violin.runtime.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.violin.api.guest.Guest;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IsolationTest {
    private Lab lab;
    private Guest guest;

    @BeforeAll
    void open() throws Exception {
        lab = new Lab();
    }

    @BeforeEach
    void start() throws Exception {
        guest = lab.start("cell");
    }

    @AfterEach
    void stop() throws Exception {
        guest.stop();
    }

    @AfterAll
    void close() throws Exception {
        if (lab != null) lab.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "mount -t ext4 /dev/vda /mnt", "mknod /root/disk b 254 0", "mknod /root/mem c 1 1", "modprobe dummy",
        "echo b > /proc/sysrq-trigger",
        "echo x > /proc/sys/kernel/core_pattern", "echo 1 > /proc/sys/vm/drop_caches", "echo 0 > /proc/sys/kernel/randomize_va_space",
        "umount /etc/hosts", "umount /usr", "umount -l /proc", "mount -o remount,rw /sys", "echo x > /etc/hosts", "dmesg",
        "date -s 2020-01-01",
        "cat /proc/kcore", "cat /proc/1/environ", "cat /proc/1/root/etc/passwd", "nsenter -t 1 -m true", "swapoff -a && swapon /dev/vda",
        "ls /proc/1/map_files", "mount --bind /proc/1/root /mnt", "chroot /proc/1/root true",
        "kill -0 -- -1 && kill -9 1 && sleep 0.2 && ! kill -0 1",
        "hwclock -w", "mount -t cgroup -o devices none /mnt", "mount -t debugfs none /mnt", "mount -t securityfs none /mnt",
        "losetup -f /etc/passwd",
    })
    void root_inside_may_not(String command) throws Exception {
        Lab.Output output = Lab.sh(guest, command);
        assertNotEquals(0, output.status(), output.out());
        assertTrue(guest.status().running());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "ip link add br0 type bridge && ip link set br0 up", "tc qdisc add dev lo root tbf rate 1mbit burst 10k latency 50ms",
        "nft add table inet t && nft list ruleset | grep -q 'table inet t'",
        "sysctl -w net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1",
        "ping -c1 127.0.0.1 && ping -c1 ::1", "traceroute -n -m 2 127.0.0.1", "mount -t tmpfs none /mnt && touch /mnt/x",
        "unshare -n true", "iperf3 --version",
        "timeout 5 tcpdump -i lo -c1 -n icmp & sleep 0.3; ping -c3 -i0.2 127.0.0.1; wait %1 || wait $!",
        "ip netns add inner && ip netns exec inner ip link set lo up", "test $(hostname) = cell", "getent hosts localhost",
        "su -s /bin/sh nobody -c 'ping -c1 127.0.0.1'",
        "python3 -c 'import socket; socket.getaddrinfo(\"localhost\", 80)'", "touch /dev/shm/x /tmp/x /run/x /var/log/x /usr/local/x",
    })
    void root_inside_may(String command) throws Exception {
        String program = command.split(" ")[0];
        boolean optional = program.matches("iperf3|nft|python3|traceroute");
        Assumptions.assumeTrue(!optional || Lab.sh(guest, "command -v " + program).status() == 0, "needs " + program);
        Lab.Output output = Lab.sh(guest, command);
        assertEquals(0, output.status(), output.out() + output.err());
    }

    @Test
    void nothing_of_the_hosts_files_is_visible() throws Exception {
        Path secret = Files.createTempFile("vg-secret", "");
        try {
            Lab.Output gone = Lab.sh(guest, "ls -A /home /mnt /srv /opt /tmp /run /var/log; ls " + secret + " " + lab.folder + " /etc/ssh /etc/shadow-");
            assertFalse(gone.out().contains(secret.getFileName().toString()), gone.out());
            assertFalse(gone.out().contains("vg-"), gone.out());
            assertEquals("*\n", Lab.sh(guest, "cut -d: -f2 /etc/shadow | sort -u").out());
            assertEquals(".profile\n", Lab.sh(guest, "ls -A /root").out());
            String devices = Lab.sh(guest, "cd /dev; find . -type b; find . -type c | sort | tr '\\n' ' '").out();
            assertEquals("./full ./net/tun ./null ./pts/ptmx ./random ./tty ./urandom ./zero ", devices);
        } finally {
            Files.delete(secret);
        }
    }

    @Test
    void only_its_own_processes_are_visible() throws Exception {
        List<String> commands = Lab.sh(guest, "cat /proc/[0-9]*/cmdline | tr '\\0' ' '").out().lines().toList();
        String all = String.join("\n", commands);
        assertTrue(all.contains("violin-init"), all);
        assertFalse(all.contains("java") || all.contains("violin-guest") || all.contains(lab.folder.toString()), all);
        long own = ProcessHandle.current().pid();
        assertNotEquals(0, Lab.sh(guest, "kill -0 " + own).status());
    }

    @Test
    void processes_have_no_rights_outside() throws Exception {
        String status = Lab.sh(guest, "grep -E '^(NoNewPrivs|Seccomp):' /proc/self/status | tr -d '\\t\\n'").out();
        assertEquals("NoNewPrivs:1Seccomp:2", status);
        int pid = guest.status().pid().orElseThrow();
        String outside = Files.readString(Path.of("/proc/" + pid + "/status"));
        int uid = Integer.parseInt(outside.lines().filter(l -> l.startsWith("Uid:")).findFirst().orElseThrow().split("\\s+")[1]);
        assertTrue(uid >= 0x10000000, outside);
        assertTrue(outside.contains("CapEff:\t0000000000000000"), outside);
        List<String> descriptors;
        try (var all = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            descriptors = all.map(p -> p.getFileName().toString()).sorted().toList();
        }
        assertEquals(List.of("0", "1", "2"), descriptors);
        for (String fd : descriptors) assertEquals("/dev/null", Files.readSymbolicLink(Path.of("/proc/" + pid + "/fd/" + fd)).toString());
    }

    @Test
    void sockets_lead_nowhere_but_into_the_own_network() throws Exception {
        Assumptions.assumeTrue(Lab.sh(guest, "command -v python3").status() == 0, "needs python3");
        Lab.Output vsock = Lab.sh(guest, "python3 -c 'import socket; socket.socket(40, 1)'");
        assertTrue(vsock.err().contains("Address family not supported"), vsock.err());
        assertEquals("lo\n", Lab.sh(guest, "ls /sys/class/net").out());
        assertNotEquals(0, Lab.sh(guest, "ping -c1 -W1 192.0.2.1").status());
    }
}
