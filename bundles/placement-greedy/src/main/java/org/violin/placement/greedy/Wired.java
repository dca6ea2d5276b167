// SPDX-License-Identifier: Apache-2.0
package org.violin.placement.greedy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.TreeMap;
import org.violin.api.placement.Answer;
import org.violin.api.placement.Demand;
import org.violin.api.placement.Substrate;
import org.violin.placement.Answers;
import org.violin.placement.Deadline;
import org.violin.placement.Explanation;
import org.violin.placement.Ledger;
import org.violin.placement.Problem;
import org.violin.placement.Search;

/**
 * Virtual network embedding: a substrate with wires, one path for each traffic. What counts first is how much of the wires is used (rate
 * reserved times wires passed), for that decides what finds room later. From many roots: outwards by rate, each entity where the sum of
 * rate times distance over wires with room is least; then single entities are taken out and put better, with their paths.
 */
final class Wired {
    private static final int ROOTS = 200;
    /** Steps over hosts and wires that one answer may take, before and after a first embedding is known. */
    private static final long WORK = 1_500_000;
    private static final long POLISH = 600_000;
    private static final int PICKS = 4;
    private static final int ROUNDS = 6;
    private static final int SHAKES = 60;

    private final Problem p;
    private final Deadline deadline;
    private final Wires wires;
    private final Ledger ledger;
    private final double[] rate;
    private final int[][] path;
    private final double[] score;
    private final double[] full;
    /** Wires that each path passes at least, and what no embedding can use less than. */
    private final int apart;
    private final double floor;
    private boolean cut;

    Wired(Problem problem, Deadline deadline) {
        p = problem;
        this.deadline = deadline;
        wires = new Wires(p);
        ledger = new Ledger(p);
        rate = new double[p.a.length];
        for (int e = 0; e < rate.length; e++) rate[e] = p.reserved[e] > 0 ? p.reserved[e] : 1e-6 * (1 + p.rate[e]);
        path = new int[rate.length][];
        apart = p.demand.colocation() ? 0 : 1;
        floor = apart * Arrays.stream(rate).sum() + 1e-9;
        score = new double[p.hosts];
        full = wires.left.clone();
    }

    Answer answer() {
        int[] at = best();
        if (at == null) {
            Map<String, String> why = why();
            return Answer.refused(why, cut || deadline.cut());
        }
        return Answers.of(p, at, OptionalDouble.empty(), paths(at), cut);
    }

    private Map<String, String> why() {
        Search search = new Search(p, 20_000, deadline);
        if (search.run() == Search.Outcome.NONE) return Explanation.of(p, deadline);
        double most = Arrays.stream(full).max().orElse(0);
        int widest = 0;
        for (int e = 1; e < p.a.length; e++) if (p.reserved[e] > p.reserved[widest]) widest = e;
        if (p.a.length == 0) return Explanation.of(p, deadline);
        String pair = p.entity(p.a[widest]).name() + " -- " + p.entity(p.b[widest]).name();
        String rates = pair + " reserves " + p.reserved[widest] + " Mbit/s; ";
        return Map.of(p.entity(p.a[widest]).name(), p.reserved[widest] > most ? rates + "the widest wire has " + most + " left"
                : "no way found for all reserved rates over the wires together; " + rates + "the widest wire has " + most + " left");
    }

    private int[] best() {
        int[] order = order(null);
        int[] best = null;
        int[][] ways = null;
        double least = Double.POSITIVE_INFINITY;
        Random random = new Random(1);
        Integer[] roots = roots(order);
        for (int k = 0; k < ROOTS + SHAKES && !cut; k++) {
            if (k >= roots.length && (best != null || p.entities < 2)) break;
            if (k >= roots.length + SHAKES || wires.steps() > (best == null ? WORK : POLISH) || least <= floor) break;
            boolean shake = k >= roots.length;
            if (shake) order = order(random);
            int root = shake ? roots[random.nextInt(roots.length)] : roots[k];
            cut = deadline.over();
            double cost = grow(order, root, least);
            if (cost < Double.POSITIVE_INFINITY) cost = improve(cost);
            if (cost < least - 1e-9) {
                least = cost;
                best = ledger.at().clone();
                ways = path.clone();
            }
            clear();
        }
        if (best != null) System.arraycopy(ways, 0, path, 0, path.length);
        return best;
    }

