// SPDX-License-Identifier: Apache-2.0
package org.violin.placement;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.violin.api.placement.Demand;
import org.violin.api.placement.Substrate;

/**
 * Checks a whole placement against every hard rule, by names and from the question itself: shares no code with the ledger, so that one
 * finds the other's mistakes. Called by: control before it acts on an answer, tests, benchmarks.
 */
public final class Rules {
    private static final double SLACK = 1e-6;

    private Rules() {}

    /**
     * The rules that are broken, in words; empty: none.
     *
     * @param paths by index of the traffic; only read where the substrate has wires
     */
    public static List<String> broken(Demand demand, Substrate substrate, Map<String, String> placement, Map<Integer, List<String>> paths) {
        List<String> found = new ArrayList<>();
        Map<String, Substrate.Host> hosts = new HashMap<>();
        Map<String, Integer> index = new HashMap<>();
        for (Substrate.Host host : substrate.hosts()) {
            index.put(host.name(), index.size());
            hosts.put(host.name(), host);
        }
        for (Demand.Entity e : demand.entities()) {
            String host = placement.get(e.name());
            if (host == null) {
                found.add(e.name() + " has no place");
            } else if (!hosts.containsKey(host)) {
                found.add(e.name() + " is on " + host + ", which is not there");
            } else if (!e.hosts().isEmpty() && !e.hosts().contains(host)) {
                found.add(e.name() + " is on " + host + ", " + e.why());
            }
        }
        if (placement.size() != demand.entities().size()) found.add(placement.size() + " places for " + demand.entities().size() + " entities");
        if (!found.isEmpty()) return found;
        capacity(demand, hosts, placement, found);
        traffic(demand, substrate, index, placement, found);
        for (Demand.Group group : demand.groups()) group(group, hosts, placement, found);
        if (!substrate.wires().isEmpty()) paths(demand, substrate, placement, paths, found);
        return found;
    }

    private static void capacity(Demand demand, Map<String, Substrate.Host> hosts, Map<String, String> placement, List<String> found) {
        Map<String, double[]> used = new TreeMap<>();
        for (Demand.Entity e : demand.entities()) {
            double[] u = used.computeIfAbsent(placement.get(e.name()), k -> new double[3]);
            u[0] += e.cpus();
            u[1] += e.memoryBytes();
            u[2]++;
        }
        used.forEach((name, u) -> {
            Substrate.Host host = hosts.get(name);
            if (u[0] > 0 && u[0] > host.cpus() + SLACK) found.add(name + ": " + u[0] + " cpus asked of " + host.cpus());
            if (u[1] > 0 && u[1] > host.memoryBytes()) found.add(name + ": " + u[1] + " bytes asked of " + host.memoryBytes());
            int slots = demand.colocation() ? host.slots() : Math.min(1, host.slots());
            if (u[2] > slots) found.add(name + ": " + (int) u[2] + " entities on " + slots + " slots");
        });
    }

    private static void traffic(Demand demand, Substrate substrate, Map<String, Integer> index, Map<String, String> placement,
            List<String> found) {
        double[] reserved = new double[substrate.hosts().size()];
        for (Demand.Traffic t : demand.traffic()) {
            int p = index.get(placement.get(t.a()));
            int q = index.get(placement.get(t.b()));
            if (p == q) continue;
            reserved[p] += t.reserved();
            reserved[q] += t.reserved();
            double millis = substrate.distances().millis(p, q);
            if (millis > t.maxMillis() + SLACK) {
                found.add(String.format(Locale.ROOT, "%s -- %s: %.3f ms, limit %.3f ms", t.a(), t.b(), millis, t.maxMillis()));
            }
        }
        for (int h = 0; h < reserved.length; h++) {
            Substrate.Host host = substrate.hosts().get(h);
            double least = Math.min(host.upMegabits(), host.downMegabits());
            if (reserved[h] > 0 && reserved[h] > least + SLACK) found.add(host.name() + ": " + reserved[h] + " Mbit/s reserved of " + least);
        }
    }

    private static void group(Demand.Group group, Map<String, Substrate.Host> hosts, Map<String, String> placement, List<String> found) {
        Set<String> places = new HashSet<>();
        Set<String> entities = new HashSet<>(group.entities());
        for (String entity : entities) {
            String host = placement.get(entity);
            String value = group.label().isEmpty() ? null : hosts.get(host).labels().get(group.label());
            places.add(value == null ? "host " + host : "place " + value);
        }
        boolean kept = switch (group.rule()) {
            case APART -> places.size() == entities.size();
            case TOGETHER -> places.size() <= 1;
            case SPREAD -> places.size() >= group.places();
        };
        if (!kept) found.add("group " + group.name() + " (" + group.rule() + "): " + entities.size() + " entities in " + places.size() + " places");
    }

    private static void paths(Demand demand, Substrate substrate, Map<String, String> placement, Map<Integer, List<String>> paths,
            List<String> found) {
        Map<String, Double> left = new HashMap<>();
        for (Substrate.Wire w : substrate.wires()) left.merge(wire(w.a(), w.b()), w.megabits(), Double::sum);
        for (int t = 0; t < demand.traffic().size(); t++) {
            Demand.Traffic traffic = demand.traffic().get(t);
            String name = traffic.a() + " -- " + traffic.b();
            String from = placement.get(traffic.a());
            String to = placement.get(traffic.b());
            List<String> path = paths.get(t);
            if (from.equals(to)) continue;
            if (path == null || !path.get(0).equals(from) || !path.get(path.size() - 1).equals(to)) {
                found.add(name + ": no path from " + from + " to " + to + ", but " + path);
                continue;
            }
            for (int k = 1; k < path.size(); k++) {
                String wire = wire(path.get(k - 1), path.get(k));
                Double rate = left.computeIfPresent(wire, (w, l) -> l - traffic.reserved());
                if (rate == null) found.add(name + ": there is no wire " + path.get(k - 1) + " -- " + path.get(k));
            }
        }
        new TreeMap<>(left).forEach((wire, rate) -> {
            if (rate < -SLACK) found.add("wire " + wire + " has " + -rate + " Mbit/s too many");
        });
    }

    private static String wire(String a, String b) {
        return a.compareTo(b) < 0 ? a + " -- " + b : b + " -- " + a;
    }
}
