// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.bench.placement;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.violin.api.placement.Answer;
import org.violin.api.placement.Demand;
import org.violin.api.placement.Substrate;

/**
 * Looks at an answer with eyes of its own: the cost anew, every rule, and that the bound is none above the cost. Shares no code with the
 * library of the strategies; straight from demand and matrix, in double.
 */
final class Checker {
    private static final double SLACK = 1e-9;
    private final Demand demand;
    private final Substrate substrate;
    private final Map<String, Integer> hosts = new HashMap<>();

    Checker(Demand demand, Substrate substrate) {
        this.demand = demand;
        this.substrate = substrate;
        for (int h = 0; h < substrate.hosts().size(); h++) hosts.put(substrate.hosts().get(h).name(), h);
    }

    /** The objective of a placement; every entity must have a host that is there. */
    double cost(Map<String, String> at, Map<String, String> current) {
        Demand.Weights w = demand.weights();
        double sum = 0;
        for (Demand.Traffic t : demand.traffic()) {
            int p = hosts.get(at.get(t.a()));
            int q = hosts.get(at.get(t.b()));
            if (p != q) sum += t.megabits() * (substrate.distances().millis(p, q) + w.loss() * substrate.distances().loss(p, q) + w.access() / 2 * (access(p) + access(q)));
        }
        double[] load = new double[substrate.hosts().size()];
        for (Demand.Entity e : demand.entities()) {
            load[hosts.get(at.get(e.name()))] += e.load();
            String before = current.get(e.name());
            if (before != null && hosts.containsKey(before) && !before.equals(at.get(e.name()))) sum += w.moves() * e.movePrice();
        }
        for (int h = 0; h < load.length; h++) {
            Substrate.Host host = substrate.hosts().get(h);
            sum += w.balance() * (Math.pow(host.load() + load[h], 2) - Math.pow(host.load(), 2)) / host.capacity();
        }
        return sum;
    }

    /** All that is wrong with an answer; empty: nothing. */
    List<String> faults(Answer answer, Map<String, String> current) {
        List<String> wrong = new ArrayList<>();
        if (!answer.complete()) {
            if (!answer.placement().isEmpty()) wrong.add("refused, yet something is placed");
            return wrong;
        }
        Map<String, String> at = answer.placement();
        for (Demand.Entity e : demand.entities()) if (!hosts.containsKey(at.getOrDefault(e.name(), ""))) wrong.add(e.name() + " has no host");
        if (at.size() != demand.entities().size()) wrong.add(at.size() + " are placed, " + demand.entities().size() + " were asked");
        if (!wrong.isEmpty()) return wrong;
        places(at, wrong);
        groups(at, wrong);
        if (substrate.wires().isEmpty()) mesh(at, wrong);
        else wires(answer, wrong);
        double cost = cost(at, current);
        if (Math.abs(cost - answer.cost().total()) > 1e-6 * Math.max(1, cost)) wrong.add("cost is " + cost + ", not " + answer.cost().total());
        if (answer.bound().isPresent() && !(answer.bound().getAsDouble() <= cost * (1 + SLACK) + SLACK)) wrong.add("bound " + answer.bound().getAsDouble() + " above cost " + cost);
        return wrong;
    }

    private double access(int h) {
        return 1 / substrate.hosts().get(h).upMegabits() + 1 / substrate.hosts().get(h).downMegabits();
    }