    private Integer[] roots(int[] order) {
        List<Integer> roots = new ArrayList<>();
        for (int h = 0; h < p.hosts && p.entities > 0; h++) if (ledger.fits(order[0], h)) roots.add(h);
        roots.sort((x, y) -> Double.compare(wires.around(y), wires.around(x)));
        if (p.entities == 0 || roots.isEmpty()) roots.add(0);
        return roots.subList(0, Math.min(ROOTS, roots.size())).toArray(new Integer[0]);
    }

    private void clear() {
        for (int i = 0; i < p.entities; i++) ledger.remove(i);
        Arrays.fill(path, null);
        System.arraycopy(full, 0, wires.left, 0, full.length);
    }

    /** The entity with most rate first, then always the one with most rate to those before; drawn weights when shaken. */
    private int[] order(Random shake) {
        double[] pull = new double[p.entities];
        double[] all = new double[p.entities];
        for (int e = 0; e < rate.length; e++) {
            all[p.a[e]] += rate[e];
            all[p.b[e]] += rate[e];
        }
        for (int i = 0; i < p.entities; i++) {
            if (p.allowed[i] != null) all[i] += 1e12 / (1 + p.allowed[i].length);
            if (shake != null) all[i] *= 0.3 + shake.nextDouble();
        }
        int[] order = new int[p.entities];
        boolean[] in = new boolean[p.entities];
        for (int k = 0; k < order.length; k++) {
            int next = -1;
            for (int i = 0; i < p.entities; i++) {
                if (!in[i] && (next < 0 || pull[i] > pull[next] || pull[i] == pull[next] && all[i] > all[next])) next = i;
            }
            order[k] = next;
            in[next] = true;
            for (int x = p.first[next]; x < p.first[next + 1]; x++) {
                pull[p.other(p.edges[x], next)] += rate[p.edges[x]] * (shake == null ? 1 : 0.3 + shake.nextDouble());
            }
        }
        return order;
    }

    /** Places all with the first at the root; infinite when that fails or is not below the limit. */
    private double grow(int[] order, int root, double limit) {
        double cost = 0;
        double open = floor;
        for (int k = 0; k < order.length; k++) {
            double more = k == 0 ? first(order[0], root) : put(order[k], root);
            cost += more;
            for (int x = p.first[order[k]]; x < p.first[order[k] + 1]; x++) {
                if (path[p.edges[x]] != null) open -= rate[p.edges[x]] * apart;
            }
            if (!(cost + open < limit)) return Double.POSITIVE_INFINITY;
        }
        return cost;
    }

    private double first(int i, int root) {
        if (!ledger.fits(i, root)) return Double.POSITIVE_INFINITY;
        ledger.put(i, root);
        return 0;
    }

    /** Places one and its paths where that uses least; infinite when there is no way, and then nothing is changed. */
    private double put(int i, int root) {
        Arrays.fill(score, 0);
        boolean any = false;
        for (int k = p.first[i]; k < p.first[i + 1]; k++) {
            int e = p.edges[k];
            int q = ledger.at(p.other(e, i));
            if (q == Problem.NOWHERE) continue;
            any = true;
            int[] dist = wires.spread(q, rate[e], -1);
            for (int h = 0; h < p.hosts; h++) score[h] = dist[h] < 0 ? Double.POSITIVE_INFINITY : score[h] + rate[e] * dist[h];
        }
        if (!any) {
            int[] dist = wires.spread(root, 0, -1);
            for (int h = 0; h < p.hosts; h++) score[h] = dist[h] < 0 ? 1e6 : 1e-3 * dist[h];
        }
        for (int pick = 0; pick < PICKS; pick++) {
            int best = Problem.NOWHERE;
            for (int h = 0; h < p.hosts; h++) {
                if (score[h] == Double.POSITIVE_INFINITY || best != Problem.NOWHERE && !before(h, best)) continue;
                if (ledger.fits(i, h)) best = h;
            }
            if (best == Problem.NOWHERE) return Double.POSITIVE_INFINITY;
            double cost = connect(i, best);
            if (cost < Double.POSITIVE_INFINITY) return cost;
            score[best] = Double.POSITIVE_INFINITY;
        }
        return Double.POSITIVE_INFINITY;
    }

