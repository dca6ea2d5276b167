// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.click;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.violin.api.dataplane.FrameDevice;
import org.violin.api.dataplane.Frames;
import org.violin.api.dataplane.HandOver;
import org.violin.api.model.Cidr;
import org.violin.api.model.NicSpec;
import org.violin.api.routing.FibBatch;
import org.violin.api.routing.Forwarding;
import org.violin.api.routing.RouterSpec;

/** IPv6 through a real Click, in network namespaces: left - eth0 router eth1 - right. */
class Ip6LifeTest {
    private static final String LOST_NONE = " 0% packet loss";

    private final NicSpec eth0 = Bed.nic("eth0", 1, "2001:db8:1::1/64");
    private final NicSpec eth1 = Bed.nic("eth1", 2, "10.0.2.1/24", "2001:db8:2::1/64");
    private Bed bed;
    private Bed.Box left;
    private Bed.Box right;
    private Bed.Box router;

    @BeforeEach
    void open() throws Exception {
        bed = new Bed();
        left = bed.box(Bed.nic("eth0", 11, "2001:db8:1::2/64"));
        right = bed.box(Bed.nic("eth0", 12, "10.0.2.2/24", "2001:db8:2::2/64"));
        router(eth0, eth1);
        left.sh("ip route add default via 2001:db8:1::1");
        right.sh("ip route add default via 2001:db8:2::1");
    }

    private void router(NicSpec... nics) throws Exception {
        router = bed.box(nics);
        router.sh("echo 1 > /proc/sys/net/ipv6/conf/all/forwarding");
    }

    @AfterEach
    void close() throws Exception {
        if (bed != null) bed.close();
    }

