// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.zebra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.violin.api.guest.GuestException;
import org.violin.api.routing.FibRoute;
import org.violin.api.routing.Neighbour;
import org.violin.api.routing.RouterSpec;

/** Each protocol between two real routers, both families. */
class ProtocolsLifeTest {
    private static Specs router(int n, long as, long otherAs, String... protocols) {
        int other = 3 - n;
        Neighbour peer = Specs.neighbour(other, otherAs, Set.of(protocols), "10.0.12." + other + "/24", "fd00:12::" + other + "/64");
        return Specs.router(n).as(as).speaks(protocols).loopback("fd00:ff::" + n + "/128").nic("eth1", 10, List.of(peer), "10.0.12." + n + "/24",
                "fd00:12::" + n + "/64").nic("eth2", 10, List.of(), "10.0." + n + ".1/24", "fd00:" + n + "::1/64");
    }

    private static void bothFamilies(Pair pair, String protocol) throws Exception {
        assertEquals(List.of(), pair.sink1.events.stream().filter(e -> e.startsWith("router/")).toList());
        Lab.await("IPv4 by " + protocol, 40, () -> protocol(pair, "10.0.2.0/24").equals(protocol));
        Lab.await("IPv6 by " + protocol, 40, () -> protocol(pair, "fd00:2::/64").equals(protocol));
        assertEquals("eth1", pair.sink1.fib.get("fd00:2::/64").hops().get(0).nic());
    }

    private static String protocol(Pair pair, String to) {
        FibRoute route = pair.sink1.fib.get(to);
        return route == null ? "" : route.protocol();
    }

    @Test
    void ospfForBothFamiliesWithBfd() throws Exception {
        RouterSpec s1 = router(1, 0, 0, "ospf").option("bfd", "true").build();
        try (Pair pair = new Pair(s1, router(2, 0, 0, "ospf").option("bfd", "true").build())) {
            assertEquals(List.of(), pair.provider.check(s1));
            bothFamilies(pair, "ospf");
            Lab.await("BFD and both OSPFs", 20, () -> Pair.up(pair.r1, "bfd") && Pair.up(pair.r1, "ospf") && Pair.up(pair.r1, "ospf6"));
            pair.cable.silent = true;
            Lab.await("a silent cut is noticed", 20, () -> !pair.sink1.fib.containsKey("10.0.2.0/24"));
            Lab.await("and told", 20, () -> pair.sink1.events.stream().anyMatch(e -> e.startsWith("neighbour/down") && e.contains("ospf")));
        }
    }

    @Test
    void bgpBetweenTwoAutonomousSystems() throws Exception {
        RouterSpec s1 = router(1, 65001, 65002, "bgp", "ospf").build();
        try (Pair pair = new Pair(s1, router(2, 65002, 65001, "bgp", "ospf").build())) {
            assertEquals(List.of(), pair.provider.check(s1));
            bothFamilies(pair, "bgp");
            assertTrue(Pair.up(pair.r1, "bgp"));
            assertTrue(pair.r1.status().adjacencies().stream().noneMatch(a -> a.protocol().equals("ospf")), "OSPF stays inside");
        }
    }

    @Test
    void bgpInsideOneAutonomousSystem() throws Exception {
        RouterSpec s1 = router(1, 65001, 65001, "bgp", "ospf").mate(Specs.neighbour(2, 65001, Set.of("bgp"), "10.255.0.2/32", "fd00:ff::2/128"))
                .build();
        RouterSpec s2 = router(2, 65001, 65001, "bgp", "ospf").mate(Specs.neighbour(1, 65001, Set.of("bgp"), "10.255.0.1/32", "fd00:ff::1/128"))
                .build();
        try (Pair pair = new Pair(s1, s2)) {
            bothFamilies(pair, "ospf");
            Lab.await("mates talk", 20, () -> pair.r1.status().adjacencies().stream().filter(a -> a.protocol().equals("bgp") && a.up()).count() == 2);
        }
    }

    @Test
    void rip() throws Exception {
        RouterSpec s1 = router(1, 0, 0, "rip").build();
        try (Pair pair = new Pair(s1, router(2, 0, 0, "rip").build())) {
            assertEquals(List.of(), pair.provider.check(s1));
            bothFamilies(pair, "rip");
            assertTrue(Pair.up(pair.r1, "rip"));
        }
    }

