// SPDX-License-Identifier: Apache-2.0
package org.violin.routers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.violin.api.model.Cidr;
import org.violin.api.model.LinkSpec;
import org.violin.api.model.RouteSpec;
import org.violin.api.model.ViolinSpec;
import org.violin.api.routing.RouterNic;
import org.violin.api.routing.RouterSpec;
import org.violin.testkit.control.SpecBuilder;

final class DerivationTest {
    /** r1 -- r2 by a cable; both and h on a LAN. */
    private static SpecBuilder two() {
        SpecBuilder b = SpecBuilder.violin("v").vswitches("lan").vrouter("r1").vrouter("r2").vhost("h");
        b.nic("r1", "eth0", "10.0.0.1/31", "fd00::1/64").nic("r1", "eth1", "10.1.0.1/24");
        b.nic("r2", "eth0", "10.0.0.0/31", "fd00::2/64").nic("r2", "eth1", "10.1.0.2/24").nic("h", "eth0", "10.1.0.3/24");
        b.link("r1:eth0", "r2:eth0", 7, 2.5).link("lan:p1", "r1:eth1", 1).link("lan:p2", "r2:eth1", 1).link("lan:p3", "h:eth0", 1);
        return b.attribute("routing", "ospf");
    }

    private static RouterSpec derive(ViolinSpec spec, String node) {
        return new Derivation(spec, Set.of(), Set.of()).spec(spec.node(node).orElseThrow(), List.of());
    }

    @Test
    void neighboursAreTheOtherRoutersOfTheSegment() {
        RouterSpec r1 = derive(two().build(), "r1");
        RouterNic cable = r1.nic("eth0").orElseThrow();
        RouterNic lan = r1.nic("eth1").orElseThrow();
        assertTrue(cable.pointToPoint());
        assertFalse(lan.pointToPoint());
        assertEquals(List.of("r2"), cable.neighbours().stream().map(n -> n.node()).toList());
        assertEquals(List.of(Cidr.parse("10.1.0.2/24")), lan.neighbours().get(0).addresses());
        assertEquals(Set.of("ospf"), lan.neighbours().get(0).protocols());
        assertEquals("zebra", r1.control());
    }

    @Test
    void costsComeFromCostDelayOrRate() {
        assertEquals(7, derive(two().build(), "r1").nic("eth0").orElseThrow().cost());
        assertEquals(25, derive(two().attribute("routing.metric", "delay").build(), "r1").nic("eth0").orElseThrow().cost());
        assertEquals(9, derive(two().attribute("r1", "nic.eth0.cost", "9").build(), "r1").nic("eth0").orElseThrow().cost());
        ViolinSpec spec = two().build();
        LinkSpec slow = new LinkSpec(spec.links().get(0).a(), spec.links().get(0).b(), 1, 0, Map.of("bandwidth", "10M"));
        assertEquals(10_000, new Derivation(spec, Set.of(), Set.of()).cost(slow, "rate"));
        assertEquals(1, new Derivation(spec, Set.of(), Set.of()).cost(slow, ""));
        LinkSpec slowest = new LinkSpec(slow.a(), slow.b(), 1, 0, Map.of("bandwidth", "1000"));
        assertEquals(65_535, new Derivation(spec, Set.of(), Set.of()).cost(slowest, "rate"));
    }

    @Test
    void costsThatAreNotWholeAreTakenInHundredths() {
        SpecBuilder b = SpecBuilder.violin("v").vrouter("a").vrouter("b").vrouter("c").nic("a", "e", "10.0.0.1/24").nic("b", "e", "10.0.0.2/24");
        b.nic("b", "f", "10.0.1.1/24").nic("c", "f", "10.0.1.2/24").link("a:e", "b:e", 0.014).link("b:f", "c:f", 12.5).attribute("routing", "ospf");
        assertEquals(1, derive(b.build(), "a").nic("e").orElseThrow().cost());
        assertEquals(1250, derive(b.build(), "c").nic("f").orElseThrow().cost());
    }

    @Test
    void matesAreTheOthersOfTheSameSystem() {
        SpecBuilder b = two().vrouter("r3").attribute("r1", "as", "65001").attribute("r2", "as", "65001").attribute("r3", "as", "65002");
        assertEquals(List.of("r2"), derive(b.build(), "r1").mates().stream().map(n -> n.node()).toList());
        assertEquals(List.of("10.9.0.2/32"), derive(b.attribute("r2", "loopback", "10.9.0.2").build(), "r1").mates().get(0).addresses().stream()
                .map(Cidr::toString).toList());
        assertEquals(List.of(), derive(two().build(), "r1").mates());
    }

    @Test
    void theNodeOverrulesTheFile() {
        SpecBuilder b = two().attribute("routing.hello", "1000").attribute("routing.bfd", "true").attribute("r1", "routing.hello", "250");
        RouterSpec r1 = derive(b.attribute("r1", "routing.startup-config", "hostname x").build(), "r1");
        assertEquals(Map.of("hello", "250", "bfd", "true"), r1.options());
        assertEquals("hostname x", r1.startupConfig());
        assertEquals("rip", String.join("", derive(two().attribute("r1", "routing", "rip").build(), "r1").protocols()));
    }

    @Test
    void routerIdsAreGivenOrTakenFromAddressesOrMadeFromTheName() {
        assertEquals("10.0.0.1", derive(two().build(), "r1").routerId());
        assertEquals("1.2.3.4", derive(two().attribute("r1", "router-id", "1.2.3.4").build(), "r1").routerId());
        assertEquals("10.9.9.9", derive(two().attribute("r1", "loopback", "fd00:9::9 10.9.9.9").build(), "r1").routerId());
        ViolinSpec six = SpecBuilder.violin("v").vrouter("a").vrouter("b").nic("a", "eth0", "fd00::1/64").nic("b", "eth0", "fd00::2/64").build();
        String a = derive(six, "a").routerId();
        assertTrue(Cidr.parse(a).address().matches("[1-9].*"), a);
        assertNotEquals(a, derive(six, "b").routerId());
    }

    @Test
    void whoLearnsGetsTheFilesRoutesAndWhoDoesNotTheComputedOnes() {
        RouteSpec given = new RouteSpec(Cidr.parse("192.0.2.0/24"), "10.1.0.3", "eth1", 0);
        RouteSpec computed = new RouteSpec(Cidr.parse("198.51.100.0/24"), "10.1.0.3", "eth1", 0);
        SpecBuilder b = two().route("r1", "192.0.2.0/24", "10.1.0.3", "eth1");
        ViolinSpec learns = b.build();
        assertEquals(List.of(given), new Derivation(learns, Set.of(), Set.of()).spec(learns.node("r1").orElseThrow(), List.of(computed)).routes());
        ViolinSpec click = b.attribute("routing", "click").build();
        assertEquals(List.of(computed), new Derivation(click, Set.of(), Set.of()).spec(click.node("r1").orElseThrow(), List.of(computed)).routes());
    }
}
