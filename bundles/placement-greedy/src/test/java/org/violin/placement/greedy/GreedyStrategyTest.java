// SPDX-License-Identifier: Apache-2.0
package org.violin.placement.greedy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.violin.api.placement.Answer;
import org.violin.api.placement.Demand;
import org.violin.api.placement.Demand.Entity;
import org.violin.api.placement.Demand.Traffic;
import org.violin.api.placement.Demand.Weights;
import org.violin.api.placement.Distances;
import org.violin.api.placement.PlacementStrategy;
import org.violin.api.placement.Substrate;
import org.violin.placement.Rules;
import org.violin.testkit.placement.Ask;
import org.violin.testkit.placement.PlacementContract;

class GreedyStrategyTest extends PlacementContract {
    @Override
    protected PlacementStrategy strategy() {
        return new GreedyStrategy();
    }

    @Test
    void aSwitchGoesWhereMostTrafficIs() {
        Ask ask = Ask.hosts(3).pinned("a", "host1").pinned("b", "host2").pinned("c", "host2").free("s");
        for (String x : List.of("a", "b", "c")) ask.link("s", x, 1, Double.POSITIVE_INFINITY);
        assertEquals("host2", placed(ask).placement().get("s"));
    }

    @Test
    void whatRunsMovesOnlyWhenThatPays() {
        for (double price : new double[] {5, 15}) {
            Ask ask = Ask.hosts(2).pinned("a", "host1");
            ask.weights = new Weights(0, 0, 0, 1);
            ask.entities.add(new Entity("r", 0, 0, 0, List.of(), "", price));
            ask.link("a", "r", 1, Double.POSITIVE_INFINITY).current.put("r", "host2");
            assertEquals(price < 10 ? "host1" : "host2", placed(ask).placement().get("r"));
        }
    }

    @Test
    void randomNetworksAreEmbeddedInWiresByTheRules() {
        int embedded = 0;
        for (long seed = 0; seed < 200; seed++) {
            Random r = new Random(seed);
            List<Substrate.Host> hosts = new ArrayList<>();
            List<Substrate.Wire> wires = new ArrayList<>();
            for (int h = 0; h < 12; h++) {
                hosts.add(new Substrate.Host("h" + h, 20 + r.nextInt(40), 1 << 30, 60, 0, 4, 1e9, 1e9, Map.of()));
                if (h > 0) wires.add(new Substrate.Wire("h" + h, "h" + r.nextInt(h), 20 + r.nextInt(50)));
                if (h > 2) wires.add(new Substrate.Wire("h" + h, "h" + r.nextInt(h), 20 + r.nextInt(50)));
            }
            List<Entity> entities = new ArrayList<>();
            List<Traffic> traffic = new ArrayList<>();
            int n = 2 + r.nextInt(6);
            for (int i = 0; i < n; i++) {
                entities.add(new Entity("e" + i, r.nextInt(20), 0, 0, List.of(), "", 0));
                if (i > 0) traffic.add(new Traffic("e" + i, "e" + r.nextInt(i), 1, r.nextInt(30), Double.POSITIVE_INFINITY));
            }
            Demand demand = new Demand(entities, traffic, List.of(), Weights.LATENCY, r.nextBoolean());
            Substrate substrate = new Substrate(hosts, Distances.even(12, 1), wires);
            Answer answer = strategy().place(demand, substrate, Map.of(), Ask.CALM);
            assertEquals(answer, strategy().place(demand, substrate, Map.of(), Ask.CALM));
            if (!answer.complete()) continue;
            embedded++;
            assertEquals(List.of(), Rules.broken(demand, substrate, answer.placement(), answer.paths()), "seed " + seed);
        }
        assertTrue(embedded > 150, embedded + " of 200");
    }
}
