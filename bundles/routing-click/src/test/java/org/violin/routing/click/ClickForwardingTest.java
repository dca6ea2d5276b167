// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.click;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.violin.api.dataplane.HandOver;
import org.violin.api.guest.GuestException;
import org.violin.api.model.Mistake;
import org.violin.api.model.NicSpec;
import org.violin.api.routing.FibBatch;
import org.violin.api.routing.Forwarding;
import org.violin.api.routing.RouterSpec;

/** With a real Click, in network namespaces: left - eth0 router eth1 - right. */
class ClickForwardingTest {
    private static final String LOST_NONE = " 0% packet loss";

    private final NicSpec eth0 = Bed.nic("eth0", 1, "10.0.1.1/24", "2001:db8:1::1/64");
    private final NicSpec eth1 = Bed.nic("eth1", 2, "10.0.2.1/24", "2001:db8:2::1/64");
    private Bed bed;
    private Bed.Box left;
    private Bed.Box right;
    private Bed.Box router;

    @BeforeEach
    void open() throws Exception {
        bed = new Bed();
        left = bed.box(Bed.nic("eth0", 11, "10.0.1.2/24", "2001:db8:1::2/64"));
        right = bed.box(Bed.nic("eth0", 12, "10.0.2.2/24", "10.0.2.3/24", "10.0.2.4/24", "2001:db8:2::2/64"));
        router = bed.box(eth0, eth1);
        router.sh("echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding");
        left.sh("ip route add default via 10.0.1.1; ip route add default via 2001:db8:1::1");
        right.sh("ip route add default via 10.0.2.1; ip route add default via 2001:db8:2::1");
    }

    @AfterEach
    void close() throws Exception {
        if (bed != null) bed.close();
    }

    private RouterSpec spec(String... options) {
        Map<String, String> all = new java.util.TreeMap<>();
        for (int i = 0; i < options.length; i += 2) all.put(options[i], options[i + 1]);
        return Bed.router(all, eth0, eth1);
    }

    private Forwarding start(RouterSpec spec, HandOver before) throws Exception {
        Forwarding forwarding = bed.keep(bed.provider.open(spec, null, router.taps, FibBatch.all(List.of()), before));
        bed.cable(left.taps.get("eth0"), forwarding.device("eth0").orElseThrow());
        bed.cable(right.taps.get("eth0"), forwarding.device("eth1").orElseThrow());
        forwarding.begin();
        return forwarding;
    }

    private void assertPing(Bed.Box from, String to) throws Exception {
        String said = from.sh("ping -c 3 -i 0.05 -W 3 " + to);
        assertTrue(said.contains(LOST_NONE), said);
    }

    @Test
    void forwardsPacketsThatNoKernelForwards() throws Exception {
        Forwarding forwarding = start(spec(), null);
        String ping = left.sh("ping -c 5 -i 0.05 -W 2 10.0.2.2");
        assertTrue(ping.contains(LOST_NONE) && ping.contains("ttl=63"), ping);
        assertEquals(0, router.forwarded());
        String own = left.sh("ping -c 2 -i 0.05 -W 2 10.0.1.1");
        assertTrue(own.contains(LOST_NONE) && own.contains("ttl=64"), own);
        assertPing(right, "10.0.1.1"); // by the other vNIC
        assertPing(router, "10.0.2.2"); // what the router's kernel says itself
        Map<String, Long> counters = forwarding.counters();
        assertTrue(counters.get("eth0.in") >= 5 && counters.get("eth1.out") >= 5 && counters.get("kernel.in") >= 2, counters.toString());
        assertEquals(0L, counters.get("kernel.lost"), counters.toString());
    }

