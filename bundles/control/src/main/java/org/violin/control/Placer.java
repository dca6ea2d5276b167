// SPDX-License-Identifier: Apache-2.0
package org.violin.control;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.violin.api.cluster.HostInfo;
import org.violin.api.cluster.Members;
import org.violin.api.control.PlacementView;
import org.violin.api.control.Placements.Wish;
import org.violin.api.model.Mistake;
import org.violin.api.model.NodeSpec;
import org.violin.api.model.Refused;
import org.violin.api.model.ViolinSpec;
import org.violin.api.placement.Answer;
import org.violin.api.placement.Cost;
import org.violin.api.placement.Demand;
import org.violin.api.placement.Distances;
import org.violin.api.placement.PlacementStrategy;
import org.violin.api.placement.Substrate;
import org.violin.api.placement.Terms;
import org.violin.placement.Problem;
import org.violin.placement.Rules;

/** Asks the placement plugin, with the hosts, distances and loads of now. Changes nothing. Called by: the desk, under its lock. */
final class Placer {
    /** Prices that are tried until a wish for few moves is kept. */
    private static final int PRICES = 12;
    private static final Terms QUICK = new Terms(1, Duration.ofSeconds(1), false);

    private final Members members;
    private final Providers providers;
    private final Function<List<String>, Measured> distances;
    private volatile String kind;

    /** Distances between hosts, and where they come from in words. */
    record Measured(Distances distances, String source) {}

    /** Where nodes go, and how good that is. */
    record Placed(Map<String, String> hosts, PlacementView view) {}

    Placer(Members members, Providers providers, Function<List<String>, Measured> distances, String kind) {
        this.members = members;
        this.providers = providers;
        this.distances = distances;
        this.kind = kind;
    }

    /** Which placement is asked from now on, where a violin names none. */
    void kind(String word) {
        kind = word;
    }

    /**
     * Places what is new, and what may not stay where it is; when that does not fit, others move too.
     *
     * @param subject file or order, for messages
     * @param out hosts that are taken out
     */
    Placed place(String subject, ViolinSpec spec, PlacedSpec before, Map<String, PlacedSpec> all, Set<String> out) throws Refused {
        Question q = question(spec, before, all, out);
        PlacementStrategy strategy = strategy(subject, spec.attributes().getOrDefault("placement.strategy", kind));
        long start = System.nanoTime();
        Demand demand = q.wishes.demand(spec, q.current, true, q.price);
        Answer answer = ask(subject, strategy, demand, q, Terms.USUAL);
        if (!answer.complete() && !q.current.isEmpty()) {
            Demand free = q.wishes.demand(spec, q.current, false, q.price);
            Answer other = ask(subject, strategy, free, q, Terms.USUAL);
            if (other.complete()) {
                answer = other;
                demand = free;
            }
        }
        return placed(subject, spec, strategy, demand, q, answer, start);
    }

    /** Lets everything move that is worth its price. */
    Placed optimize(String subject, ViolinSpec spec, PlacedSpec before, Map<String, PlacedSpec> all, Set<String> out, Wish wish) throws Refused {
        Question q = question(spec, before, all, out);
        PlacementStrategy strategy = strategy(subject, wish.strategy().orElse(spec.attributes().getOrDefault("placement.strategy", kind)));
        long start = System.nanoTime();
        Demand demand = q.wishes.demand(spec, q.current, false, q.price);
        Answer answer = ask(subject, strategy, demand, q, Terms.USUAL);
        if (wish.moves() > 0 && answer.complete() && moves(answer, q.current) > wish.moves()) {
            // The price at which few enough move; a higher one lets fewer move.
            Demand few = q.wishes.demand(spec, q.current, true, q.price);
            Answer best = ask(subject, strategy, few, q, QUICK);
            double low = Math.max(q.price, 1e-6);
            double high = 0;
            for (int i = 0; i < PRICES; i++) {
                double price = high == 0 ? low * 8 : Math.sqrt(low * high);
                Demand priced = q.wishes.demand(spec, q.current, false, price);
                Answer some = ask(subject, strategy, priced, q, QUICK);
                boolean enough = some.complete() && moves(some, q.current) <= wish.moves();
                if (enough) high = price;
                else low = price;
                if (enough && (!best.complete() || moves(some, q.current) >= moves(best, q.current))) best = some;
                if (enough && moves(some, q.current) == wish.moves()) break;
            }
            answer = new Answer(best.placement(), best.cost(), answer.bound(), best.refusals(), best.reasons(), best.paths(), best.cut());
        }
        return placed(subject, spec, strategy, demand, q, answer, start);
    }