    private boolean before(int h, int best) {
        return score[h] < score[best] || score[h] == score[best] && wires.around(h) > wires.around(best);
    }

    /** Puts one at a host and books its paths, the widest first; infinite and undone when one finds no way. */
    private double connect(int i, int h) {
        ledger.put(i, h);
        double cost = 0;
        while (true) {
            int widest = -1;
            for (int k = p.first[i]; k < p.first[i + 1]; k++) {
                int e = p.edges[k];
                if (ledger.at(p.other(e, i)) != Problem.NOWHERE && path[e] == null && (widest < 0 || rate[e] > rate[widest])) widest = e;
            }
            if (widest < 0) return cost;
            path[widest] = wires.route(h, ledger.at(p.other(widest, i)), rate[widest]);
            if (path[widest] == null) {
                take(i);
                return Double.POSITIVE_INFINITY;
            }
            cost += rate[widest] * path[widest].length;
        }
    }

    private void take(int i) {
        for (int k = p.first[i]; k < p.first[i + 1]; k++) {
            int e = p.edges[k];
            if (path[e] == null) continue;
            wires.book(path[e], -rate[e]);
            path[e] = null;
        }
        ledger.remove(i);
    }

    /** Takes out one after the other and puts it where it uses less; every step that does not gain is undone. */
    private double improve(double cost) {
        boolean any = true;
        for (int round = 0; any && round < ROUNDS; round++) {
            any = false;
            for (int i = 0; i < p.entities; i++) {
                int was = ledger.at(i);
                int[][] old = new int[p.first[i + 1] - p.first[i]][];
                double before = 0;
                for (int k = 0; k < old.length; k++) {
                    int e = p.edges[p.first[i] + k];
                    old[k] = path[e];
                    before += rate[e] * path[e].length;
                }
                take(i);
                double after = put(i, was);
                if (after < before - 1e-9) {
                    cost += after - before;
                    any = true;
                    continue;
                }
                if (after < Double.POSITIVE_INFINITY) take(i);
                ledger.put(i, was);
                for (int k = 0; k < old.length; k++) {
                    int e = p.edges[p.first[i] + k];
                    path[e] = old[k];
                    wires.book(path[e], rate[e]);
                }
            }
        }
        return cost;
    }

    private Map<Integer, List<String>> paths(int[] at) {
        Map<Integer, List<String>> all = new TreeMap<>();
        for (int t = 0; t < p.demand.traffic().size(); t++) {
            Demand.Traffic x = p.demand.traffic().get(t);
            int i = p.entity(x.a());
            int j = p.entity(x.b());
            for (int k = p.first[i]; i != j && k < p.first[i + 1]; k++) {
                if (p.other(p.edges[k], i) == j) all.put(t, hosts(path[p.edges[k]], at[i], at[j]));
            }
        }
        return all;
    }

    private List<String> hosts(int[] way, int from, int to) {
        List<String> hosts = new ArrayList<>();
        String at = p.host(from).name();
        hosts.add(at);
        boolean back = way.length > 0 && !walks(way, from, to);
        for (int k = 0; k < way.length; k++) {
            Substrate.Wire w = p.substrate.wires().get(way[back ? way.length - 1 - k : k]);
            at = w.a().equals(at) ? w.b() : w.a();
            hosts.add(at);
        }
        return hosts;
    }

    private boolean walks(int[] way, int from, int to) {
        String at = p.host(from).name();
        for (int w : way) {
            Substrate.Wire x = p.substrate.wires().get(w);
            if (!x.a().equals(at) && !x.b().equals(at)) return false;
            at = x.a().equals(at) ? x.b() : x.a();
        }
        return at.equals(p.host(to).name());
    }
}
