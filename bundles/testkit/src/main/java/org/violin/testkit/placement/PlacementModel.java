// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.placement;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.violin.api.placement.Demand;
import org.violin.api.placement.Distances;
import org.violin.api.placement.Substrate;

/** Rules and cost of a placement as the API's docstrings have them, slow and plain; and the optimum by trying all. */
public final class PlacementModel {
    private final Demand demand;
    private final Substrate substrate;
    private final Map<String, String> current;
    private final Map<String, Integer> index = new HashMap<>();
    private double least;
    private Map<String, String> best;

    public PlacementModel(Demand demand, Substrate substrate, Map<String, String> current) {
        this.demand = demand;
        this.substrate = substrate;
        this.current = current;
        for (Substrate.Host host : substrate.hosts()) index.put(host.name(), index.size());
    }

    /** The first rule that is broken; empty: none. Wires are not looked at. */
    public String broken(Map<String, String> at) {
        Map<String, double[]> used = new HashMap<>();
        substrate.hosts().forEach(h -> used.put(h.name(), new double[4]));
        for (Demand.Entity e : demand.entities()) {
            String host = at.get(e.name());
            if (host == null || !index.containsKey(host)) return e.name() + " is on " + host;
            if ((!e.hosts().isEmpty() || !e.why().isEmpty()) && !e.hosts().contains(host)) return e.name() + " must not be on " + host;
            double[] u = used.get(host);
            u[0] += e.cpus();
            u[1] += e.memoryBytes();
            u[2]++;
        }
        for (Demand.Traffic t : demand.traffic()) {
            String p = at.get(t.a());
            String q = at.get(t.b());
            if (p.equals(q)) continue;
            if (millis(p, q) > t.maxMillis() + 1e-6) return t + " but " + millis(p, q) + " ms";
            used.get(p)[3] += t.reserved();
            used.get(q)[3] += t.reserved();
        }
        for (Substrate.Host h : substrate.hosts()) {
            double[] u = used.get(h.name());
            boolean room = u[0] <= h.cpus() + 1e-6 || u[0] == 0;
            boolean memory = u[1] <= h.memoryBytes() || u[1] == 0;
            boolean slots = u[2] <= (demand.colocation() ? h.slots() : Math.min(1, h.slots()));
            boolean access = u[3] <= Math.min(h.upMegabits(), h.downMegabits()) + 1e-6 || u[3] == 0;
            if (!room || !memory || !slots || !access) return h.name() + " is too full: " + java.util.Arrays.toString(u);
        }
        for (Demand.Group g : demand.groups()) {
            Set<String> places = new HashSet<>();
            for (String e : g.entities()) {
                String label = substrate.hosts().get(index.get(at.get(e))).labels().get(g.label());
                places.add(g.label().isEmpty() || label == null ? "host:" + at.get(e) : "label:" + label);
            }
            int n = new HashSet<>(g.entities()).size();
            boolean kept = g.rule() == Demand.Rule.APART ? places.size() == n : g.rule() == Demand.Rule.TOGETHER ? places.size() == 1
                    : places.size() >= g.places();
            if (!kept && n > 0) return g + " but " + places;
        }
        return "";
    }

    /** The objective, as {@link org.violin.api.placement.Cost} has it. */
    public double cost(Map<String, String> at) {
        Demand.Weights w = demand.weights();
        Distances d = substrate.distances();
        double sum = 0;
        for (Demand.Traffic t : demand.traffic()) {
            String p = at.get(t.a());
            String q = at.get(t.b());
            if (p.equals(q)) continue;
            Substrate.Host x = substrate.hosts().get(index.get(p));
            Substrate.Host y = substrate.hosts().get(index.get(q));
            double access = (1 / x.upMegabits() + 1 / x.downMegabits() + 1 / y.upMegabits() + 1 / y.downMegabits()) / 2;
            sum += t.megabits() * (millis(p, q) + w.loss() * d.loss(index.get(p), index.get(q)) + w.access() * access);
        }
        Map<String, Double> load = new HashMap<>();
        for (Demand.Entity e : demand.entities()) {
            load.merge(at.get(e.name()), e.load(), Double::sum);
            String was = current.get(e.name());
            if (was != null && index.containsKey(was) && !was.equals(at.get(e.name()))) sum += w.moves() * e.movePrice();
        }
        for (Substrate.Host h : substrate.hosts()) {
            double ours = load.getOrDefault(h.name(), 0.0);
            sum += w.balance() * (Math.pow(h.load() + ours, 2) - Math.pow(h.load(), 2)) / h.capacity();
        }
        return sum;
    }

    /** Cheapest placement that keeps the rules, by trying all; null: there is none. For a handful of entities and hosts. */
    public Map<String, String> best() {
        least = Double.POSITIVE_INFINITY;
        best = null;
        walk(0, new HashMap<>());
        return best;
    }

    private void walk(int i, Map<String, String> at) {
        List<Demand.Entity> entities = demand.entities();
        if (i == entities.size()) {
            if (!broken(at).isEmpty() || cost(at) >= least) return;
            least = cost(at);
            best = new HashMap<>(at);
            return;
        }
        for (Substrate.Host host : substrate.hosts()) {
            at.put(entities.get(i).name(), host.name());
            walk(i + 1, at);
        }
    }

    private double millis(String p, String q) {
        return substrate.distances().millis(index.get(p), index.get(q));
    }
}
