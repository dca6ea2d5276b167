// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.bench.placement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.violin.api.placement.Answer;
import org.violin.api.placement.Cost;
import org.violin.api.placement.Demand;
import org.violin.api.placement.Distances;
import org.violin.api.placement.Substrate;

/** The benchmark's checker finds each kind of fault, and its referee the true optimum. */
class CheckerIT {
    private static Demand.Entity entity(String name, double cpus, String... hosts) {
        return new Demand.Entity(name, cpus, 10, 1, List.of(hosts), hosts.length == 0 ? "" : "pinned", 2);
    }

    private static Substrate.Host host(String name, double cpus, int slots) {
        return new Substrate.Host(name, cpus, 25, 4, 1, slots, 100, 50, Map.of("site", name.equals("h2") ? "b" : "a"));
    }

    private final Substrate mesh = new Substrate(List.of(host("h0", 4, 2), host("h1", 4, 3), host("h2", 1, 3)),
            new Distances(3, new double[] {0, 10, 30, 20, 0, 40, 30, 40, 0}, null), List.of());

    private static Demand demand(List<Demand.Group> groups, boolean colocation) {
        return new Demand(List.of(entity("a", 2), entity("b", 2), entity("c", 0, "h2")),
                List.of(new Demand.Traffic("a", "b", 3, 40, 16), new Demand.Traffic("b", "c", 2, 0, Double.POSITIVE_INFINITY)),
                groups, new Demand.Weights(0, 0, 1, 1), colocation);
    }

    private static Answer answer(double cost, double bound, Map<Integer, List<String>> paths, String... at) {
        return new Answer(Map.of("a", at[0], "b", at[1], "c", at[2]), new Cost(cost, 0, 0, 0, 0), OptionalDouble.of(bound), Map.of(), Map.of(), paths, false);
    }

    private List<String> faults(Demand demand, Substrate substrate, Map<Integer, List<String>> paths, String... at) {
        return new Checker(demand, substrate).faults(answer(new Checker(demand, substrate).cost(answer(0, 0, paths, at).placement(), Map.of("a", "h1")), 0, paths, at), Map.of("a", "h1"));
    }

    @Test
    void cost_is_recomputed_with_all_its_parts() {
        Checker checker = new Checker(demand(List.of(), true), mesh);
        // a and b 15 ms apart, b and c 40; each host's balance (1 + 1)^2 / 4 - 1 / 4; a has moved for 2
        double cost = 3 * 15 + 2 * 40 + 3 * 0.75 + 2;
        assertEquals(cost, checker.cost(Map.of("a", "h0", "b", "h1", "c", "h2"), Map.of("a", "h1", "c", "gone")), 1e-12);
        assertEquals(List.of(), checker.faults(answer(cost, cost, Map.of(), "h0", "h1", "h2"), Map.of("a", "h1")));
        assertTrue(checker.faults(answer(cost - 1, 0, Map.of(), "h0", "h1", "h2"), Map.of("a", "h1")).get(0).contains("cost is"));
        assertTrue(checker.faults(answer(cost, cost + 1, Map.of(), "h0", "h1", "h2"), Map.of("a", "h1")).get(0).contains("bound"));
        assertTrue(checker.faults(answer(cost, Double.NaN, Map.of(), "h0", "h1", "h2"), Map.of("a", "h1")).get(0).contains("bound"));
    }