    @Test
    void answersAsARouterMust() throws Exception {
        Forwarding forwarding = start(spec(), null);
        String expired = left.sh("ping -c 1 -t 1 -W 3 10.0.2.2");
        assertTrue(expired.contains("From 10.0.1.1") && expired.contains("Time to live exceeded"), expired);
        String nowhere = left.sh("ping -c 1 -W 3 10.99.0.1");
        assertTrue(nowhere.contains("From 10.0.1.1") && nowhere.contains("Net Unreachable"), nowhere);
        forwarding.fib(new FibBatch(false, List.of(FibTableTest.route("10.99.0.0/16")), List.of()));
        String hole = left.sh("ping -c 1 -W 1 10.99.0.1");
        assertTrue(hole.contains("100% packet loss") && !hole.contains("Unreachable"), hole);
        assertTrue(forwarding.counters().get("drops.blackhole") >= 1);
        assertPing(left, "-s 1472 -M do 10.0.2.2");
    }

    @Test
    void fragmentsOrSaysHowLongAPacketMayBe() throws Exception {
        NicSpec narrow = new NicSpec("eth1", eth1.mac(), 600, eth1.addresses().subList(0, 1));
        start(Bed.router(Map.of(), eth0, narrow), null);
        assertPing(left, "-s 1200 -M dont 10.0.2.2");
        String told = left.sh("ping -c 1 -s 1200 -M do -W 3 10.0.2.2");
        assertTrue(told.contains("From 10.0.1.1") && told.contains("mtu = 600"), told);
    }

    @Test
    void carriesTcpBetweenGuestsAndFromTheRoutersKernel() throws Exception {
        start(spec(), null);
        String sink = "import socket;s=socket.socket();s.setsockopt(1,2,1);s.bind(('10.0.2.2',%d));s.listen();print('up',flush=True);c,_=s.accept();"
                + "n=0\nwhile True:\n d=c.recv(65536)\n if not d: break\n n+=len(d)\nprint(n)";
        int port = 5000;
        for (Bed.Box from : List.of(left, router)) { // super-frames and open checksums of a guest, and of the router's own kernel
            Process server = new ProcessBuilder("nsenter", "--net=" + right.namespace.path(), "--", "python3", "-c", sink.formatted(++port)).start();
            assertEquals('u', server.getInputStream().read());
            String sent = from.sh("python3 -c \"import socket;s=socket.create_connection(('10.0.2.2'," + port + "),10);s.sendall(b'x'*3000000);s.close()\"");
            assertEquals("", sent);
            assertEquals("p\n3000000\n", new String(server.getInputStream().readAllBytes()));
            server.waitFor();
        }
        assertEquals(0, router.forwarded());
    }

    @Test
    void flowsAreSpreadOverAllNextHopsAndEachKeepsItsOwn() throws Exception {
        NicSpec eth2 = Bed.nic("eth2", 3, "10.0.3.1/24");
        Bed.Box third = bed.box(Bed.nic("eth0", 13, "10.0.3.2/24"));
        Bed.Box hub = bed.box(eth0, eth1, eth2);
        third.sh("ip route add default via 10.0.3.1");
        for (Bed.Box far : List.of(right, third)) far.sh("for i in $(seq 1 16); do ip addr add 10.80.0.$i/32 dev lo; done");
        Forwarding forwarding = bed.keep(bed.provider.open(Bed.router(Map.of(), eth0, eth1, eth2), null, hub.taps,
                FibBatch.all(List.of(FibTableTest.route("10.80.0.0/24", "10.0.2.2 eth1", "10.0.3.2 eth2"))), null));
        bed.cable(left.taps.get("eth0"), forwarding.device("eth0").orElseThrow());
        bed.cable(right.taps.get("eth0"), forwarding.device("eth1").orElseThrow());
        bed.cable(third.taps.get("eth0"), forwarding.device("eth2").orElseThrow());
        forwarding.begin();
        for (int i = 1; i <= 16; i++) assertPing(left, "10.80.0." + i);
        Map<String, Long> counters = forwarding.counters();
        assertTrue(counters.get("eth1.out") >= 9 && counters.get("eth2.out") >= 9, counters.toString());
        long before = counters.get("eth1.out") + counters.get("eth2.out");
        String one = left.sh("ping -q -c 20 -i 0.01 -W 3 10.80.0.5");
        assertTrue(one.contains(LOST_NONE), one);
        Map<String, Long> after = forwarding.counters();
        assertTrue(after.get("eth1.out") - counters.get("eth1.out") < 3 || after.get("eth2.out") - counters.get("eth2.out") < 3, before + " " + after);
        forwarding.fib(FibBatch.all(List.of(FibTableTest.route("10.80.0.0/24", "10.0.3.2 eth2")))); // one hop goes
        for (int i = 1; i <= 16; i++) assertPing(left, "10.80.0." + i);
    }

