// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.violin.api.control.Routing;
import org.violin.api.model.Cidr;
import org.violin.api.model.RouteSpec;
import org.violin.testkit.control.ForwardingModel;
import org.violin.testkit.control.RoutingContract;
import org.violin.testkit.control.SpecBuilder;

class KernelRoutingTest extends RoutingContract {
    @Override
    protected Routing routing() {
        return new KernelRouting();
    }

    private List<RouteSpec> routes(SpecBuilder spec, String node) {
        return routing().routes(spec.build(), Set.of(node)).get(node);
    }

    private static RouteSpec route(String destination, String via, String nic) {
        return new RouteSpec(Cidr.parse(destination), via, nic, 0);
    }

    /** A LAN with vHost h and routers r1, r2; behind r1 lies LAN 1, behind r2 LANs 2 and 3. */
    private static SpecBuilder twoRoutersOnALan() {
        SpecBuilder b = SpecBuilder.violin("v").vswitches("lan", "lan1", "lan2", "lan3").vhost("h").vrouter("r1").vrouter("r2");
        b.nic("h", "eth1", "10.0.0.9/24").nic("r1", "eth1", "10.0.0.1/24").nic("r2", "eth1", "10.0.0.2/24");
        b.nic("r1", "eth2", "10.0.1.1/24").nic("r2", "eth2", "10.0.2.1/24").nic("r2", "eth3", "10.0.3.1/24");
        b.link("lan:p1", "h:eth1", 1).link("lan:p2", "r1:eth1", 1).link("lan:p3", "r2:eth1", 1);
        return b.link("lan1:p1", "r1:eth2", 1).link("lan2:p1", "r2:eth2", 1).link("lan3:p1", "r2:eth3", 1);
    }

    @Test
    void theDefaultGoesToTheRouterThatServesMostAndOnlyTheRestIsSpecific() {
        List<RouteSpec> wanted = List.of(route("0.0.0.0/0", "10.0.0.2", "eth1"), route("10.0.1.0/24", "10.0.0.1", "eth1"));
        assertEquals(wanted, routes(twoRoutersOnALan(), "h"));
    }

    @Test
    void aRouterGetsSpecificRoutesAndNoDefault() {
        List<RouteSpec> wanted = List.of(route("10.0.2.0/24", "10.0.0.2", "eth1"), route("10.0.3.0/24", "10.0.0.2", "eth1"));
        assertEquals(wanted, routes(twoRoutersOnALan(), "r1"));
    }

    @Test
    void aMultiHomedVHostUsesTheNearerSideAndDoesNotForward() {
        SpecBuilder b = twoRoutersOnALan().nic("h", "eth2", "10.0.3.9/24").link("lan3:p2", "h:eth2", 1);
        b.vswitches("lan4").nic("r2", "eth4", "10.0.4.1/24").link("lan4:p1", "r2:eth4", 1);
        b.nic("h", "eth3", "10.0.5.9/24").nic("r1", "eth5", "10.0.5.1/24").link("h:eth3", "r1:eth5", 0.5);
        List<RouteSpec> wanted = List.of(route("0.0.0.0/0", "10.0.0.2", "eth1"), route("10.0.1.0/24", "10.0.5.1", "eth3"));
        assertEquals(wanted, routes(b, "h"), "lan1 by the cheap cable to r1, the rest by r2");
        SpecBuilder far = SpecBuilder.violin("v").vhost("h").vrouter("r1").vrouter("r2");
        far.nic("h", "eth1", "10.0.1.9/24").nic("r1", "eth1", "10.0.1.1/24").link("h:eth1", "r1:eth1", 1);
        far.nic("h", "eth2", "10.0.2.9/24").nic("r2", "eth1", "10.0.2.1/24").link("h:eth2", "r2:eth1", 1);
        assertEquals(List.of(), routes(far, "r1"), "the vHost between the routers is no way through");
    }

