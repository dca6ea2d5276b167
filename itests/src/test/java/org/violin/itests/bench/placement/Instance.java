// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.bench.placement;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.violin.api.placement.Demand;
import org.violin.api.placement.Distances;
import org.violin.api.placement.Substrate;

/**
 * One question of the benchmark. The generators are seeded by the instance's name; a change of what they make raises {@link #VERSION},
 * and figures of different versions must not be compared.
 *
 * @param note what the reader should know of it; empty: nothing
 */
record Instance(String name, Demand demand, Substrate substrate, Map<String, String> current, String note) {
    /** Of the generators. */
    static final int VERSION = 1;

    private static final int SITE = 8;

    /** Hosts without limits but so many slots each. */
    static Substrate mesh(int n, double[] millis, int slots) {
        List<Substrate.Host> hosts = new ArrayList<>();
        for (int h = 0; h < n; h++) {
            hosts.add(new Substrate.Host("h" + h, Double.POSITIVE_INFINITY, Long.MAX_VALUE, 1, 0, slots, Double.POSITIVE_INFINITY,
                    Double.POSITIVE_INFINITY, Map.of()));
        }
        return new Substrate(hosts, new Distances(n, millis, null), List.of());
    }

    /** The first n hosts of a matrix; a matrix is symmetrised by who reads it. */
    static double[] part(double[] millis, int n) {
        int all = (int) Math.round(Math.sqrt(millis.length));
        double[] part = new double[n * n];
        for (int i = 0; i < n; i++) System.arraycopy(millis, i * all, part, i * n, n);
        return part;
    }

    /**
     * More hosts than were measured: each one beyond is a measured one seen from 0.2 to 2 ms further away. Synthetic.
     */
    static double[] grown(double[] millis, int n) {
        int had = (int) Math.round(Math.sqrt(millis.length));
        SplittableRandom random = new SplittableRandom(n * 31L + VERSION);
        int[] of = new int[n];
        double[] local = new double[n];
        for (int i = 0; i < n; i++) {
            of[i] = i < had ? i : random.nextInt(had);
            local[i] = i < had ? 0 : 0.2 + 1.8 * random.nextDouble();
        }
        double[] all = new double[n * n];
        for (int i = 0; i < n; i++) for (int j = 0; j < n; j++) all[i * n + j] = i == j ? 0 : millis[of[i] * had + of[j]] + local[i] + local[j];
        return all;
    }

    /**
     * Each node of the network is a vRouter and a vSwitch that may go anywhere and so many vHosts, pinned to hosts near a random one;
     * demands by gravity with log-normal masses unless the network has its own, over ways of the fewest hops. Mbit/s are scaled so
     * that nodes send 1 each on average.
     *
     * @param pinned how many of a node's {@code vhosts} are pinned; the others are free
     */
    static Instance of(Net net, Substrate substrate, int vhosts, int pinned) {
        SplittableRandom random = new SplittableRandom(net.name().hashCode() * 31L + VERSION);
        int n = net.size();
        int hosts = substrate.hosts().size();
        double[][] between = net.demands() == null ? gravity(n, random) : net.demands();
        double sum = 0;
        for (double[] row : between) for (double d : row) sum += d;
        double scale = sum > 0 ? n / sum : 1;
        double[] loads = net.loads(between);
        List<Demand.Entity> entities = new ArrayList<>();
        List<Demand.Traffic> traffic = new ArrayList<>();
        int[] taken = new int[hosts];
        for (int i = 0; i < n; i++) {
            entities.add(entity("r" + i, List.of()));
            entities.add(entity("s" + i, List.of()));
            double out = 0;
            for (int j = 0; j < n; j++) out += between[i][j] + between[j][i];
            out = Math.max(out * scale, 1e-3);
            traffic.add(link("s" + i, "r" + i, out));
            double[] share = new double[vhosts];
            double shares = 0;
            for (int v = 0; v < vhosts; v++) shares += share[v] = normal(random, 0.5);
            int[] site = nearest(substrate, random.nextInt(hosts));
            for (int v = 0; v < vhosts; v++) {
                String name = "v" + i + "x" + v;
                if (v < pinned) {
                    int k = random.nextInt(Math.min(SITE, hosts));
                    while (taken[site[k]] >= substrate.hosts().get(site[k]).slots()) k = (k + 1) % hosts;
                    taken[site[k]]++;
                    entities.add(entity(name, List.of("h" + site[k])));
                } else {
                    entities.add(entity(name, List.of()));
                }
                traffic.add(link(name, "s" + i, out * share[v] / shares));
            }
        }
        for (int e = 0; e < loads.length; e++) traffic.add(link("r" + net.links().get(e)[0], "r" + net.links().get(e)[1], loads[e] * scale));
        return new Instance(net.name(), new Demand(entities, traffic, List.of(), Demand.Weights.LATENCY, true), substrate, Map.of(), net.note());
    }

