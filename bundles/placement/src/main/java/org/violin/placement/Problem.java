// SPDX-License-Identifier: Apache-2.0
package org.violin.placement;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.violin.api.placement.Cost;
import org.violin.api.placement.Demand;
import org.violin.api.placement.Substrate;

/**
 * A question in numbers: entities and hosts are indices, parallel traffic is added up, and the objective is a sum of terms of one and of
 * two entities plus the balance. Strategies compute on this; nothing here looks at a clock. Immutable.
 *
 * <p>Objective: sum of {@code rate(e) * between(p, q)} over edges, plus {@code moves(i, p)} over entities, plus the balance of
 * {@link Cost}. {@code between} has latency, loss and access in it, is symmetric, and 0 on the diagonal.
 */
public final class Problem {
    /** Where an entity is that is nowhere yet. */
    public static final int NOWHERE = -1;

    public final Demand demand;
    public final Substrate substrate;
    public final int entities;
    public final int hosts;
    /** Edge e joins entities {@code a[e]} and {@code b[e]}, with {@code rate[e]} Mbit/s. */
    public final int[] a;
    public final int[] b;
    public final double[] rate;
    public final double[] reserved;
    /** Longest round-trip time of edge e; infinite: none. */
    public final double[] maxMillis;
    /** Edges of entity i: {@code edges[first[i] .. first[i + 1] - 1]}. */
    public final int[] first;
    public final int[] edges;
    /** Hosts that entity i may go to, ascending; null: all. */
    public final int[][] allowed;
    /** Where entity i is now; {@link #NOWHERE}: it is new, or its host is gone. */
    public final int[] current;
    public final double[] movePrice;
    private final double[] between;
    private final Map<String, Integer> entityIndex = new HashMap<>();
    private final Map<String, Integer> hostIndex = new HashMap<>();

    /** @throws IllegalArgumentException when names are double or traffic and groups name what is not there */
    public Problem(Demand demand, Substrate substrate, Map<String, String> now) {
        this(demand, substrate, now, between(demand.weights(), substrate));
    }

    /** Another demand on the same hosts, with the same weights and nothing placed; shares the matrix. */
    Problem with(Demand other, Substrate same) {
        return new Problem(other, same, Map.of(), between);
    }

    private Problem(Demand demand, Substrate substrate, Map<String, String> now, double[] between) {
        this.demand = demand;
        this.substrate = substrate;
        entities = demand.entities().size();
        hosts = substrate.hosts().size();
        for (int h = 0; h < hosts; h++) index(hostIndex, substrate.hosts().get(h).name(), h);
        for (int i = 0; i < entities; i++) index(entityIndex, demand.entities().get(i).name(), i);
        this.between = between;
        Map<Long, double[]> pairs = new java.util.LinkedHashMap<>();
        for (Demand.Traffic t : demand.traffic()) {
            int from = entity(t.a());
            int to = entity(t.b());
            if (from == to) continue;
            double[] sums = pairs.computeIfAbsent((long) Math.min(from, to) << 32 | Math.max(from, to),
                    k -> new double[] {0, 0, Double.POSITIVE_INFINITY});
            sums[0] += t.megabits();
            sums[1] += t.reserved();
            sums[2] = Math.min(sums[2], t.maxMillis());
        }
        a = new int[pairs.size()];
        b = new int[a.length];
        rate = new double[a.length];
        reserved = new double[a.length];
        maxMillis = new double[a.length];
        int[] degree = new int[entities + 1];
        int e = 0;
        for (Map.Entry<Long, double[]> pair : pairs.entrySet()) {
            a[e] = (int) (pair.getKey() >> 32);
            b[e] = (int) (long) pair.getKey();
            rate[e] = pair.getValue()[0];
            reserved[e] = pair.getValue()[1];
            maxMillis[e] = pair.getValue()[2];
            degree[a[e]]++;
            degree[b[e]]++;
            e++;
        }
        first = new int[entities + 1];
        for (int i = 0; i < entities; i++) first[i + 1] = first[i] + degree[i];
        edges = new int[2 * a.length];
        int[] at = Arrays.copyOf(first, entities);
        for (e = 0; e < a.length; e++) {
            edges[at[a[e]]++] = e;
            edges[at[b[e]]++] = e;
        }
        allowed = new int[entities][];
        current = new int[entities];
        movePrice = new double[entities];
        for (int i = 0; i < entities; i++) {
            Demand.Entity entity = demand.entities().get(i);
            String here = now.get(entity.name());
            current[i] = here == null ? NOWHERE : hostIndex.getOrDefault(here, NOWHERE);
            movePrice[i] = entity.movePrice() * demand.weights().moves();
            if (!entity.why().isEmpty() || !entity.hosts().isEmpty()) allowed[i] = allowed(entity);
        }
        for (Demand.Group group : demand.groups()) group.entities().forEach(this::entity);
    }