    @Test
    void aChangeElsewhereLeavesAVHostBehindOneRouterAlone() {
        SpecBuilder lone = SpecBuilder.violin("v").vswitches("lan").vhost("h").vrouter("r");
        lone.nic("h", "eth1", "10.0.0.9/24").nic("r", "eth1", "10.0.0.1/24").link("lan:p1", "h:eth1", 1).link("lan:p2", "r:eth1", 1);
        List<RouteSpec> before = routes(lone, "h");
        assertEquals(List.of(route("0.0.0.0/0", "10.0.0.1", "eth1")), before);
        lone.vrouter("q").nic("q", "eth1", "10.1.0.1/30").nic("r", "eth2", "10.1.0.2/30").link("q:eth1", "r:eth2", 1);
        assertEquals(before, routes(lone, "h"));
    }

    @Test
    void costOrDelayDecidesAsTheViolinSays() {
        SpecBuilder b = SpecBuilder.violin("v").vrouter("a").vrouter("b").vrouter("c").vrouter("d");
        b.nic("a", "e1", "10.0.1.1/30").nic("b", "e1", "10.0.1.2/30").link("a:e1", "b:e1", 1, 50);
        b.nic("b", "e2", "10.0.2.1/30").nic("d", "e1", "10.0.2.2/30").link("b:e2", "d:e1", 1, 50);
        b.nic("a", "e2", "10.0.3.1/30").nic("c", "e1", "10.0.3.2/30").link("a:e2", "c:e1", 5, 1);
        b.nic("c", "e2", "10.0.4.1/30").nic("d", "e2", "10.0.4.2/30").link("c:e2", "d:e2", 5, 1);
        b.nic("d", "lan", "10.0.5.1/24");
        assertTrue(routes(b, "a").contains(route("10.0.5.0/24", "10.0.1.2", "e1")));
        assertTrue(routes(b.attribute("metric", "delay"), "a").contains(route("10.0.5.0/24", "10.0.3.2", "e2")));
    }

    @Test
    void linksWithoutDelayCountAsNothingAndFewerLinksBreakTheTie() {
        SpecBuilder b = SpecBuilder.violin("v").attribute("metric", "delay").vrouter("a").vrouter("b").vrouter("c");
        b.nic("a", "e1", "10.0.1.1/30").nic("b", "e1", "10.0.1.2/30").link("a:e1", "b:e1", 1);
        b.nic("b", "e2", "10.0.2.1/30").nic("c", "e1", "10.0.2.2/30").link("b:e2", "c:e1", 1);
        b.nic("a", "e2", "10.0.3.1/30").nic("c", "e2", "10.0.3.2/30").link("a:e2", "c:e2", 1);
        b.nic("c", "lan", "10.0.5.1/24");
        assertTrue(routes(b, "a").contains(route("10.0.5.0/24", "10.0.3.2", "e2")));
    }

    @Test
    void eachFamilyGoesOnlyWhereItHasAddresses() {
        SpecBuilder b = SpecBuilder.violin("v").vrouter("a").vrouter("b").vrouter("c").vhost("h");
        b.nic("a", "e1", "10.0.1.1/30").nic("b", "e1", "10.0.1.2/30").link("a:e1", "b:e1", 1);
        b.nic("b", "e2", "fd00:2::1/64").nic("c", "e1", "fd00:2::2/64").link("b:e2", "c:e1", 1);
        b.nic("a", "h", "10.0.9.1/24", "fd00:9::1/64").nic("h", "eth1", "10.0.9.2/24", "fd00:9::2/64").link("a:h", "h:eth1", 1);
        assertEquals(List.of(route("10.0.9.0/24", "10.0.1.1", "e1")), routes(b, "b"));
        assertEquals(List.of(), routes(b, "c"), "no router speaks both families on one side");
        assertEquals(List.of(route("0.0.0.0/0", "10.0.9.1", "eth1"), route("::/0", "fd00:9::1", "eth1")), routes(b, "h"));
    }

    @Test
    void linkLocalAddressesAreNeitherDestinationNorNextHop() {
        SpecBuilder b = SpecBuilder.violin("v").vrouter("a").vrouter("b");
        b.nic("a", "e1", "fe80::1/64").nic("b", "e1", "fe80::2/64").link("a:e1", "b:e1", 1).nic("b", "lan", "fd00:5::1/64");
        assertEquals(List.of(), routes(b, "a"));
    }