    /** A random tree of vRouters with a quarter more links, each with a LAN of a vSwitch and three vHosts; in every second LAN one is pinned. */
    static Instance scale(int size, Substrate substrate) {
        SplittableRandom random = new SplittableRandom(size * 31L + VERSION);
        int lans = size / 5;
        List<Demand.Entity> entities = new ArrayList<>();
        List<Demand.Traffic> traffic = new ArrayList<>();
        for (int i = 0; i < lans; i++) {
            entities.add(entity("r" + i, List.of()));
            entities.add(entity("s" + i, List.of()));
            double out = 0;
            for (int v = 0; v < 3; v++) {
                boolean pin = v == 0 && i % 2 == 0;
                entities.add(entity("v" + i + "x" + v, pin ? List.of("h" + random.nextInt(substrate.hosts().size())) : List.of()));
                double rate = normal(random, 1);
                out += rate;
                traffic.add(link("v" + i + "x" + v, "s" + i, rate));
            }
            traffic.add(link("s" + i, "r" + i, out));
            if (i > 0) traffic.add(link("r" + i, "r" + random.nextInt(i), normal(random, 1)));
        }
        for (int k = 0; k < lans / 4; k++) {
            int a = random.nextInt(lans);
            int b = random.nextInt(lans);
            if (a != b) traffic.add(link("r" + a, "r" + b, normal(random, 1)));
        }
        return new Instance(size + " x " + substrate.hosts().size(), new Demand(entities, traffic, List.of(), Demand.Weights.LATENCY, true), substrate, Map.of(), "");
    }

    /** The same, placed already, with a price on each move. */
    Instance priced(Map<String, String> at, Substrate now, double price) {
        List<Demand.Entity> entities = new ArrayList<>();
        for (Demand.Entity e : demand.entities()) {
            entities.add(new Demand.Entity(e.name(), e.cpus(), e.memoryBytes(), e.load(), e.hosts(), e.why(), price));
        }
        return new Instance(name, new Demand(entities, demand.traffic(), demand.groups(), new Demand.Weights(0, 0, 0, 1), demand.colocation()), now, at, note);
    }

    long free() {
        return demand.entities().stream().filter(e -> e.hosts().isEmpty()).count();
    }

    private static double[][] gravity(int n, SplittableRandom random) {
        double[] mass = new double[n];
        for (int i = 0; i < n; i++) mass[i] = normal(random, 1);
        double[][] between = new double[n][n];
        for (int i = 0; i < n; i++) for (int j = 0; j < n; j++) if (i != j) between[i][j] = mass[i] * mass[j];
        return between;
    }

    /** Log-normal: e to the power of a normal number of that deviation. */
    private static double normal(SplittableRandom random, double deviation) {
        double u = 1 - random.nextDouble();
        return Math.exp(deviation * Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * random.nextDouble()));
    }

    private static int[] nearest(Substrate s, int h) {
        List<Integer> order = new ArrayList<>();
        for (int q = 0; q < s.hosts().size(); q++) order.add(q);
        order.sort(java.util.Comparator.comparingDouble(q -> s.distances().millis(h, q)));
        return order.stream().mapToInt(Integer::intValue).toArray();
    }

    private static Demand.Entity entity(String name, List<String> hosts) {
        return new Demand.Entity(name, 0, 0, 0, hosts, hosts.isEmpty() ? "" : "pinned to " + hosts.get(0), 0);
    }

    private static Demand.Traffic link(String a, String b, double megabits) {
        return new Demand.Traffic(a, b, megabits, 0, Double.POSITIVE_INFINITY);
    }
}
