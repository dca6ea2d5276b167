// SPDX-License-Identifier: Apache-2.0
package org.violin.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.violin.api.control.Routing;
import org.violin.api.model.Cidr;
import org.violin.api.model.RouteSpec;
import org.violin.api.model.ViolinSpec;
import org.violin.testkit.control.SpecBuilder;

/** Which routes a vRouter gets by its word of routing, while the bundle routers is away. */
final class LoweringTest {
    private static final RouteSpec COMPUTED = new RouteSpec(Cidr.parse("198.51.100.0/24"), "10.0.0.2", "eth0", 0);

    private static final Routing KERNEL = new Routing() {
        @Override
        public String kind() {
            return "kernel";
        }

        @Override
        public Map<String, List<RouteSpec>> routes(ViolinSpec spec, Set<String> nodes) {
            Map<String, List<RouteSpec>> routes = new TreeMap<>();
            for (String node : nodes) {
                List<RouteSpec> all = new ArrayList<>(spec.node(node).orElseThrow().routes());
                all.add(COMPUTED);
                routes.put(node, all);
            }
            return routes;
        }
    };

    /** How many routes r1 is to have; -1: nothing is said of its routes. */
    private static int routes(String words) {
        ViolinSpec spec = SpecBuilder.violin("v").vrouter("r1").nic("r1", "eth0", "10.0.0.1/24").route("r1", "192.0.2.0/24", "10.0.0.9", "eth0")
                .attribute("routing", words).build();
        PlacedSpec placed = new PlacedSpec(spec, 1, Map.of("r1", "host1"), Map.of(), 1, false);
        Lowering lowering = new Lowering(kind -> kind.equals("kernel") ? Optional.of(KERNEL) : Optional.empty(), Optional::empty);
        Item item = lowering.items(placed, host -> true).get(new Key("host1", Key.Kind.ROUTES, "v", "r1"));
        return item == null ? -1 : ((Item.Routes) item).count();
    }

    @Test
    void computedOnesAndThoseOfTheFile() {
        assertEquals(2, routes("kernel"));
    }

    @Test
    void staticIsTheFileAndNothingElse() {
        assertEquals(1, routes("static"));
    }

    @Test
    void whoeverLearnsGetsNone() {
        assertEquals(-1, routes("ospf"));
        assertEquals(-1, routes("static+zebra"));
    }

    @Test
    void anotherForwardingNeedsTheComputedOnesToo() {
        assertEquals(2, routes("click"));
    }
}