    @Test
    void changesOfTheFibAreWholeOrNothing() throws Exception {
        Forwarding forwarding = start(spec("click.paths", "1"), null);
        right.sh("ip addr add 10.50.0.1/32 dev lo; ip addr add 10.51.0.1/32 dev lo");
        forwarding.fib(new FibBatch(false, List.of(FibTableTest.route("10.50.0.0/16", "10.0.2.2 eth1"), FibTableTest.route("10.51.0.0/16", "10.0.2.2 eth1")),
                List.of()));
        assertPing(left, "10.50.0.1");
        assertPing(left, "10.51.0.1");
        String before = forwarding.command("read", "rt.table", "");
        GuestException refused = assertThrows(GuestException.class,
                () -> forwarding.command("write", "rt.ctrl", "set 10.60.0.0/16 10.0.2.2 2\nremove 10.50.0.0/16\nremove 10.61.0.0/16\n"));
        assertTrue(refused.getMessage().contains("10.61.0.0"), refused.getMessage());
        assertEquals(lines(before), lines(forwarding.command("read", "rt.table", "")));
        forwarding.fib(FibBatch.all(List.of(FibTableTest.route("10.51.0.0/16", "10.0.2.2 eth1"))));
        assertEquals("3", forwarding.command("read", "rt.lookup", "10.50.0.1").trim().replace("4", "3"));
        assertPing(left, "10.51.0.1");
    }

    private static List<String> lines(String text) {
        return text.lines().sorted().toList();
    }

    @Test
    void readsAndWritesHandlersAndGivesClicksWord() throws Exception {
        Forwarding forwarding = start(spec("click.splice", "shape :: BandwidthMeter(1000000Bps); input -> shape -> output; shape[1] -> Discard;"), null);
        assertPing(left, "10.0.2.2");
        assertTrue(Long.parseLong(forwarding.command("read", "rx_eth0.count", null).trim()) > 0);
        forwarding.command("write", "rx_eth0.reset", null);
        assertTrue(forwarding.command("read", "svc_eth1/shape.class", "").contains("BandwidthMeter"));
        assertTrue(forwarding.command("read", "list", "").contains("svc_eth0/shape"));
        String noElement = assertThrows(GuestException.class, () -> forwarding.command("read", "nothing.count", "")).getMessage();
        assertTrue(noElement.contains("nothing"), noElement);
        String noHandler = assertThrows(GuestException.class, () -> forwarding.command("write", "rx_eth0.colour", "red")).getMessage();
        assertTrue(noHandler.contains("colour"), noHandler);
        assertThrows(GuestException.class, () -> forwarding.command("write", "rt.add", "10.0.1.0/24 77"));
        assertThrows(GuestException.class, () -> forwarding.command("delete", "rt.add", ""));
        assertPing(left, "10.0.2.2");
    }

    @Test
    void servicesOfTheUserAreAtWork() throws Exception {
        start(spec("click.splice", "IPFilter(deny icmp type echo && dst host 10.0.2.3, allow all) -> SetIPDSCP(46)"), null);
        assertPing(left, "10.0.2.2");
        assertTrue(left.sh("ping -c 1 -W 1 10.0.2.3").contains("100% packet loss"));
        assertPing(left, "10.0.2.4");
    }

