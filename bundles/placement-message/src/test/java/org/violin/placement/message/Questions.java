// SPDX-License-Identifier: Apache-2.0
package org.violin.placement.message;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.violin.api.placement.Demand;
import org.violin.api.placement.Distances;
import org.violin.api.placement.Substrate;
import org.violin.placement.Ledger;
import org.violin.placement.Problem;

/** Random small questions with all rules, and their true optimum by trying everything. */
record Questions(Demand demand, Substrate substrate, Map<String, String> current) {
    /** A question with each kind of rule drawn by chance. */
    static Questions small(long seed, boolean rules) {
        Random r = new Random(seed);
        int hosts = 2 + r.nextInt(4);
        int n = 2 + r.nextInt(5);
        double[] millis = new double[hosts * hosts];
        for (int p = 0; p < hosts; p++) for (int q = 0; q < p; q++) millis[p * hosts + q] = millis[q * hosts + p] = 1 + r.nextInt(100);
        List<Substrate.Host> all = new ArrayList<>();
        boolean slots = rules && r.nextBoolean();
        boolean cpus = rules && r.nextInt(3) == 0;
        boolean access = rules && r.nextInt(3) == 0;
        for (int h = 0; h < hosts; h++) {
            all.add(new Substrate.Host("h" + h, cpus ? 1 + r.nextInt(4) : Double.POSITIVE_INFINITY, Long.MAX_VALUE, 1 + r.nextInt(4),
                    r.nextInt(3), slots ? 1 + r.nextInt(3) : Integer.MAX_VALUE, access ? 5 + r.nextInt(30) : Double.POSITIVE_INFINITY,
                    Double.POSITIVE_INFINITY, Map.of("site", "s" + h / 2)));
        }
        List<Demand.Entity> entities = new ArrayList<>();
        Map<String, String> current = new HashMap<>();
        for (int i = 0; i < n; i++) {
            List<String> allowed = new ArrayList<>();
            int kind = r.nextInt(4);
            if (kind == 0) allowed.add("h" + r.nextInt(hosts));
            if (kind == 1 && rules) for (int h = 0; h < hosts; h++) if (r.nextBoolean()) allowed.add("h" + h);
            entities.add(new Demand.Entity("e" + i, cpus ? r.nextInt(3) : 0, 0, rules ? r.nextInt(3) : 0, allowed,
                    allowed.isEmpty() ? "" : "rule " + i, 1 + r.nextInt(20)));
            if (rules && r.nextInt(3) == 0) current.put("e" + i, "h" + r.nextInt(hosts + 1));
        }
        List<Demand.Traffic> traffic = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                if (r.nextInt(2) == 0) continue;
                traffic.add(new Demand.Traffic("e" + i, "e" + j, r.nextInt(10) + r.nextDouble(), access ? r.nextInt(6) : 0,
                        rules && r.nextInt(5) == 0 ? 30 + r.nextInt(60) : Double.POSITIVE_INFINITY));
            }
        }
        List<Demand.Group> groups = new ArrayList<>();
        for (int g = 0; rules && g < 2; g++) {
            List<String> who = new ArrayList<>();
            for (int i = 0; i < n; i++) if (r.nextInt(3) > 0) who.add("e" + i);
            if (who.size() < 2 || r.nextBoolean()) continue;
            Demand.Rule rule = Demand.Rule.values()[r.nextInt(3)];
            groups.add(new Demand.Group("g" + g, rule, r.nextBoolean() ? "site" : "", who.subList(0, 2 + r.nextInt(who.size() - 1)),
                    rule == Demand.Rule.SPREAD ? 2 : 0));
        }
        Demand.Weights w = new Demand.Weights(0, r.nextInt(2) * 20, rules ? r.nextInt(2) * 3 : 0, rules ? r.nextInt(2) : 0);
        return new Questions(new Demand(entities, traffic, groups, w, !rules || r.nextInt(8) > 0),
                new Substrate(all, new Distances(hosts, millis, null), List.of()), current);
    }

    /** The least cost of all placements that keep the rules; infinite: there is none. */
    double optimum() {
        Problem p = new Problem(demand, substrate, current);
        Ledger ledger = new Ledger(p);
        int[] x = new int[p.entities];
        Arrays.fill(x, Problem.NOWHERE);
        return least(p, ledger, 0);
    }

    private static double least(Problem p, Ledger ledger, int i) {
        if (i == p.entities) return p.cost(ledger.at()).total();
        double best = Double.POSITIVE_INFINITY;
        for (int h = 0; h < p.hosts; h++) {
            if (!ledger.fits(i, h)) continue;
            ledger.put(i, h);
            best = Math.min(best, least(p, ledger, i + 1));
            ledger.remove(i);
        }
        return best;
    }
}
