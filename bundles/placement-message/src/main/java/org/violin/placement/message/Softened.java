// SPDX-License-Identifier: Apache-2.0
package org.violin.placement.message;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.violin.api.placement.Demand;
import org.violin.api.placement.Substrate;
import org.violin.placement.Problem;

/**
 * The question with its rules made costs, so that its least cost is never above the true one: allowed hosts, latency limits and groups
 * of few cost {@link #far} when broken; what many share (cores, memory, slots, places of large groups) has a {@link Stock} each with a
 * price per unit; the balance is replaced by a tangent. Spread and reserved rates are left out here; who places keeps them.
 */
final class Softened {
    /** Groups up to this size get an edge for every two; larger ones a stock. */
    private static final int PAIRS = 12;

    /** Something that entities take from where they are: {@code want[i]} of {@code room[place[h]]}. */
    record Stock(double[] want, int[] place, double[] room) {}

    final Problem p;
    final MinPlus matrix;
    final Field.Edge[] edges;
    final int[][] at;
    final int[] pin;
    final List<Stock> stocks = new ArrayList<>();
    final double far;
    final boolean weighs;

    Softened(Problem p, MinPlus matrix) {
        this.p = p;
        this.matrix = matrix;
        double sum = 1;
        for (double r : p.rate) sum += r * matrix.largest();
        for (double m : p.movePrice) sum += m;
        far = sum;
        pin = new int[p.entities];
        for (int i = 0; i < p.entities; i++) {
            pin[i] = p.hosts == 1 ? 0 : p.allowed[i] != null && p.allowed[i].length == 1 ? p.allowed[i][0] : -1;
        }
        boolean loads = false;
        for (Demand.Entity e : p.demand.entities()) loads |= e.load() > 0;
        weighs = loads && p.demand.weights().balance() > 0;
        stock(i -> p.entity(i).cpus(), h -> p.host(h).cpus());
        stock(i -> p.entity(i).memoryBytes(), h -> p.host(h).memoryBytes());
        stock(i -> 1, h -> p.demand.colocation() ? p.host(h).slots() : Math.min(1, p.host(h).slots()));
        edges = edges();
        List<List<Integer>> of = new ArrayList<>();
        for (int i = 0; i < p.entities; i++) of.add(new ArrayList<>());
        for (int e = 0; e < edges.length; e++) {
            of.get(edges[e].a()).add(e);
            of.get(edges[e].b()).add(e);
        }
        at = of.stream().map(l -> l.stream().mapToInt(Integer::intValue).toArray()).toArray(int[][]::new);
    }

    private void stock(java.util.function.IntToDoubleFunction want, java.util.function.IntToDoubleFunction room) {
        double[] w = new double[p.entities];
        Arrays.setAll(w, want);
        double[] r = new double[p.hosts];
        Arrays.setAll(r, room);
        double all = Arrays.stream(w).sum();
        boolean scarce = false;
        for (double x : r) scarce |= x < all;
        if (!scarce || all == 0) return;
        double unit = Arrays.stream(w).max().orElse(1);
        for (int i = 0; i < w.length; i++) w[i] /= unit;
        for (int h = 0; h < r.length; h++) r[h] = Math.max(0, Math.min(r[h], all)) / unit;
        int[] place = new int[p.hosts];
        Arrays.setAll(place, h -> h);
        stocks.add(new Stock(w, place, r));
    }

    private Field.Edge[] edges() {
        Map<Long, Ban> bans = new LinkedHashMap<>();
        for (Demand.Group g : p.demand.groups()) group(g, bans);
        List<Field.Edge> all = new ArrayList<>();
        for (int e = 0; e < p.a.length; e++) {
            Ban ban = bans.remove((long) Math.min(p.a[e], p.b[e]) << 32 | Math.max(p.a[e], p.b[e]));
            double most = p.maxMillis[e] + 1e-9;
            Ban slow = most < Double.POSITIVE_INFINITY ? (x, y) -> p.substrate.distances().millis(x, y) > most : null;
            all.add(new Field.Edge(p.a[e], p.b[e], p.rate[e], either(ban, slow)));
        }
        bans.forEach((key, ban) -> all.add(new Field.Edge((int) (key >> 32), (int) (long) key, 0, ban)));
        return all.toArray(Field.Edge[]::new);
    }

