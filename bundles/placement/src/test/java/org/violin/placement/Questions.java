// SPDX-License-Identifier: Apache-2.0
package org.violin.placement;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.violin.api.placement.Demand;
import org.violin.api.placement.Demand.Entity;
import org.violin.api.placement.Demand.Group;
import org.violin.api.placement.Demand.Rule;
import org.violin.api.placement.Demand.Traffic;
import org.violin.api.placement.Distances;
import org.violin.api.placement.Substrate;

/** Small random questions with every kind of rule; {@code tight} makes about half of them impossible. */
final class Questions {
    private Questions() {}

    static Problem random(Random r, int entities, int hosts, boolean tight) {
        List<Entity> es = new ArrayList<>();
        for (int i = 0; i < entities; i++) {
            List<String> to = r.nextInt(4) > 0 ? List.of() : List.of("h" + r.nextInt(hosts), "h" + r.nextInt(hosts));
            double cpus = r.nextInt(3) == 0 ? 1 + r.nextInt(4) * 0.5 : 0;
            es.add(new Entity("e" + i, cpus, r.nextInt(3) * 512L, r.nextDouble(), to, to.isEmpty() ? "" : "allowed on " + to, r.nextInt(5)));
        }
        List<Traffic> ts = new ArrayList<>();
        for (int k = 0; k < entities * 3 / 2; k++) {
            double limit = r.nextInt(4) == 0 ? (tight ? 25 : 60) + r.nextInt(40) : Double.POSITIVE_INFINITY;
            ts.add(new Traffic("e" + r.nextInt(entities), "e" + r.nextInt(entities), r.nextInt(20), r.nextInt(3) * 5, limit));
        }
        List<Group> gs = new ArrayList<>();
        String[] labels = {"", "site"};
        for (int g = 0; g < 3; g++) {
            List<String> members = new ArrayList<>();
            for (int i = 0; i < entities; i++) if (r.nextInt(entities) < 3) members.add("e" + i);
            Rule rule = Rule.values()[r.nextInt(3)];
            if (members.size() > 1) gs.add(new Group("g" + g, rule, labels[r.nextInt(2)], members, rule == Rule.SPREAD ? 2 : 0));
        }
        List<Substrate.Host> hs = new ArrayList<>();
        double[] millis = new double[hosts * hosts];
        double roomy = tight ? 2 : 5;
        for (int h = 0; h < hosts; h++) {
            Map<String, String> labelled = r.nextInt(5) == 0 ? Map.of() : Map.of("site", "s" + r.nextInt(3));
            double access = r.nextInt(2) == 0 ? Double.POSITIVE_INFINITY : 20 * roomy;
            hs.add(new Substrate.Host("h" + h, roomy, (long) (1024 * roomy), 4, r.nextDouble(), 1 + r.nextInt(entities), access, access, labelled));
            for (int q = 0; q < h; q++) millis[h * hosts + q] = millis[q * hosts + h] = 1 + r.nextInt(100);
        }
        Demand demand = new Demand(es, ts, gs, new Demand.Weights(100, 10, 1, 1), r.nextInt(6) > 0);
        Map<String, String> now = r.nextBoolean() ? Map.of() : Map.of("e0", "h0", "e1", "gone");
        return new Problem(demand, new Substrate(hs, new Distances(hosts, millis, null), List.of()), now);
    }
}
