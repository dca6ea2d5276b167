// SPDX-License-Identifier: Apache-2.0
package org.violin.placement;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.violin.placement.Relaxed.Item;
import org.violin.placement.Relaxed.Kind;

/**
 * Why a question has no answer: the smallest sets of rules found that contradict each other, by deletion filtering (Chinneck and
 * Dravnieks, 1991): a rule without which the rest still has no answer is left out. What {@link Search} cannot decide within its budget
 * stays in, so a set may be larger than need be, but never wrong. Bounded, and deterministic unless the deadline ends it, which is told.
 */
public final class Explanation {
    private static final long EACH = 40_000;
    private static final long ALL = 1_200_000;
    private static final int CORES = 8;

    private final Problem p;
    private final Deadline deadline;
    private final Words words;
    private final Map<String, String> refusals = new TreeMap<>();
    private long left = ALL;

    private Explanation(Problem p, Deadline deadline) {
        this.p = p;
        this.deadline = deadline;
        this.words = new Words(p);
    }

    /**
     * By entity or group the sentence; never empty. When the time is over what is known is told: a larger set, or who was hardest to place.
     * Called by strategies that found no placement.
     */
    public static Map<String, String> of(Problem p, Deadline deadline) {
        return new Explanation(p, deadline).run();
    }

    private Map<String, String> run() {
        if (p.hosts == 0) {
            for (int i = 0; i < p.entities; i++) refusals.put(p.entity(i).name(), p.entity(i).name() + ": no overlay host is joined");
            return refusals;
        }
        Set<Integer> who = new LinkedHashSet<>();
        Ledger empty = new Ledger(p);
        for (int i = 0; i < p.entities; i++) {
            boolean any = false;
            for (int h = 0; h < p.hosts && !any; h++) any = empty.fits(i, h);
            if (any) who.add(i);
            else say(Set.of(i));
        }
        for (int core = 0; core < CORES && (core == 0 || !over()); core++) {
            Search search = new Search(Relaxed.of(p, who), EACH, deadline);
            Search.Outcome outcome = search.run();
            left -= EACH;
            if (outcome == Search.Outcome.FOUND) break;
            Set<Integer> in = smallest(who, search.weights(), outcome);
            if (in == null) break;
            say(in);
            who.removeAll(in);
        }
        if (refusals.isEmpty()) undecided(who);
        return refusals;
    }

    /** Entities that cannot be placed together; null: nothing was proved. */
    private Set<Integer> smallest(Set<Integer> who, int[] weights, Search.Outcome outcome) {
        List<Integer> order = order(new ArrayList<>(new TreeSet<>(who)), weights);
        for (int n = 2; n < order.size(); n *= 2) {
            Set<Integer> some = new LinkedHashSet<>(order.subList(0, n));
            if (none(Relaxed.of(p, some))) return filter(some);
        }
        return outcome == Search.Outcome.NONE ? filter(new LinkedHashSet<>(order)) : null;
    }

    private Set<Integer> filter(Set<Integer> who) {
        List<Item> kept = filter(Relaxed.entities(who), items -> Relaxed.of(p, indices(items)));
        return indices(kept);
    }

    /** The heaviest first, each followed by those it shares a rule with. */
    private List<Integer> order(List<Integer> who, int[] weights) {
        Integer[] by = new Integer[who.size()];
        for (int k = 0; k < by.length; k++) by[k] = k;
        java.util.Arrays.sort(by, (x, y) -> weights[x] != weights[y] ? weights[y] - weights[x] : x - y);
        Set<Integer> in = new HashSet<>(who);
        Set<Integer> order = new LinkedHashSet<>();
        Places places = new Places(p);
        for (int k : by) {
            int i = who.get(k);
            order.add(i);
            if (weights[k] == 0) continue;
            for (int g : places.groups[i]) for (int j : places.entities[g]) if (in.contains(j)) order.add(j);
            for (int e = p.first[i]; e < p.first[i + 1]; e++) {
                int j = p.other(p.edges[e], i);
                boolean hard = p.maxMillis[p.edges[e]] < Double.POSITIVE_INFINITY || p.reserved[p.edges[e]] > 0;
                if (hard && in.contains(j)) order.add(j);
            }
        }
        return new ArrayList<>(order);
    }

    private void say(Set<Integer> who) {
        List<Item> rules = filter(Relaxed.rules(p, who), items -> Relaxed.of(p, who, new HashSet<>(items)));
        String late = deadline.cut() ? "; the time was over before all smaller sets were tried" : "";
        refusals.put(words.key(who, rules), words.sentence(who, rules) + late);
    }

    private interface Question {
        Problem of(List<Item> items);
    }

    private List<Item> filter(List<Item> items, Question question) {
        List<Item> kept = new ArrayList<>(items);
        for (int chunk = Math.max(1, kept.size() / 2);; chunk /= 2) {
            for (int at = 0; at < kept.size();) {
                if (over()) return kept;
                List<Item> less = new ArrayList<>(kept.subList(0, at));
                less.addAll(kept.subList(Math.min(kept.size(), at + chunk), kept.size()));
                if (none(question.of(less))) kept = less;
                else at += chunk;
            }
            if (chunk == 1) return kept;
        }
    }

    /** Whether the steps or the time are used up. */
    private boolean over() {
        return left <= 0 || deadline.over();
    }

    private boolean none(Problem less) {
        if (over() || less.entities == 0) return false;
        left -= Math.min(EACH, 500 + (long) less.entities * less.hosts);
        return new Search(less, EACH, deadline).run() == Search.Outcome.NONE;
    }

    private void undecided(Set<Integer> who) {
        Search search = new Search(Relaxed.of(p, who), EACH, deadline);
        search.run();
        int heavy = 0;
        List<Integer> in = new ArrayList<>(new TreeSet<>(who));
        for (int k = 0; k < in.size(); k++) if (search.weights()[k] > search.weights()[heavy]) heavy = k;
        int i = in.get(heavy);
        List<Item> own = Relaxed.rules(p, Set.of(i)).stream().filter(r -> r.kind() != Kind.SLOTS).toList();
        refusals.put(p.entity(i).name(), "no placement was found" + (deadline.cut() ? " in time" : "")
                + ", nor a proof that there is none; hardest to place: " + words.sentence(Set.of(i), own));
    }

    private static Set<Integer> indices(List<Item> items) {
        Set<Integer> who = new TreeSet<>();
        items.forEach(i -> who.add(i.index()));
        return who;
    }
}