    private static long moves(Answer answer, Map<String, String> current) {
        return current.entrySet().stream().filter(e -> !e.getValue().equals(answer.placement().get(e.getKey()))).count();
    }

    /** What is the same for all prices. */
    private record Question(Wishes wishes, Substrate substrate, Map<String, String> current, double price, String source) {}

    private Question question(ViolinSpec spec, PlacedSpec before, Map<String, PlacedSpec> all, Set<String> out) {
        List<HostInfo> hosts = members.hosts();
        Measured measured = distances.apply(hosts.stream().map(HostInfo::name).toList());
        Wishes wishes = Wishes.among(spec.name(), all, hosts, out, measured.distances());
        Substrate substrate = wishes.substrate();
        Map<String, String> current = new HashMap<>();
        if (before != null) {
            for (NodeSpec node : spec.nodes()) {
                String host = before.placement().get(node.name());
                if (host != null && hosts.stream().anyMatch(h -> h.name().equals(host))) current.put(node.name(), host);
            }
        }
        Problem now = new Problem(wishes.demand(spec, current, false, 0), substrate, current);
        double cost = 0;
        for (int e = 0; e < now.a.length; e++) {
            int p = now.current[now.a[e]];
            int q = now.current[now.b[e]];
            if (p != Problem.NOWHERE && q != Problem.NOWHERE) cost += now.rate[e] * now.between(p, q);
        }
        return new Question(wishes, substrate, current, cost * Wishes.MOVE_SHARE, measured.source());
    }

    private PlacementStrategy strategy(String subject, String word) throws Refused {
        return providers.placement(word).orElseThrow(() -> new Refused(subject, word,
                "no such placement is installed; install it: feature:install violin-placement-" + word));
    }

    private static Answer ask(String subject, PlacementStrategy strategy, Demand demand, Question q, Terms terms) throws Refused {
        try {
            return Patience.call("placement " + strategy.kind(), () -> strategy.place(demand, q.substrate, q.current, terms));
        } catch (Patience.Lost e) {
            throw new Refused(subject, strategy.kind(), e.getMessage());
        }
    }

    /** The answer, looked at again with eyes of our own: a plugin is not believed. */
    private static Placed placed(String subject, ViolinSpec spec, PlacementStrategy strategy, Demand demand, Question q, Answer answer, long start)
            throws Refused {
        if (!answer.complete()) {
            throw new Refused(answer.refusals().entrySet().stream().map(e -> new Mistake(subject, 0, e.getKey(), e.getValue())).toList());
        }
        Problem problem = new Problem(demand, q.substrate, q.current);
        int[] at = new int[problem.entities];
        for (int i = 0; i < at.length; i++) {
            at[i] = problem.host(answer.placement().getOrDefault(problem.entity(i).name(), ""));
            if (at[i] == Problem.NOWHERE) throw new Refused(subject, strategy.kind(), "placement left out " + problem.entity(i).name() + "; nothing is changed");
        }
        List<String> broken = Rules.broken(demand, q.substrate, answer.placement(), answer.paths());
        if (!broken.isEmpty()) throw new Refused(subject, strategy.kind(), "placement broke a rule: " + broken.get(0) + "; nothing is changed");
        return new Placed(answer.placement(), view(spec, strategy.kind(), problem, at, q, answer, start));
    }

    private static PlacementView view(ViolinSpec spec, String kind, Problem problem, int[] at, Question q, Answer answer, long start) {
        Cost cost = problem.cost(at);
        double before = 0;
        boolean ran = true;
        for (int c : problem.current) ran &= c != Problem.NOWHERE;
        if (ran && problem.entities > 0) before = problem.cost(problem.current).total();
        double total = cost.total();
        Double bound = answer.bound().isPresent() ? Double.valueOf(Math.max(0, answer.bound().getAsDouble())) : null;
        Double gap = bound == null || bound <= 0 && total > 0 ? null : Double.valueOf(total <= 0 ? 0 : Math.max(0, (total / bound - 1) * 100));
        List<PlacementView.Choice> choices = new ArrayList<>();
        for (NodeSpec node : spec.nodes()) {
            choices.add(new PlacementView.Choice(node.name(), node.kind().word(), answer.placement().get(node.name()),
                    q.current.getOrDefault(node.name(), ""), answer.reasons().getOrDefault(node.name(), "")));
        }
        return new PlacementView(kind, cost, total, before, bound, gap, answer.cut(), (System.nanoTime() - start) / 1_000_000, q.source, choices);
    }
}
