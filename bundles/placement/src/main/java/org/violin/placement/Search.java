// SPDX-License-Identifier: Apache-2.0
package org.violin.placement;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.violin.api.placement.Demand;
import org.violin.api.placement.Substrate;

/**
 * Looks for any placement that keeps the rules, or proves that there is none: rounds of cheapest-first placing in which who found no
 * place comes earlier next time, then depth-first search, fewest places first. Bounded by the number of {@link Ledger#fits} asked, so
 * deterministic unless the deadline ends it, which it looks at after the first {@value #SOME}. Wires are not looked at.
 */
public final class Search {
    /** How it ended. */
    public enum Outcome { FOUND, NONE, UNKNOWN }

    private static final int ROUNDS = 24;
    private static final int DEPTH = 1500;
    private static final int CAREFUL = 20_000;
    private static final long SOME = 20_000;

    private final Problem p;
    private final Deadline deadline;
    private final long budget;
    private final Ledger ledger;
    private final double[] prices;
    private final int[] weight;
    private final int[] kind;
    private final int[] on;
    private final boolean even;
    private double openCpus;
    private double openMemory;
    private long left;
    private boolean out;

    /** @param budget how many questions whether an entity fits a host may be asked */
    public Search(Problem problem, long budget, Deadline deadline) {
        p = problem;
        this.budget = budget;
        this.deadline = deadline;
        left = budget;
        ledger = new Ledger(p);
        prices = new double[p.hosts];
        weight = new int[p.entities];
        on = new int[p.hosts];
        kind = kinds();
        boolean any = false;
        for (double limit : p.maxMillis) any |= limit < Double.POSITIVE_INFINITY;
        even = !any;
    }

    /** Runs once. */
    public Outcome run() {
        for (int i = 0; i < p.entities; i++) {
            if (!fitsAlone(i)) {
                weight[i] += 1000;
                return Outcome.NONE;
            }
        }
        if (tooMuch() || !placesSuffice()) return Outcome.NONE;
        for (int round = 0; round < ROUNDS && left > 0; round++) if (fill(round)) return Outcome.FOUND;
        if (p.entities > DEPTH || left <= 0) return Outcome.UNKNOWN;
        clear();
        if (deeper(0)) return Outcome.FOUND;
        return out ? Outcome.UNKNOWN : Outcome.NONE;
    }

    /** The placement found. */
    public int[] found() {
        return ledger.at().clone();
    }

    /** By entity how often it found no place; who is in the way of a proof has much. */
    public int[] weights() {
        return weight;
    }

    private boolean fitsAlone(int i) {
        for (int h = 0; h < p.hosts; h++) if (ledger.fits(i, h)) return true;
        return false;
    }

    /** All together ask for more than there is. */
    private boolean tooMuch() {
        double cpus = 0;
        double memory = 0;
        long slots = 0;
        for (int h = 0; h < p.hosts; h++) {
            cpus += ledger.cpus(h);
            memory += ledger.memory(h);
            slots += ledger.slots(h);
        }
        openCpus = 0;
        openMemory = 0;
        for (int i = 0; i < p.entities; i++) {
            openCpus += p.entity(i).cpus();
            openMemory += p.entity(i).memoryBytes();
        }
        return openCpus > cpus + 1e-6 || openMemory > memory || p.entities > slots;
    }

    /** Each group alone: enough different places within reach of its members, or one for all. */
    private boolean placesSuffice() {
        Places places = new Places(p);
        for (int g = 0; g < places.rule.length; g++) {
            boolean[][] reach = new boolean[places.size[g]][places.places[g]];
            for (int k = 0; k < reach.length; k++) {
                int i = places.entities[g][k];
                for (int h = 0; h < p.hosts; h++) reach[k][places.place[g][h]] |= ledger.room(i, h) && p.allows(i, h);
            }
            int different = places.rule[g] == Demand.Rule.TOGETHER ? 0 : matched(reach, places.places[g]);
            boolean kept = switch (places.rule[g]) {
                case APART -> different == places.size[g];
                case SPREAD -> different >= places.wanted[g];
                case TOGETHER -> common(reach, places.places[g]);
            };
            if (!kept) {
                for (int i : places.entities[g]) weight[i] += 1000;
                return false;
            }
        }
        return true;
    }

    /** When the time is over, no question is left. */
    private void look() {
        if (left > 0 && budget - left >= SOME && deadline.over()) left = 0;
    }

    private static boolean common(boolean[][] reach, int places) {
        boolean any = reach.length == 0;
        for (int place = 0; place < places && !any; place++) {
            any = true;
            for (boolean[] one : reach) any &= one[place];
        }
        return any;
    }

    /** How many can be in different places at most: augmenting paths. */
    private static int matched(boolean[][] reach, int places) {
        int[] who = new int[places];
        Arrays.fill(who, -1);
        int n = 0;
        for (int k = 0; k < reach.length && n < places; k++) if (augment(reach, who, k, new boolean[places])) n++;
        return n;
    }

    private static boolean augment(boolean[][] reach, int[] who, int k, boolean[] seen) {
        for (int place = 0; place < who.length; place++) {
            if (!reach[k][place] || seen[place]) continue;
            seen[place] = true;
            if (who[place] < 0 || augment(reach, who, who[place], seen)) {
                who[place] = k;
                return true;
            }
        }
        return false;
    }