    private void places(Map<String, String> at, List<String> wrong) {
        int n = substrate.hosts().size();
        double[] cpus = new double[n];
        double[] memory = new double[n];
        int[] count = new int[n];
        for (Demand.Entity e : demand.entities()) {
            int h = hosts.get(at.get(e.name()));
            if ((!e.hosts().isEmpty() || !e.why().isEmpty()) && !e.hosts().contains(at.get(e.name()))) wrong.add(e.name() + " must not be on " + at.get(e.name()));
            cpus[h] += e.cpus();
            memory[h] += e.memoryBytes();
            count[h]++;
        }
        for (int h = 0; h < n; h++) {
            Substrate.Host host = substrate.hosts().get(h);
            if (count[h] == 0) continue;
            if (cpus[h] > 0 && cpus[h] > host.cpus() + SLACK) wrong.add(host.name() + " has " + host.cpus() + " cores, not " + cpus[h]);
            if (memory[h] > 0 && memory[h] > host.memoryBytes()) wrong.add(host.name() + " has not memory for " + memory[h]);
            if (count[h] > host.slots()) wrong.add(host.name() + " takes " + host.slots() + ", not " + count[h]);
            if (!demand.colocation() && count[h] > 1) wrong.add(host.name() + " has " + count[h] + " of them");
        }
    }

    private void groups(Map<String, String> at, List<String> wrong) {
        for (Demand.Group g : demand.groups()) {
            Set<String> places = new HashSet<>();
            for (String e : g.entities()) {
                Substrate.Host host = substrate.hosts().get(hosts.get(at.get(e)));
                places.add(g.label().isEmpty() || !host.labels().containsKey(g.label()) ? "host " + host.name() : "label " + host.labels().get(g.label()));
            }
            boolean kept = switch (g.rule()) {
                case APART -> places.size() == new HashSet<>(g.entities()).size();
                case SPREAD -> places.size() >= g.places();
                case TOGETHER -> places.size() <= 1;
            };
            if (!kept) wrong.add("group " + g.name() + ": " + g.rule() + " is in " + places);
        }
    }

    private void mesh(Map<String, String> at, List<String> wrong) {
        double[] reserved = new double[substrate.hosts().size()];
        for (Demand.Traffic t : demand.traffic()) {
            int p = hosts.get(at.get(t.a()));
            int q = hosts.get(at.get(t.b()));
            if (p == q) continue;
            if (substrate.distances().millis(p, q) > t.maxMillis() + SLACK) wrong.add(t.a() + " -- " + t.b() + " takes " + substrate.distances().millis(p, q) + " ms");
            reserved[p] += t.reserved();
            reserved[q] += t.reserved();
        }
        for (int h = 0; h < reserved.length; h++) {
            Substrate.Host host = substrate.hosts().get(h);
            if (reserved[h] > Math.min(host.upMegabits(), host.downMegabits()) + SLACK) wrong.add(host.name() + ": " + reserved[h] + " Mbit/s reserved");
        }
    }

    private void wires(Answer answer, List<String> wrong) {
        Map<Set<String>, double[]> left = new HashMap<>();
        for (Substrate.Wire w : substrate.wires()) left.computeIfAbsent(Set.of(w.a(), w.b()), k -> new double[1])[0] += w.megabits();
        for (int k = 0; k < demand.traffic().size(); k++) {
            Demand.Traffic t = demand.traffic().get(k);
            String from = answer.placement().get(t.a());
            String to = answer.placement().get(t.b());
            if (from.equals(to)) continue;
            if (substrate.distances().millis(hosts.get(from), hosts.get(to)) > t.maxMillis() + SLACK) wrong.add(t.a() + " -- " + t.b() + " is too far");
            List<String> path = answer.paths().get(k);
            if (path == null || path.size() < 2) {
                wrong.add("traffic " + k + " has no path");
                continue;
            }
            Set<String> ends = Set.of(path.get(0), path.get(path.size() - 1));
            if (!ends.equals(Set.of(from, to))) wrong.add("path " + k + " joins others");
            if (new HashSet<>(path).size() != path.size()) wrong.add("path " + k + " crosses itself");
            for (int i = 1; i < path.size(); i++) {
                double[] rest = path.get(i).equals(path.get(i - 1)) ? null : left.get(Set.of(path.get(i), path.get(i - 1)));
                if (rest == null) wrong.add("path " + k + ": no wire " + path.get(i - 1) + " -- " + path.get(i));
                else if ((rest[0] -= t.reserved()) < -SLACK) wrong.add("wire " + path.get(i - 1) + " -- " + path.get(i) + " is overfull");
            }
        }
    }
}
