// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.bench.placement;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.violin.api.placement.Demand;
import org.violin.api.placement.Substrate;

/**
 * The true optimum of small questions, to judge bounds by: without capacities by eliminating one entity after the other (exact dynamic
 * programming over sets of neighbours), with slots by trying all, cut off by the best found. Latency and allowed hosts only.
 */
final class Referee {
    private static final int MOST = 20_000_000;
    private final Demand demand;
    private final Substrate substrate;
    private final int hosts;

    Referee(Demand demand, Substrate substrate) {
        this.demand = demand;
        this.substrate = substrate;
        hosts = substrate.hosts().size();
    }

    private record Table(int[] of, double[] cost) {}

    /** The least cost when hosts have no limits. @throws IllegalArgumentException when tables would be too big */
    double optimum() {
        Map<String, Integer> index = new HashMap<>();
        int n = demand.entities().size();
        for (int i = 0; i < n; i++) index.put(demand.entities().get(i).name(), i);
        List<Table> tables = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            double[] cost = new double[hosts];
            for (int h = 0; h < hosts; h++) cost[h] = allowed(demand.entities().get(i), h) ? 0 : Double.POSITIVE_INFINITY;
            tables.add(new Table(new int[] {i}, cost));
        }
        for (Demand.Traffic t : demand.traffic()) {
            double[] cost = new double[hosts * hosts];
            for (int p = 0; p < hosts; p++) for (int q = 0; q < hosts; q++) cost[p * hosts + q] = t.megabits() * substrate.distances().millis(p, q);
            tables.add(new Table(new int[] {index.get(t.a()), index.get(t.b())}, cost));
        }
        TreeSet<Integer> left = new TreeSet<>();
        for (int i = 0; i < n; i++) left.add(i);
        double sum = 0;
        while (!left.isEmpty()) {
            int next = -1;
            TreeSet<Integer> around = null;
            for (int i : left) {
                TreeSet<Integer> near = around(i, tables);
                if (around != null && near.size() >= around.size()) continue;
                next = i;
                around = near;
            }
            left.remove(next);
            int[] of = around.stream().mapToInt(Integer::intValue).toArray();
            List<Table> mine = new ArrayList<>();
            for (Table t : tables) if (contains(t.of, next)) mine.add(t);
            tables.removeAll(mine);
            Table reduced = eliminate(next, of, mine);
            if (of.length == 0) sum += reduced.cost[0];
            else tables.add(reduced);
        }
        return sum;
    }

    private Table eliminate(int gone, int[] of, List<Table> mine) {
        double size = Math.pow(hosts, of.length);
        if (size * hosts > MOST) throw new IllegalArgumentException("tables of " + hosts + "^" + (of.length + 1) + " are too big");
        double[] cost = new double[(int) size];
        int[] at = new int[demand.entities().size()];
        for (int k = 0; k < cost.length; k++) {
            int rest = k;
            for (int j = of.length - 1; j >= 0; j--) {
                at[of[j]] = rest % hosts;
                rest /= hosts;
            }
            double best = Double.POSITIVE_INFINITY;
            for (int h = 0; h < hosts; h++) {
                at[gone] = h;
                double sum = 0;
                for (Table t : mine) {
                    int where = 0;
                    for (int i : t.of) where = where * hosts + at[i];
                    sum += t.cost[where];
                }
                best = Math.min(best, sum);
            }
            cost[k] = best;
        }
        return new Table(of, cost);
    }

    /** The least cost with the hosts' slots; all placements are tried, so a handful of entities. */
    double optimumWithSlots() {
        int n = demand.entities().size();
        return tried(0, new HashMap<>(), new int[hosts], n, 0, Double.POSITIVE_INFINITY);
    }

    private double tried(int i, Map<String, Integer> at, int[] count, int n, double cost, double best) {
        if (cost >= best) return best;
        if (i == n) return cost;
        Demand.Entity e = demand.entities().get(i);
        double least = best;
        for (int h = 0; h < hosts; h++) {
            if (!allowed(e, h) || count[h] >= (demand.colocation() ? substrate.hosts().get(h).slots() : 1)) continue;
            double more = 0;
            for (Demand.Traffic t : demand.traffic()) {
                Integer q = t.a().equals(e.name()) ? at.get(t.b()) : t.b().equals(e.name()) ? at.get(t.a()) : null;
                if (q != null) more += t.megabits() * substrate.distances().millis(h, q);
            }
            at.put(e.name(), h);
            count[h]++;
            least = Math.min(least, tried(i + 1, at, count, n, cost + more, least));
            count[h]--;
            at.remove(e.name());
        }
        return least;
    }

    private boolean allowed(Demand.Entity e, int h) {
        return e.hosts().isEmpty() && e.why().isEmpty() || e.hosts().contains(substrate.hosts().get(h).name());
    }

    private static TreeSet<Integer> around(int i, List<Table> tables) {
        TreeSet<Integer> near = new TreeSet<>();
        for (Table t : tables) if (contains(t.of, i)) for (int j : t.of) near.add(j);
        near.remove(i);
        return near;
    }

    private static boolean contains(int[] of, int i) {
        for (int j : of) if (j == i) return true;
        return false;
    }
}