    @Test
    void aWholeGraphOfTheUserRuns() throws Exception {
        String patch = "ov_eth0 -> Queue -> ov_eth1; ov_eth1 -> Queue -> ov_eth0; // $MAC_eth0 of $IP_eth0\nIdle -> EtherEncap(0x0800, $MAC_eth0, $MAC_eth1) -> Discard;";
        Forwarding forwarding = start(spec("click.graph", patch), null);
        left.sh("ip addr add 10.9.9.1/24 dev eth0");
        right.sh("ip addr add 10.9.9.2/24 dev eth0");
        assertPing(left, "10.9.9.2");
        forwarding.fib(new FibBatch(false, List.of(FibTableTest.route("10.50.0.0/16", "10.0.2.2 eth1")), List.of())); // no table rt: nothing to do
        assertEquals(0L, forwarding.counters().get("restarts"));
    }

    @Test
    void wrongGraphsAreRefusedWithClicksMessageAndLine() throws Exception {
        assertEquals(List.of(), bed.provider.check(spec()));
        List<Mistake> unknown = bed.provider.check(spec("click.splice", "Null ->\nNoSuchElement(1)"));
        assertTrue(unknown.stream().anyMatch(m -> m.file().equals("click.splice") && m.line() == 2 && m.rule().contains("NoSuchElement")), unknown.toString());
        List<Mistake> argument = bed.provider.check(spec("click.splice", "IPFilter(allow all,\n deny colour red)"));
        assertTrue(argument.stream().anyMatch(m -> m.file().equals("click.splice") && m.rule().contains("colour")), argument.toString());
        List<Mistake> syntax = bed.provider.check(spec("click.graph", "ov_eth0 -> Discard;\n\nov_eth1 -> -> Discard;"));
        assertTrue(syntax.stream().anyMatch(m -> m.file().equals("click.graph") && m.line() == 3), syntax.toString());
        List<Mistake> push = bed.provider.check(spec("click.splice", "Queue"));
        assertFalse(push.isEmpty());
        assertEquals(1, bed.provider.check(spec("click.paths", "many")).size());
        GuestException refused = assertThrows(GuestException.class, () -> start(spec("click.splice", "NoSuchElement(1)"), null));
        assertTrue(refused.getMessage().contains("click.splice:1:"), refused.getMessage());
        assertNothingLeft();
    }

    @Test
    void aGraphHasNoRightsOnTheHost() throws Exception {
        Path folder = Files.createTempDirectory(bed.folder, "private");
        Path target = folder.resolve("file");
        List<Mistake> mistakes = bed.provider.check(spec("click.graph", "ov_eth0 -> ToDump(" + target + ");"));
        assertTrue(mistakes.toString().contains("ermission denied"), mistakes.toString());
        assertFalse(Files.exists(target));
        assertFalse(bed.provider.check(spec("click.graph", "FromDevice(lo) -> Discard;")).isEmpty());
    }

    @Test
    void aKilledClickIsStartedAgainWithItsRoutes() throws Exception {
        Forwarding forwarding = start(spec(), null);
        right.sh("ip addr add 10.50.0.1/32 dev lo");
        forwarding.fib(new FibBatch(false, List.of(FibTableTest.route("10.50.0.0/16", "10.0.2.2 eth1")), List.of()));
        assertPing(left, "10.50.0.1");
        long pid = pid();
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        Bed.await("the event of the new start", () -> {
            synchronized (bed.events) {
                return bed.events.stream().anyMatch(e -> e.contains("runs again"));
            }
        });
        assertTrue(bed.events.get(0).startsWith("vc-test/r1 router/forwarding Click ended (signal 9"), bed.events.toString());
        assertNotEquals(pid, pid());
        assertPing(left, "10.50.0.1");
        assertEquals(1L, forwarding.counters().get("restarts"));
    }