    private static Ban either(Ban a, Ban b) {
        return a == null ? b : b == null ? a : (x, y) -> a.forbids(x, y) || b.forbids(x, y);
    }

    private void group(Demand.Group g, Map<Long, Ban> bans) {
        int[] who = g.entities().stream().mapToInt(p::entity).sorted().distinct().toArray();
        int[] place = places(g.label());
        int last = Arrays.stream(place).max().orElse(0) + 1;
        if (g.rule() == Demand.Rule.APART && who.length > PAIRS) {
            double[] want = new double[p.entities];
            for (int i : who) want[i] = 1;
            double[] room = new double[last];
            Arrays.fill(room, 1);
            stocks.add(new Stock(want, place, room));
            return;
        }
        boolean apart = g.rule() == Demand.Rule.APART;
        if (!apart && g.rule() != Demand.Rule.TOGETHER) return;
        Ban ban = apart ? (x, y) -> place[x] == place[y] : (x, y) -> place[x] != place[y];
        for (int k = 0; k < who.length; k++) {
            int to = apart || who.length <= PAIRS ? who.length : k == 0 ? who.length : 0;
            for (int l = k + 1; l < to; l++) bans.merge((long) who[k] << 32 | who[l], ban, Softened::either);
        }
    }

    private int[] places(String label) {
        Map<String, Integer> known = new HashMap<>();
        int[] of = new int[p.hosts];
        for (int h = 0; h < p.hosts; h++) {
            Substrate.Host host = p.host(h);
            String value = label.isEmpty() ? null : host.labels().get(label);
            String key = value == null ? "h" + h : "v" + value;
            of[h] = known.computeIfAbsent(key, k -> known.size());
        }
        return of;
    }

    /** Whether anything has a price that must be found. */
    boolean priced() {
        return weighs || !stocks.isEmpty();
    }

    /** By entity what it costs by itself at each host under the prices; null: nothing anywhere. */
    double[][] own(double[][] prices, double[] load) {
        double[][] own = new double[p.entities][];
        double w = p.demand.weights().balance();
        for (int i = 0; i < p.entities; i++) {
            double l = p.entity(i).load();
            boolean any = p.allowed[i] != null && pin[i] < 0 || p.current[i] != Problem.NOWHERE && p.movePrice[i] > 0 || weighs && l > 0;
            for (Stock s : stocks) any |= prices != null && s.want[i] > 0;
            if (!any) continue;
            double[] u = new double[p.hosts];
            for (int h = 0; h < p.hosts; h++) {
                u[h] = p.move(i, h) + (p.allows(i, h) ? 0 : far);
                if (weighs && l > 0) u[h] += w * l * 2 * (p.host(h).load() + load[h]) / p.host(h).capacity();
            }
            for (int s = 0; s < stocks.size() && prices != null; s++) {
                Stock stock = stocks.get(s);
                if (stock.want[i] > 0) for (int h = 0; h < p.hosts; h++) u[h] += stock.want[i] * prices[s][stock.place[h]];
            }
            own[i] = u;
        }
        return own;
    }

    /** What is to be added to the field's cost or bound under the prices; at most 0. */
    double constant(double[][] prices, double[] load) {
        double sum = 0;
        for (int s = 0; s < stocks.size() && prices != null; s++) {
            double[] room = stocks.get(s).room;
            for (int k = 0; k < room.length; k++) sum -= prices[s][k] * room[k];
        }
        for (int h = 0; h < p.hosts && weighs; h++) sum -= p.demand.weights().balance() * load[h] * load[h] / p.host(h).capacity();
        return sum;
    }

    Field field(double[][] prices, double[] load) {
        return new Field(matrix, edges, at, own(prices, load), pin, far);
    }
}
