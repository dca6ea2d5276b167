// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.bench.placement;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.violin.api.placement.Demand;
import org.violin.api.placement.PlacementStrategy;

/** Who answers: the product's strategies, those that are built, and two ways without thought for comparison. */
final class Peers {
    private static final Map<String, String> CLASSES = new LinkedHashMap<>();

    static {
        CLASSES.put("greedy", "org.violin.placement.greedy.GreedyStrategy");
        CLASSES.put("spread", "org.violin.placement.spread.SpreadStrategy");
        CLASSES.put("pack", "org.violin.placement.pack.PackStrategy");
        CLASSES.put("message", "org.violin.placement.message.MessagePlacement");
    }

    private Peers() {}

    /** The strategy of that kind; null: it is not built. Plugins are named by their classes, since nothing depends on a plugin. */
    static PlacementStrategy strategy(String kind) {
        try {
            return (PlacementStrategy) Class.forName(CLASSES.get(kind)).getConstructor().newInstance();
        } catch (ClassNotFoundException e) {
            return null;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(kind + " does not start", e);
        }
    }

    /** All strategies that are there, by kind. */
    static Map<String, PlacementStrategy> strategies() {
        Map<String, PlacementStrategy> all = new LinkedHashMap<>();
        for (String kind : CLASSES.keySet()) {
            PlacementStrategy one = strategy(kind);
            if (one != null) all.put(kind, one);
        }
        return all;
    }

    /** Anywhere that is allowed, hosts' slots kept where that is easy. */
    static Map<String, String> random(Instance i, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int hosts = i.substrate().hosts().size();
        int[] count = new int[hosts];
        Map<String, String> at = new HashMap<>();
        for (Demand.Entity e : i.demand().entities()) {
            int h = e.hosts().isEmpty() ? random.nextInt(hosts) : Integer.parseInt(e.hosts().get(0).substring(1));
            for (int k = 0; k < hosts && e.hosts().isEmpty() && count[h] >= i.substrate().hosts().get(h).slots(); k++) h = (h + 1) % hosts;
            count[h]++;
            at.put(e.name(), "h" + h);
        }
        return at;
    }

    /** All that is free on one host, the best of all for that; what has to be elsewhere is there. */
    static Map<String, String> oneHost(Instance i) {
        int hosts = i.substrate().hosts().size();
        List<double[]> ties = new ArrayList<>();
        Map<String, Integer> pins = new HashMap<>();
        for (Demand.Entity e : i.demand().entities()) if (!e.hosts().isEmpty()) pins.put(e.name(), Integer.parseInt(e.hosts().get(0).substring(1)));
        for (Demand.Traffic t : i.demand().traffic()) {
            if (pins.containsKey(t.a()) != pins.containsKey(t.b())) ties.add(new double[] {pins.getOrDefault(t.a(), pins.get(t.b())), t.megabits()});
        }
        int best = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int h = 0; h < hosts; h++) {
            double sum = 0;
            for (double[] tie : ties) sum += tie[1] * i.substrate().distances().millis(h, (int) tie[0]);
            if (sum >= least) continue;
            least = sum;
            best = h;
        }
        Map<String, String> at = new HashMap<>();
        for (Demand.Entity e : i.demand().entities()) at.put(e.name(), "h" + pins.getOrDefault(e.name(), best));
        return at;
    }
}
