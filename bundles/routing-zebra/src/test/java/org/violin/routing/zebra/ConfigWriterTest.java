// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.zebra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.violin.api.routing.Neighbour;

class ConfigWriterTest {
    private static Set<String> lines(Specs spec, String... context) {
        return ConfigWriter.write(spec.build()).config().lines(List.of(context));
    }

    @Test
    void onlyTheDaemonsThatAreNeeded() {
        assertEquals(EnumSet.of(Daemon.ZEBRA, Daemon.OSPFD), ConfigWriter.write(Pair.ospf(1).build()).daemons());
        assertEquals(EnumSet.of(Daemon.ZEBRA, Daemon.OSPF6D), ConfigWriter.write(
                Specs.router(1).nic("eth1", 1, List.of(), "fd00::1/64").build()).daemons());
        assertEquals(EnumSet.of(Daemon.ZEBRA, Daemon.STATICD), ConfigWriter.write(
                Specs.router(1).speaks().nic("eth1", 1, List.of(), "10.0.0.1/24").route("10.9.0.0/16", "10.0.0.2", "eth1").build()).daemons());
        assertEquals(EnumSet.of(Daemon.ZEBRA, Daemon.OSPFD, Daemon.BFDD), ConfigWriter.write(Pair.ospf(1).option("bfd", "true").build()).daemons());
    }

    @Test
    void ospfSpeaksOnlyToItsOwnAutonomousSystem() {
        List<Neighbour> foreign = List.of(Specs.neighbour(2, 65002, Set.of("ospf", "bgp"), "10.0.0.2/24"));
        Specs spec = Specs.router(1).as(65001).speaks("ospf", "bgp").nic("eth1", 7, foreign, "10.0.0.1/24");
        assertTrue(lines(spec, "interface eth1").contains("ip ospf passive"));
        assertTrue(lines(spec, "router bgp 65001").contains("neighbor 10.0.0.2 remote-as 65002"));
        assertTrue(lines(spec, "router bgp 65001", "address-family ipv4 unicast").contains("redistribute ospf"));
        assertFalse(lines(Pair.ospf(1), "interface eth1").contains("ip ospf passive"));
        assertTrue(lines(Pair.ospf(1), "interface eth1").contains("ip ospf network point-to-point"));
    }

    @Test
    void matesArePeersFromLoopbackToLoopback() {
        Specs spec = Specs.router(1).as(65001).speaks("bgp").nic("eth1", 1, List.of(), "10.0.0.1/24")
                .mate(Specs.neighbour(3, 65001, Set.of("bgp"), "10.255.0.3/32")).mate(Specs.neighbour(4, 65001, Set.of("ospf"), "10.255.0.4/32"));
        Set<String> lines = lines(spec, "router bgp 65001");
        assertTrue(lines.contains("neighbor 10.255.0.3 update-source 10.255.0.1"), lines.toString());
        assertFalse(lines.toString().contains("10.255.0.4"), "it does not speak BGP");
        assertTrue(lines(spec, "router bgp 65001", "address-family ipv4 unicast").contains("neighbor 10.255.0.3 next-hop-self"));
    }

    @Test
    void aWayOutAndAnycastAreToldByEveryProtocol() {
        Specs spec = Specs.router(1).withoutLoopbacks().as(65001).speaks("bgp", "rip", "isis", "ospf").service("uplink", Map.of())
                .service("anycast", Map.of("addresses", "10.200.0.53/32")).nic("eth1", 1, List.of(), "10.0.0.1/24");
        String only = "redistribute kernel route-map violin-default";
        for (List<String> context : List.of(List.of("router bgp 65001", "address-family ipv4 unicast"), List.of("router rip"))) {
            Set<String> lines = lines(spec, context.toArray(new String[0]));
            assertTrue(lines.containsAll(List.of(only, "redistribute connected")), lines.toString());
        }
        assertTrue(lines(spec, "router isis violin").contains("default-information originate ipv4 level-2"));
        assertTrue(lines(spec, "router ospf").contains("default-information originate"));
        assertTrue(lines(spec, "interface lo").containsAll(List.of("ip ospf area 0", "ip router isis violin")));
        assertEquals(Set.of("match ip address prefix-list violin-default"), lines(spec, "route-map violin-default permit 10"));
        assertFalse(ConfigWriter.write(Pair.ospf(1).build()).config().text().contains("violin-default"));
    }

    @Test
    void timersAndAreasOfTheOptions() {
        Set<String> slow = lines(Pair.ospf(1).option("hello", "2000").option("dead", "9000").option("area", "7"), "interface eth1");
        assertTrue(slow.containsAll(List.of("ip ospf hello-interval 2", "ip ospf dead-interval 9", "ip ospf area 7")), slow.toString());
        Set<String> quick = lines(Pair.ospf(1).option("hello", "250"), "interface eth1");
        assertTrue(quick.contains("ip ospf dead-interval minimal hello-multiplier 4"), quick.toString());
    }

    @Test
    void aCommandGoesToWhomItBelongs() {
        assertTrue(Daemon.OSPFD.hears(new Config.Step(List.of("router ospf"), "capability opaque")));
        assertFalse(Daemon.OSPF6D.hears(new Config.Step(List.of("router ospf"), "capability opaque")), "router ospf abbreviates router ospf6");
        assertFalse(Daemon.RIPNGD.hears(new Config.Step(List.of(), "no router rip")));
        assertFalse(Daemon.ZEBRA.hears(new Config.Step(List.of("interface e"), "no ip ospf cost 3")));
        assertTrue(Daemon.ZEBRA.hears(new Config.Step(List.of("interface lo"), "ip address 10.0.0.1/32")));
        assertTrue(Daemon.BGPD.hears(new Config.Step(List.of("route-map x permit 10"), "set metric 3")));
        assertEquals(EnumSet.of(Daemon.ZEBRA, Daemon.RIPD, Daemon.PIMD), ConfigWriter.daemonsOf(Config.parse("router rip\nexit\ninterface e\n ip pim\n")));
    }

    @Test
    void wrongOptionsAreAllTold() {
        assertEquals(4, Settings.mistakes(Pair.ospf(1).option("hello", "x").option("dead", "7").option("area", "a").option("bfd", "yes").build()).size());
        assertEquals(1, Settings.mistakes(Pair.ospf(1).speaks("bgp").build()).size(), "BGP without an autonomous system");
    }
}