    /** Weight of a megabit per second between two hosts. */
    public double between(int p, int q) {
        return between[p * hosts + q];
    }

    /** All of {@link #between}, row by row; must not be changed. */
    public double[] between() {
        return between;
    }

    /** The far end of an edge. */
    public int other(int edge, int entity) {
        return a[edge] == entity ? b[edge] : a[edge];
    }

    /** Index of an entity. */
    public int entity(String name) {
        Integer i = entityIndex.get(name);
        if (i == null) throw new IllegalArgumentException("there is no entity '" + name + "'");
        return i;
    }

    /** Index of a host; {@link #NOWHERE} when there is none of that name. */
    public int host(String name) {
        return hostIndex.getOrDefault(name, NOWHERE);
    }

    public Demand.Entity entity(int i) {
        return demand.entities().get(i);
    }

    public Substrate.Host host(int h) {
        return substrate.hosts().get(h);
    }

    /** Whether an entity may go to a host by its own rule. */
    public boolean allows(int i, int h) {
        return allowed[i] == null || Arrays.binarySearch(allowed[i], h) >= 0;
    }

    /** The price of entity i being at h instead of where it is. */
    public double move(int i, int h) {
        return current[i] == NOWHERE || current[i] == h ? 0 : movePrice[i];
    }

    /** What the edges of i cost with i at h and the others as in {@code at}; those that are {@link #NOWHERE} cost nothing. */
    public double local(int i, int h, int[] at) {
        double sum = 0;
        for (int k = first[i]; k < first[i + 1]; k++) {
            int q = at[other(edges[k], i)];
            if (q != NOWHERE) sum += rate[edges[k]] * between[h * hosts + q];
        }
        return sum;
    }

    /** The whole objective of a complete placement, part by part. */
    public Cost cost(int[] at) {
        Demand.Weights w = demand.weights();
        double latency = 0;
        double loss = 0;
        double all = 0;
        for (int e = 0; e < a.length; e++) {
            int p = at[a[e]];
            int q = at[b[e]];
            if (p == q) continue;
            latency += rate[e] * substrate.distances().millis(p, q);
            loss += rate[e] * w.loss() * substrate.distances().loss(p, q);
            all += rate[e] * between[p * hosts + q];
        }
        double moves = 0;
        double[] load = new double[hosts];
        for (int i = 0; i < entities; i++) {
            moves += move(i, at[i]);
            load[at[i]] += entity(i).load();
        }
        double balance = 0;
        for (int h = 0; h < hosts && w.balance() > 0; h++) balance += balance(h, load[h]);
        return new Cost(latency, loss, Math.max(0, all - latency - loss), balance, moves);
    }

    /** What a host's balance costs with so much load of ours on it; 0 with none. */
    public double balance(int h, double load) {
        Substrate.Host host = host(h);
        return demand.weights().balance() * load * (2 * host.load() + load) / host.capacity();
    }

    private int[] allowed(Demand.Entity entity) {
        List<Integer> found = new ArrayList<>();
        for (String name : entity.hosts()) if (hostIndex.containsKey(name)) found.add(hostIndex.get(name));
        return found.stream().mapToInt(Integer::intValue).sorted().distinct().toArray();
    }

    private static double[] between(Demand.Weights w, Substrate s) {
        int n = s.hosts().size();
        double[] access = new double[n];
        for (int h = 0; h < n; h++) access[h] = w.access() / 2 * (1 / s.hosts().get(h).upMegabits() + 1 / s.hosts().get(h).downMegabits());
        double[] all = new double[n * n];
        for (int p = 0; p < n; p++) {
            for (int q = 0; q < n; q++) {
                if (p != q) all[p * n + q] = s.distances().millis(p, q) + w.loss() * s.distances().loss(p, q) + access[p] + access[q];
            }
        }
        return all;
    }

    private static void index(Map<String, Integer> index, String name, int i) {
        if (index.put(name, i) != null) throw new IllegalArgumentException("there are two called '" + name + "'");
    }
}
