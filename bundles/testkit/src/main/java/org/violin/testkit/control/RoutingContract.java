// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.violin.api.control.Routing;
import org.violin.api.model.Cidr;
import org.violin.api.model.NodeSpec;
import org.violin.api.model.RouteSpec;
import org.violin.api.model.ViolinSpec;

/** What every {@link Routing} that computes routes must keep. Extend it and give a fresh instance. */
public abstract class RoutingContract {
    protected abstract Routing routing();

    @Test
    public void everyNodeAskedForIsInTheAnswerAndNoOther() {
        ViolinSpec spec = SpecBuilder.figure2().build();
        assertEquals(Set.of("vHost1", "vRouter1"), routing().routes(spec, Set.of("vHost1", "vRouter1")).keySet());
        assertTrue(routing().routes(spec, Set.of()).isEmpty());
    }

    @Test
    public void allGuestsOfFigure2ReachEachOtherInBothFamilies() {
        ViolinSpec spec = SpecBuilder.figure2().build();
        ForwardingModel model = new ForwardingModel(spec, routing().routes(spec, guests(spec)));
        for (String from : guests(spec)) {
            for (NodeSpec to : spec.nodes()) {
                for (Cidr address : to.nics().stream().flatMap(n -> n.addresses().stream()).toList()) {
                    ForwardingModel.Walk walk = model.walk(from, address.address());
                    assertTrue(walk.arrived(), from + " to " + address + ": " + walk);
                }
            }
        }
        assertEquals(List.of("vHost1", "vRouter1", "vHost3"), model.walk("vHost1", "10.0.2.2").nodes());
    }

    @Test
    public void everyNextHopAnswersOnTheInterfaceOfTheRoute() {
        ViolinSpec spec = SpecBuilder.figure2().build();
        Map<String, List<RouteSpec>> routes = routing().routes(spec, guests(spec));
        ForwardingModel model = new ForwardingModel(spec, routes);
        routes.forEach((node, list) -> list.forEach(r -> {
            assertTrue(model.onLink(node, r.nic(), r.via()), node + ": " + r);
            assertEquals(r.destination().isIpv6(), Cidr.parse(r.via()).isIpv6(), node + ": " + r);
        }));
    }

    @Test
    public void noRouteIsGivenForASubnetTheNodeIsIn() {
        ViolinSpec spec = SpecBuilder.figure2().build();
        assertEquals(List.of(), routing().routes(spec, Set.of("vRouter1")).get("vRouter1"));
        for (RouteSpec r : routing().routes(spec, Set.of("vHost1")).get("vHost1")) assertFalse(r.destination()
                .equals(Cidr.parse("10.0.1.0/24")));
    }

    @Test
    public void aRouteOfTheFileWinsOverAComputedOneWithTheSameDestination() {
        SpecBuilder builder = SpecBuilder.figure2().route("vHost1", "0.0.0.0/0", "10.0.1.3", "eth1");
        List<RouteSpec> routes = routing().routes(builder.build(), Set.of("vHost1")).get("vHost1");
        List<RouteSpec> defaults = routes.stream().filter(r -> r.destination().equals(Cidr.parse("0.0.0.0/0"))).toList();
        assertEquals(List.of(new RouteSpec(Cidr.parse("0.0.0.0/0"), "10.0.1.3", "eth1", 0)), defaults);
    }

    @Test
    public void theOrderOfTheFileDoesNotMatter() {
        ViolinSpec spec = SpecBuilder.figure2().build();
        List<NodeSpec> nodes = new java.util.ArrayList<>(spec.nodes());
        java.util.Collections.reverse(nodes);
        List<org.violin.api.model.LinkSpec> links = new java.util.ArrayList<>(spec.links());
        java.util.Collections.reverse(links);
        ViolinSpec reversed = new ViolinSpec(spec.name(), nodes, links, spec.attributes());
        assertEquals(routing().routes(spec, guests(spec)), routing().routes(reversed, guests(spec)));
    }

    @Test
    public void aViolinWithoutLinksHasNoRoutes() {
        ViolinSpec spec = SpecBuilder.violin("lone").vhost("a").nic("a", "eth1", "10.0.0.1/24").build();
        assertEquals(Map.of("a", List.of()), routing().routes(spec, Set.of("a")));
    }

    /** Names of all vHosts and vRouters. */
    protected static Set<String> guests(ViolinSpec spec) {
        return spec.nodes().stream().filter(n -> n.kind().isGuest()).map(NodeSpec::name).collect(Collectors.toSet());
    }
}
