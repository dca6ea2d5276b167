// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.bench.placement;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.violin.api.placement.Answer;
import org.violin.api.placement.Demand;
import org.violin.api.placement.Distances;
import org.violin.api.placement.PlacementStrategy;
import org.violin.api.placement.Substrate;
import org.violin.api.placement.Terms;

/**
 * Requests come and go on a substrate: each is embedded one-to-one with single paths, or refused. What is accepted is checked against
 * the residual substrate by {@link Checker}; distances are hops.
 */
final class Embedding {
    /**
     * What came out.
     *
     * @param earned revenue of the accepted: CPU and bandwidth asked
     * @param spent their cost: CPU, and bandwidth on each wire
     * @param faults what the checker found
     */
    record Outcome(int asked, int accepted, double earned, double spent, double meanMillis, double worstMillis, List<String> faults) {
        double acceptance() {
            return (double) accepted / asked;
        }

        double revenueToCost() {
            return spent == 0 ? 0 : earned / spent;
        }
    }

    private record Leaving(double time, Map<String, Double> cpu, double[] wires) {}

    private Embedding() {}

    static Outcome run(Requests all, PlacementStrategy strategy, int most, Duration deadline) {
        int n = all.cpu().length;
        double[] cpu = all.cpu().clone();
        double[] wires = all.links().stream().mapToDouble(l -> l[2]).toArray();
        Map<String, Integer> wireOf = new HashMap<>();
        for (int w = 0; w < wires.length; w++) {
            int[] ends = {(int) all.links().get(w)[0], (int) all.links().get(w)[1]};
            wireOf.put(ends[0] + " " + ends[1], w);
            wireOf.put(ends[1] + " " + ends[0], w);
        }
        Distances hops = hops(n, all.links());
        PriorityQueue<Leaving> leaving = new PriorityQueue<>(java.util.Comparator.comparingDouble(Leaving::time));
        List<String> faults = new ArrayList<>();
        int accepted = 0;
        double earned = 0;
        double spent = 0;
        double total = 0;
        double worst = 0;
        int asked = Math.min(most, all.requests().size());
        for (int k = 0; k < asked; k++) {
            Requests.Request request = all.requests().get(k);
            while (!leaving.isEmpty() && leaving.peek().time() <= request.arrival()) {
                Leaving gone = leaving.remove();
                gone.cpu().forEach((h, c) -> cpu[Integer.parseInt(h.substring(1))] += c);
                for (int w = 0; w < wires.length; w++) wires[w] += gone.wires()[w];
            }
            Substrate substrate = substrate(cpu, wires, all.links(), hops);
            Demand demand = demand(request);
            long begin = System.nanoTime();
            Answer answer = strategy.place(demand, substrate, Map.of(), new Terms(1, deadline, false));
            double millis = (System.nanoTime() - begin) / 1e6;
            total += millis;
            worst = Math.max(worst, millis);
            for (String fault : new Checker(demand, substrate).faults(answer, Map.of())) faults.add("request " + k + ": " + fault);
            if (!answer.complete() || !faults.isEmpty()) continue;
            accepted++;
            double[] used = new double[wires.length];
            Map<String, Double> cores = new HashMap<>();
            for (int i = 0; i < request.cpu().length; i++) {
                String host = answer.placement().get("e" + i);
                cores.merge(host, request.cpu()[i], Double::sum);
                cpu[Integer.parseInt(host.substring(1))] -= request.cpu()[i];
                earned += request.cpu()[i];
                spent += request.cpu()[i];
            }
            for (int t = 0; t < request.links().size(); t++) {
                double rate = request.links().get(t)[2];
                List<String> path = answer.paths().get(t);
                for (int i = 1; i < path.size(); i++) {
                    int w = wireOf.get(path.get(i - 1).substring(1) + " " + path.get(i).substring(1));
                    used[w] += rate;
                    wires[w] -= rate;
                    spent += rate;
                }
                earned += rate;
            }
            leaving.add(new Leaving(request.arrival() + request.lifetime(), cores, used));
        }
        return new Outcome(asked, accepted, earned, spent, total / asked, worst, faults);
    }

    static Demand demand(Requests.Request request) {
        List<Demand.Entity> entities = new ArrayList<>();
        for (int i = 0; i < request.cpu().length; i++) entities.add(new Demand.Entity("e" + i, request.cpu()[i], 0, 0, List.of(), "", 0));
        List<Demand.Traffic> traffic = new ArrayList<>();
        for (double[] l : request.links()) traffic.add(new Demand.Traffic("e" + (int) l[0], "e" + (int) l[1], l[2], l[2], Double.POSITIVE_INFINITY));
        return new Demand(entities, traffic, List.of(), Demand.Weights.LATENCY, false);
    }

    static Substrate substrate(double[] cpu, double[] wires, List<double[]> links, Distances hops) {
        List<Substrate.Host> hosts = new ArrayList<>();
        for (int h = 0; h < cpu.length; h++) {
            hosts.add(new Substrate.Host("h" + h, cpu[h], Long.MAX_VALUE, 1, 0, Integer.MAX_VALUE, Double.POSITIVE_INFINITY,
                    Double.POSITIVE_INFINITY, Map.of()));
        }
        List<Substrate.Wire> all = new ArrayList<>();
        for (int w = 0; w < wires.length; w++) all.add(new Substrate.Wire("h" + (int) links.get(w)[0], "h" + (int) links.get(w)[1], wires[w]));
        return new Substrate(hosts, hops, all);
    }

    /** Fewest wires between each two nodes; n where there is no way. */
    static Distances hops(int n, List<double[]> links) {
        double[] all = new double[n * n];
        Arrays.fill(all, n);
        for (int i = 0; i < n; i++) all[i * n + i] = 0;
        for (double[] l : links) {
            all[(int) l[0] * n + (int) l[1]] = 1;
            all[(int) l[1] * n + (int) l[0]] = 1;
        }
        for (int k = 0; k < n; k++) {
            for (int i = 0; i < n; i++) for (int j = 0; j < n; j++) all[i * n + j] = Math.min(all[i * n + j], all[i * n + k] + all[k * n + j]);
        }
        return new Distances(n, all, null);
    }
}