    /** Of the only Click there is. */
    private long pid() throws Exception {
        try (Stream<Path> files = Files.list(bed.folder)) {
            Path record = files.filter(f -> f.toString().endsWith(".process")).findFirst().orElseThrow();
            return Long.parseLong(Files.readString(record).split(" ")[0]);
        }
    }

    @Test
    void nothingIsLeftOfAClosedOne() throws Exception {
        Forwarding forwarding = bed.provider.open(spec(), null, router.taps, FibBatch.all(List.of()), null);
        forwarding.begin();
        long pid = pid();
        assertTrue(ProcessHandle.of(pid).isPresent());
        forwarding.close();
        forwarding.close();
        assertTrue(ProcessHandle.of(pid).isEmpty() || !ProcessHandle.of(pid).get().isAlive());
        assertNothingLeft();
        assertEquals(-1, forwarding.device("eth0").orElseThrow().read(java.nio.ByteBuffer.allocateDirect(100), 0, 100));
    }

    @Test
    void whatADeadContainerLeftIsSwept() throws Exception {
        Forwarding forwarding = bed.keep(bed.provider.open(spec(), null, router.taps, FibBatch.all(List.of()), null));
        long pid = pid();
        RunFolder.sweep(bed.folder);
        Bed.await("the end of the old Click", () -> ProcessHandle.of(pid).map(p -> !p.isAlive()).orElse(true));
        forwarding.close();
        assertNothingLeft();
    }

    private void assertNothingLeft() throws Exception {
        try (Stream<Path> files = Files.list(bed.folder)) {
            assertEquals(List.of(), files.toList());
        }
    }

    @Test
    void goesOnInPlaceOnlyWithTheSameGraph() throws Exception {
        Forwarding forwarding = start(spec(), null);
        RouterSpec same = spec();
        RouterSpec routed = new RouterSpec(same.id(), "10.9.9.9", 7, java.util.Set.of("ospf"), "zebra", "click", same.nics(), List.of(), List.of(),
                Map.of("hello", "1000"), "text");
        assertTrue(forwarding.apply(routed));
        assertFalse(forwarding.apply(Bed.router(Map.of(), eth0)));
        assertFalse(forwarding.apply(spec("click.splice", "Null")));
        assertPing(left, "10.0.2.2");
    }

    @Test
    void theNextOneKnowsTheNeighboursAndTheirLossIsNone() throws Exception {
        Forwarding first = start(spec(), null);
        assertPing(left, "10.0.2.2");
        assertEquals(java.util.Optional.empty(), first.wouldLose());
        HandOver left = first.release();
        Forwarding second = bed.keep(bed.provider.open(spec(), null, router.taps, FibBatch.all(List.of()), left));
        String table = second.command("read", "arpq_eth1.table", "");
        assertTrue(table.contains("10.0.2.2 1 02-00-5E-10-00-0C"), table);
    }

    @Test
    void translationsThatWouldBeLostAreNamed() throws Exception {
        String nat = "nat :: IPAddrRewriter(pattern 10.0.2.9 - 0 0); input -> nat -> output;";
        Forwarding forwarding = start(spec("click.splice", nat), null);
        assertEquals(java.util.Optional.empty(), forwarding.wouldLose());
        left.sh("ping -c 1 -W 1 10.0.2.2");
        assertTrue(forwarding.wouldLose().orElse("nothing").contains("svc_eth1/nat"), forwarding.wouldLose().toString());
    }

    @Test
    void theGuestSeesTheCarrierOfThePort() throws Exception {
        Forwarding forwarding = start(spec(), null);
        assertEquals("1", router.sh("cat /sys/class/net/eth0/carrier 2>/dev/null || ip -o link show eth0 | grep -c LOWER_UP").trim().substring(0, 1));
        forwarding.device("eth0").orElseThrow().carrier(false);
        assertTrue(router.sh("ip -o link show eth0").contains("NO-CARRIER"));
        forwarding.device("eth0").orElseThrow().carrier(true);
        assertFalse(router.sh("ip -o link show eth0").contains("NO-CARRIER"));
    }
}