    private void clear() {
        for (int i = 0; i < p.entities; i++) take(i);
    }

    private void put(int i, int h) {
        ledger.put(i, h);
        on[h]++;
    }

    private void take(int i) {
        int h = ledger.at(i);
        if (h == Problem.NOWHERE) return;
        ledger.remove(i);
        on[h]--;
    }

    /** One round of placing by failures so far, then by what has placed neighbours; true when all found a place. */
    private boolean fill(int round) {
        clear();
        Integer[] order = new Integer[p.entities];
        for (int i = 0; i < order.length; i++) order[i] = i;
        Arrays.sort(order, (x, y) -> weight[x] != weight[y] ? weight[y] - weight[x]
                : Double.compare(size(y), size(x)) != 0 ? Double.compare(size(y), size(x)) : x - y);
        boolean all = true;
        for (int i : order) {
            int best = Problem.NOWHERE;
            look();
            if (left <= 0) return false;
            ledger.prices(i, prices);
            for (int h = 0; h < p.hosts && left > 0; h++) {
                if (best != Problem.NOWHERE && key(h, round) >= key(best, round)) continue;
                left--;
                if (ledger.fits(i, h)) best = h;
            }
            if (best == Problem.NOWHERE) {
                weight[i]++;
                all = false;
            } else {
                put(i, best);
            }
        }
        return all;
    }

    /** Even rounds take the cheapest host, odd ones the fullest: tight questions are packing. */
    private double key(int h, int round) {
        return round % 2 == 0 ? prices[h] : ledger.cpus(h) == Double.POSITIVE_INFINITY ? ledger.memory(h) : ledger.cpus(h);
    }

    private double size(int i) {
        double tight = p.allowed[i] == null ? 0 : 1000.0 / (1 + p.allowed[i].length);
        return tight + p.entity(i).cpus() + p.entity(i).memoryBytes() / (double) (1L << 30);
    }

    private boolean deeper(int depth) {
        if (depth == p.entities) return true;
        look();
        boolean careful = (long) (p.entities - depth) * p.hosts <= CAREFUL;
        int next = -1;
        int fewest = Integer.MAX_VALUE;
        for (int i = 0; i < p.entities; i++) {
            if (ledger.at(i) != Problem.NOWHERE) continue;
            int n = careful ? count(i, fewest) : 0;
            if (out) return false;
            if (next < 0 || n < fewest || n == fewest && weight[i] > weight[next]) {
                next = i;
                fewest = n;
            }
        }
        if (careful && fewest == 0) {
            weight[next]++;
            return false;
        }
        return tryHosts(next, depth);
    }

    private int count(int i, int enough) {
        int n = 0;
        for (int h = 0; h < p.hosts && n <= enough; h++) {
            if (left-- <= 0) out = true;
            if (ledger.fits(i, h)) n++;
        }
        return n;
    }

    private boolean tryHosts(int i, int depth) {
        double[] key = new double[p.hosts];
        ledger.prices(i, key);
        Integer[] order = new Integer[p.hosts];
        for (int h = 0; h < p.hosts; h++) order[h] = h;
        Arrays.sort(order, (x, y) -> key[x] != key[y] ? Double.compare(key[x], key[y]) : x - y);
        boolean[] tried = new boolean[p.hosts];
        for (int h : order) {
            if (out || left-- <= 0) {
                out = true;
                return false;
            }
            if (even && on[h] == 0 && tried[kind[h]] || !ledger.fits(i, h)) continue;
            if (on[h] == 0) tried[kind[h]] = true;
            put(i, h);
            if (enough(i) && deeper(depth + 1)) return true;
            openBack(i);
            take(i);
        }
        weight[i]++;
        return false;
    }

    /** What is left in all hosts is still enough for all that are open. */
    private boolean enough(int i) {
        openCpus -= p.entity(i).cpus();
        openMemory -= p.entity(i).memoryBytes();
        double cpus = 0;
        double memory = 0;
        for (int h = 0; h < p.hosts; h++) {
            cpus += ledger.cpus(h);
            memory += ledger.memory(h);
        }
        return openCpus <= cpus + 1e-6 && openMemory <= memory;
    }

    private void openBack(int i) {
        openCpus += p.entity(i).cpus();
        openMemory += p.entity(i).memoryBytes();
    }

    /** Hosts of one kind are interchangeable while empty, where no latency is limited. */
    private int[] kinds() {
        List<StringBuilder> who = new ArrayList<>();
        for (int h = 0; h < p.hosts; h++) who.add(new StringBuilder());
        for (int i = 0; i < p.entities; i++) {
            if (p.allowed[i] == null) continue;
            for (int h : p.allowed[i]) who.get(h).append(i).append(',');
        }
        Map<List<Object>, Integer> known = new HashMap<>();
        int[] kinds = new int[p.hosts];
        Places places = new Places(p);
        for (int h = 0; h < p.hosts; h++) {
            Substrate.Host x = p.host(h);
            List<Object> key = new ArrayList<>(List.of(x.cpus(), x.memoryBytes(), x.slots(), x.upMegabits(), x.downMegabits(),
                    who.get(h).toString()));
            for (int g = 0; g < places.rule.length; g++) if (!p.demand.groups().get(g).label().isEmpty()) key.add(places.place[g][h]);
            kinds[h] = known.computeIfAbsent(key, k -> known.size());
        }
        return kinds;
    }
}