    @Test
    void isis() throws Exception {
        RouterSpec s1 = router(1, 0, 0, "isis").option("bfd", "true").build();
        try (Pair pair = new Pair(s1, router(2, 0, 0, "isis").option("bfd", "true").build())) {
            assertEquals(List.of(), pair.provider.check(s1));
            bothFamilies(pair, "isis");
            Lab.await("adjacency", 10, () -> Pair.up(pair.r1, "isis"));
        }
    }

    @Test
    void multicastAndOwnText() throws Exception {
        RouterSpec s1 = router(1, 0, 0, "ospf", "pim").option("rp", "10.255.0.2").text("ip prefix-list all seq 5 permit any\nrouter rip\n network eth2\n")
                .build();
        try (Pair pair = new Pair(s1, router(2, 0, 0, "ospf", "pim").option("rp", "10.255.0.2").build())) {
            assertEquals(List.of(), pair.provider.check(s1));
            bothFamilies(pair, "ospf");
            Lab.await("PIM", 60, () -> pair.r1.command("show ip pim neighbor").contains("10.0.12.2"));
            assertTrue(pair.r1.command("show running-config").contains("prefix-list all"), "own text is there");
            assertTrue(pair.r1.status().daemons().stream().anyMatch(d -> d.name().equals("ripd")), "own text starts its daemons");
        }
    }

    @Test
    void anotherRouterIdStartsOspfAnewAndSaysSo() throws Exception {
        RouterSpec s = router(1, 0, 0, "ospf").build();
        try (Pair pair = new Pair(s, router(2, 0, 0, "ospf").build())) {
            bothFamilies(pair, "ospf");
            RouterSpec other = new RouterSpec(s.id(), "10.255.0.77", s.as(), s.protocols(), s.control(), s.forwarding(), s.nics(), s.routes(),
                    s.loopbacks(), s.options(), s.startupConfig());
            List<String> said = pair.r1.apply(other);
            assertTrue(said.stream().anyMatch(x -> x.contains("started anew")), said.toString());
            Lab.await("r2 meets it", 30, () -> pair.r2.status().adjacencies().stream().filter(a -> a.up() && a.peer().equals("10.255.0.77"))
                    .map(a -> a.protocol()).distinct().count() == 2);
        }
    }

    @Test
    void whatCannotBeDoneIsSaid() throws Exception {
        try (Pair pair = new Pair(Pair.ospf(1).build(), Pair.ospf(2).build())) {
            List<String> said = pair.r1.apply(Pair.ospf(1).text("interface eth1\n ip ospf bogus 7\n").build());
            assertEquals(1, said.size(), said.toString());
            assertTrue(said.get(0).contains("bogus"), said.toString());
        }
    }

    @Test
    void aPortThatAnotherProgramHasIsNamedAndWhatRunsGoesOn() throws Exception {
        RouterSpec s1 = router(1, 65001, 65001, "ospf").build();
        try (Pair pair = new Pair(s1, router(2, 65001, 65001, "ospf").build());
                java.nio.channels.ServerSocketChannel taken = org.violin.linux.Netns.call("/proc/" + pair.g1.status().pid().getAsInt() + "/ns/net",
                        () -> java.nio.channels.ServerSocketChannel.open().bind(new java.net.InetSocketAddress(179)))) {
            assertTrue(taken.isOpen());
            int ospfd = Pair.pid(pair.r1, "ospfd");
            GuestException refused = assertThrows(GuestException.class, () -> pair.r1.apply(router(1, 65001, 65001, "bgp", "ospf").build()));
            assertTrue(refused.getMessage().contains("bgpd needs tcp port 179"), refused.getMessage());
            assertEquals(ospfd, Pair.pid(pair.r1, "ospfd"));
            Lab.await("OSPF goes on", 30, () -> Pair.up(pair.r1, "ospf"));
            taken.close();
            assertEquals(List.of(), pair.r1.apply(router(1, 65001, 65001, "bgp", "ospf").build()));
            assertTrue(Pair.pid(pair.r1, "bgpd") > 0);
        }
    }
}