    @Test
    void every_broken_rule_is_found() {
        Demand plain = demand(List.of(), true);
        assertTrue(faults(plain, mesh, Map.of(), "h0", "h1", "h0").toString().contains("c must not be on h0"));
        assertTrue(faults(plain, mesh, Map.of(), "h0", "h2", "h2").toString().contains("h2 has 1.0 cores, not 2.0"));
        assertTrue(faults(plain, mesh, Map.of(), "h0", "h2", "h2").toString().contains("a -- b takes 30.0 ms"));
        assertTrue(faults(plain, mesh, Map.of(), "h2", "h2", "h2").toString().contains("memory"));
        assertTrue(faults(demand(List.of(), false), mesh, Map.of(), "h1", "h1", "h2").toString().contains("h1 has 2 of them"));
        assertTrue(faults(demand(List.of(new Demand.Group("g", Demand.Rule.APART, "site", List.of("a", "b"), 0)), true), mesh, Map.of(), "h0", "h1", "h2").toString().contains("APART"));
        assertTrue(faults(demand(List.of(new Demand.Group("g", Demand.Rule.SPREAD, "", List.of("a", "b"), 2)), true), mesh, Map.of(), "h1", "h1", "h2").toString().contains("SPREAD"));
        assertTrue(faults(demand(List.of(new Demand.Group("g", Demand.Rule.TOGETHER, "", List.of("a", "b"), 0)), true), mesh, Map.of(), "h0", "h1", "h2").toString().contains("TOGETHER"));
        Substrate thin = new Substrate(List.of(Substrate.Host.free("h0"), host("h1", 4, 1), Substrate.Host.free("h2")), mesh.distances(), List.of());
        assertTrue(faults(plain, thin, Map.of(), "h1", "h1", "h2").toString().contains("h1 takes 1, not 2"));
        Demand more = new Demand(plain.entities(), List.of(new Demand.Traffic("a", "b", 3, 60, 16)), List.of(), plain.weights(), true);
        assertTrue(faults(more, mesh, Map.of(), "h0", "h1", "h2").toString().contains("60.0 Mbit/s reserved"));
        assertTrue(new Checker(plain, mesh).faults(answer(0, 0, Map.of(), "h0", "h9", "h2"), Map.of()).toString().contains("b has no host"));
    }

    @Test
    void paths_over_wires_are_followed() {
        Substrate wired = new Substrate(mesh.hosts(), mesh.distances(), List.of(new Substrate.Wire("h0", "h1", 50), new Substrate.Wire("h1", "h2", 50)));
        Map<Integer, List<String>> good = Map.of(0, List.of("h0", "h1"), 1, List.of("h1", "h2"));
        assertEquals(List.of(), faults(demand(List.of(), true), wired, good, "h0", "h1", "h2"));
        assertTrue(faults(demand(List.of(), true), wired, Map.of(0, List.of("h0", "h1")), "h0", "h1", "h2").toString().contains("traffic 1 has no path"));
        assertTrue(faults(demand(List.of(), true), wired, Map.of(0, List.of("h0", "h2", "h1"), 1, List.of("h1", "h2")), "h0", "h1", "h2").toString().contains("no wire h0 -- h2"));
        assertTrue(faults(demand(List.of(), true), wired, Map.of(0, List.of("h1", "h2"), 1, List.of("h1", "h2")), "h0", "h1", "h2").toString().contains("joins others"));
        Substrate thin = new Substrate(mesh.hosts(), mesh.distances(), List.of(new Substrate.Wire("h0", "h1", 30), new Substrate.Wire("h1", "h2", 50)));
        assertTrue(faults(demand(List.of(), true), thin, good, "h0", "h1", "h2").toString().contains("overfull"));
    }

    @Test
    void the_referee_agrees_with_itself() {
        for (int seed = 0; seed < 20; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            double[] millis = new double[16];
            for (int i = 0; i < 4; i++) for (int j = 0; j < i; j++) millis[i * 4 + j] = millis[j * 4 + i] = 1 + random.nextInt(100);
            List<Demand.Entity> entities = new ArrayList<>();
            List<Demand.Traffic> traffic = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                entities.add(entity("e" + i, 0, i < 3 ? new String[] {"h" + random.nextInt(4)} : new String[0]));
                for (int j = 0; j < i; j++) if (random.nextInt(3) > 0) traffic.add(new Demand.Traffic("e" + i, "e" + j, random.nextInt(9), 0, Double.POSITIVE_INFINITY));
            }
            Demand demand = new Demand(entities, traffic, List.of(), Demand.Weights.LATENCY, true);
            Referee referee = new Referee(demand, Instance.mesh(4, millis, Integer.MAX_VALUE));
            assertEquals(referee.optimum(), referee.optimumWithSlots(), 1e-9, "seed " + seed);
            assertTrue(new Referee(demand, Instance.mesh(4, millis, 3)).optimumWithSlots() >= referee.optimum() - 1e-9, "seed " + seed);
        }
    }
}