    @Test
    void aNeighbourInAnotherSubnetOfTheSameEthernetIsNoNextHop() {
        SpecBuilder b = SpecBuilder.violin("v").vswitches("s").vrouter("a").vrouter("b").vrouter("c");
        b.nic("a", "e1", "10.0.1.1/24").nic("b", "e1", "10.0.2.1/24").nic("c", "e1", "10.0.1.2/24", "10.0.2.2/24");
        b.link("a:e1", "s:p1", 1).link("b:e1", "s:p2", 1).link("c:e1", "s:p3", 1);
        assertEquals(List.of(route("10.0.2.0/24", "10.0.1.2", "e1")), routes(b, "a"));
    }

    @Test
    void partsThatAreNotJoinedDoNotKnowEachOther() {
        SpecBuilder b = SpecBuilder.figure2().vrouter("x").vrouter("y");
        b.nic("x", "e1", "10.7.0.1/30").nic("y", "e1", "10.7.0.2/30").link("x:e1", "y:e1", 1);
        assertEquals(List.of(), routes(b, "x"));
        assertEquals(List.of(), routes(b, "vRouter1"));
        ForwardingModel model = new ForwardingModel(b.build(), routing().routes(b.build(), guests(b.build())));
        assertEquals(false, model.walk("vHost1", "10.7.0.1").arrived());
    }

    @Test
    void anUnlinkedRouterAddressIsReachable() {
        SpecBuilder b = SpecBuilder.violin("v").vrouter("a").vrouter("b");
        b.nic("a", "e1", "10.0.1.1/30").nic("b", "e1", "10.0.1.2/30").link("a:e1", "b:e1", 1).nic("b", "loop", "10.255.0.1/32");
        assertEquals(List.of(route("10.255.0.1/32", "10.0.1.2", "e1")), routes(b, "a"));
    }

    @Test
    void anUnknownNodeIsNamed() {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> routes(SpecBuilder.figure2(), "nobody"));
        assertTrue(e.getMessage().contains("nobody"), e.getMessage());
    }

    @Test
    void routesOfTheFileComeFirst() {
        SpecBuilder b = SpecBuilder.figure2().route("vHost1", "10.9.0.0/16", "10.0.1.3", "eth1");
        assertEquals(route("10.9.0.0/16", "10.0.1.3", "eth1"), routes(b, "vHost1").get(0));
        assertEquals(Map.of("vHost1", 3), Map.of("vHost1", routes(b, "vHost1").size()));
    }

    @Test
    void whatIsOutsideGoesToTheNearestWayOut() {
        SpecBuilder violin = SpecBuilder.violin("v").vrouter("r1").vrouter("r2").vrouter("r3").vhost("h");
        violin.nic("r1", "eth0", "10.0.1.1/24").nic("r2", "eth0", "10.0.1.2/24").nic("r2", "eth1", "10.0.2.2/24").nic("r3", "eth0", "10.0.2.3/24");
        violin.nic("r3", "eth1", "10.0.3.3/24").nic("h", "eth0", "10.0.3.9/24");
        violin.link("r1:eth0", "r2:eth0", 1).link("r2:eth1", "r3:eth0", 1).link("r3:eth1", "h:eth0", 1);
        Set<String> all = Set.of("r1", "r2", "r3", "h");
        RouteSpec none = new KernelRouting().routes(violin.build(), all).get("r2").stream().filter(r -> r.destination().prefix() == 0).findFirst().orElse(null);
        assertEquals(null, none, "no way out unless asked");
        violin.attribute("r1", "service.uplink", "true");
        Map<String, List<RouteSpec>> routes = new KernelRouting().routes(violin.build(), all);
        assertEquals("10.0.2.2", outside(routes.get("r3")));
        assertEquals("10.0.1.1", outside(routes.get("r2")));
        assertEquals("", outside(routes.get("r1")), "its own way out is not ours");
        assertEquals("10.0.3.3", outside(routes.get("h")));
    }

    private static String outside(List<RouteSpec> routes) {
        return routes.stream().filter(r -> r.destination().toString().equals("0.0.0.0/0")).map(RouteSpec::via).findFirst().orElse("");
    }
}