    private Forwarding start(RouterSpec spec) throws Exception {
        assertEquals(List.of(), bed.provider.check(spec));
        Forwarding forwarding = bed.keep(bed.provider.open(spec, null, router.taps, FibBatch.all(List.of()), null));
        bed.cable(left.taps.get("eth0"), forwarding.device("eth0").orElseThrow());
        bed.cable(right.taps.get("eth0"), forwarding.device("eth1").orElseThrow());
        forwarding.begin();
        // Addresses are tried first (duplicate address detection), for a second or two.
        for (Bed.Box box : List.of(left, right, router)) {
            Bed.await("addresses", () -> {
                try {
                    return box.sh("ip -6 addr show tentative").isBlank();
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
        }
        return forwarding;
    }

    private static String ping(Bed.Box from, String options) throws Exception {
        return from.sh("ping -6 -c 3 -i 0.05 -W 3 " + options);
    }

    private static void assertPing(Bed.Box from, String options) throws Exception {
        String said = ping(from, options);
        assertTrue(said.contains(LOST_NONE), said);
    }

    @Test
    void noKernelForwardsAndTheRouterItselfAnswers() throws Exception {
        Forwarding forwarding = start(Bed.router(Map.of(), eth0, eth1));
        String ping = ping(left, "2001:db8:2::2");
        assertTrue(ping.contains(LOST_NONE) && ping.contains("ttl=63"), ping);
        assertPing(left, "2001:db8:1::1");
        assertPing(right, "2001:db8:1::1"); // by the other vNIC
        assertPing(left, Ip6Text.linkLocal(eth0.mac()) + "%eth0"); // the address Click asks neighbours with is the kernel's
        assertPing(router, "2001:db8:2::2");
        assertPing(left, "ff02::2%eth0"); // all routers: OSPFv3 and the like are heard
        assertEquals(0, router.forwarded6());
        Map<String, Long> counters = forwarding.counters();
        assertTrue(counters.get("eth0.in") > 3 && counters.get("drops.header6") == 0, counters.toString());
    }

    @Test
    void carriesTcp() throws Exception {
        start(Bed.router(Map.of(), eth0, eth1));
        String sink = "import socket;s=socket.socket(10);s.setsockopt(1,2,1);s.bind(('2001:db8:2::2',%d));s.listen();print('up',flush=True);c,_=s.accept();"
                + "n=0\nwhile True:\n d=c.recv(65536)\n if not d: break\n n+=len(d)\nprint(n)";
        int port = 5000;
        for (Bed.Box from : List.of(left, router)) {
            Process server = new ProcessBuilder("nsenter", "--net=" + right.namespace.path(), "--", "python3", "-c", sink.formatted(++port)).start();
            bed.keep(() -> server.destroyForcibly().waitFor());
            assertEquals('u', server.getInputStream().read());
            assertEquals("", from.sh("python3 -c \"import socket;s=socket.create_connection(('2001:db8:2::2'," + port + "),10);s.sendall(b'x'*3000000);s.close()\""));
            assertEquals("p\n3000000\n", new String(server.getInputStream().readAllBytes()));
        }
        assertEquals(0, router.forwarded6());
    }

    @Test
    void errorsAreSaidAsARouterMust() throws Exception {
        Forwarding forwarding = start(Bed.router(Map.of(), eth0, eth1));
        String expired = left.sh("ping -6 -c 1 -t 1 -W 3 2001:db8:2::2");
        assertTrue(expired.contains("From 2001:db8:1::1") && expired.contains("Time exceeded: Hop limit"), expired);
        String nowhere = left.sh("ping -6 -c 1 -W 3 2001:db8:99::1");
        assertTrue(nowhere.contains("From 2001:db8:1::1") && nowhere.contains("No route"), nowhere);
        forwarding.fib(new FibBatch(false, List.of(FibTableTest.route("2001:db8:99::/48")), List.of()));
        String hole = left.sh("ping -6 -c 1 -W 1 2001:db8:99::1");
        assertTrue(hole.contains("100% packet loss") && !hole.contains("No route"), hole);
        assertEquals(1, forwarding.counters().get("drops.blackhole6"));
        left.sh("ip -6 route replace 2001:db8:2::/64 via 2001:db8:1::1 src " + Ip6Text.linkLocal("02:00:5e:10:00:0b"));
        String scope = left.sh("ping -6 -c 1 -W 3 -I " + Ip6Text.linkLocal("02:00:5e:10:00:0b") + "%eth0 2001:db8:2::2");
        assertTrue(scope.contains("100% packet loss"), scope);
    }

    @ParameterizedTest
    @ValueSource(ints = {1280, 1500, 4000})
    void saysHowLongAPacketMayBe(int mtu) throws Exception {
        bed.close();
        bed = new Bed();
        left = bed.box(new NicSpec("eth0", "02:00:5e:10:00:0b", 9000, List.of(Cidr.parse("2001:db8:1::2/64"))));
        right = bed.box(Bed.nic("eth0", 12, "2001:db8:2::2/64"));
        NicSpec wide = new NicSpec("eth0", eth0.mac(), 9000, eth0.addresses());
        NicSpec narrow = new NicSpec("eth1", eth1.mac(), mtu, eth1.addresses());
        router(wide, narrow);
        left.sh("ip route add default via 2001:db8:1::1");
        start(Bed.router(Map.of(), wide, narrow));
        String told = left.sh("ping -6 -c 1 -M do -s 5000 -W 3 2001:db8:2::2");
        assertTrue(told.contains("From 2001:db8:1::1") && told.contains("mtu=" + mtu), told); // its kernel checked the checksum
        assertTrue(left.sh("ip -6 route get 2001:db8:2::2").contains("mtu " + mtu));
    }

    @Test
    void changesOfTheFibAreMetWholeAndAtOnce() throws Exception {
        right.sh("for i in 1 2 3; do ip addr add 2001:db8:80::$i/128 dev lo; done");
        Forwarding forwarding = start(Bed.router(Map.of("click.paths", "2"), eth0, eth1));
        String byLink = Ip6Text.linkLocal("02:00:5e:10:00:0c") + " eth1";
        for (int round = 0; round < 6; round++) {
            forwarding.fib(new FibBatch(false, List.of(FibTableTest.route("2001:db8:80::/48", byLink, "2001:db8:2::2 eth1")), List.of()));
            assertPing(left, "2001:db8:80::1");
            forwarding.fib(new FibBatch(false, List.of(), List.of(Cidr.parse("2001:db8:80::/48"))));
            String gone = left.sh("ping -6 -c 1 -W 3 2001:db8:80::1"); // the address its table remembers
            assertTrue(gone.contains("No route"), gone);
        }
        forwarding.fib(new FibBatch(false, List.of(FibTableTest.route("2001:db8:80::/48", byLink), FibTableTest.route("2001:db8:1::1/128", byLink)), List.of()));
        assertPing(left, "2001:db8:80::3");
        assertPing(left, "2001:db8:1::1"); // itself, whatever is learnt
        assertEquals(1L, forwarding.counters().get("routes.ignored"));
        forwarding.fib(new FibBatch(true, List.of(FibTableTest.route("2001:db8:80::2/128", byLink)), List.of()));
        assertPing(left, "2001:db8:80::2");
        assertTrue(left.sh("ping -6 -c 1 -W 3 2001:db8:80::3").contains("No route"));
        assertEquals(0, router.forwarded6());
    }

    @Test
    void withAServiceThatClickCannotDoForItTheKernelForwards() throws Exception {
        start(Bed.serving(Bed.router(Map.of(), eth0, eth1), Map.of("firewall", Map.of("rules", "ip6 daddr 2001:db8:2::/64 drop"))));
        assertPing(left, "2001:db8:2::2"); // the rule is the kernel's business, and its plugin is not here
        assertTrue(router.forwarded6() >= 3);
    }

    @Test
    void theNextOneKnowsTheNeighbours() throws Exception {
        right.sh("ip addr add 2001:db8:80::1/128 dev lo");
        String byLink = Ip6Text.linkLocal("02:00:5e:10:00:0c");
        FibBatch fib = FibBatch.all(List.of(FibTableTest.route("2001:db8:80::/48", byLink + " eth1")));
        Forwarding forwarding = start(Bed.router(Map.of(), eth0, eth1));
        forwarding.fib(fib);
        assertPing(left, "2001:db8:80::1");
        assertPing(left, "2001:db8:2::2");
        HandOver known = forwarding.release();
        String lines = new String(known.data());
        assertTrue(lines.contains("eth1 2001:db8:2::2 ") && lines.contains("eth1 " + byLink + " ") && lines.contains("eth0 2001:db8:1::2 "), lines);
        Forwarding next = bed.keep(bed.provider.open(Bed.router(Map.of(), eth0, eth1), null, router.taps, fib, known));
        String told = next.command("read", "nd_eth1.table", "");
        assertEquals(lines.lines().filter(l -> l.startsWith("eth1 ") && l.contains(":")).map(l -> l.split(" ")[1] + " 1 " + l.split(" ")[2]).sorted().toList(),
                told.lines().sorted().toList());
        assertEquals(forwarding.command("read", "rt6b.table", "").lines().sorted().toList(), next.command("read", "rt6b.table", "").lines().sorted().toList());
        assertEquals(forwarding.command("read", "rt6a.table", "").lines().sorted().toList(), next.command("read", "rt6a.table", "").lines().sorted().toList());
        java.nio.ByteBuffer slab = java.nio.ByteBuffer.allocateDirect(2048);
        assertEquals(0, next.device("eth1").orElseThrow().read(slab, 0, 2048)); // nothing of it is left to be sent
    }

    @Test
    void whoAsksForManyNeighboursEndsItAndItComesAgain() throws Exception {
        bed.close();
        bed = new Bed(100);
        Forwarding forwarding = bed.keep(bed.provider.open(Bed.router(Map.of(), eth0, eth1), null, Map.of(), FibBatch.all(List.of()), null));
        FrameDevice in = forwarding.device("eth0").orElseThrow();
        FrameDevice out = forwarding.device("eth1").orElseThrow();
        ByteBuffer slab = ByteBuffer.allocateDirect(2048);
        ByteBuffer trash = ByteBuffer.allocateDirect(4096);
        int at = Frames.OFFLOAD_HEADER;
        slab.put(at, new byte[] {2, 0, 0x5e, 0x10, 0, 1}).putShort(at + 12, (short) 0x86dd).putInt(at + 14, 0x60000000).put(at + 20, (byte) 59).put(at + 21, (byte) 9);
        slab.putLong(at + 22, 0x20010db800010000L).putLong(at + 30, 2).putLong(at + 38, 0x20010db800020000L);
        for (int i = 3; i < 1_000_000 && forwarding.counters().get("restarts") == 0; ) {
            for (int k = 0; k < 500; k++) {
                slab.putLong(at + 46, i++);
                in.write(slab, 0, at + 54);
                while (out.read(trash, 0, 4096) > 0) {
                    // it asks for each
                }
            }
        }
        Bed.await("it forwards again", () -> {
            in.write(slab, 0, at + 54);
            return out.read(trash, 0, 4096) > 0;
        });
        assertTrue(forwarding.counters().get("restarts") >= 1);
    }
}
