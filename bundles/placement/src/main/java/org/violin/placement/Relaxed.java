// SPDX-License-Identifier: Apache-2.0
package org.violin.placement;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.violin.api.placement.Demand;
import org.violin.api.placement.Substrate;

/** A question with only some of its rules: what can be taken away one by one until the rest no longer contradicts itself. */
final class Relaxed {
    /** What kind of rule an item is; WHO is the wish of an entity to be placed at all. */
    enum Kind { WHO, HOSTS, CPUS, MEMORY, LIMIT, RESERVED, GROUP, SLOTS }

    /** A rule: of an entity, a traffic or a group, by index. */
    record Item(Kind kind, int index) {}

    private Relaxed() {}

    /** One item for each entity. */
    static List<Item> entities(Iterable<Integer> who) {
        List<Item> items = new ArrayList<>();
        for (int i : who) items.add(new Item(Kind.WHO, i));
        return items;
    }

    /** All rules that touch only these entities. */
    static List<Item> rules(Problem p, Set<Integer> who) {
        List<Item> items = new ArrayList<>();
        boolean slots = !p.demand.colocation() || p.substrate.hosts().stream().anyMatch(h -> h.slots() < Integer.MAX_VALUE);
        if (slots) items.add(new Item(Kind.SLOTS, 0));
        for (int t = 0; t < p.demand.traffic().size(); t++) {
            Demand.Traffic x = p.demand.traffic().get(t);
            if (!who.contains(p.entity(x.a())) || !who.contains(p.entity(x.b()))) continue;
            if (x.maxMillis() < Double.POSITIVE_INFINITY) items.add(new Item(Kind.LIMIT, t));
            if (x.reserved() > 0) items.add(new Item(Kind.RESERVED, t));
        }
        for (int g = 0; g < p.demand.groups().size(); g++) {
            if (p.demand.groups().get(g).entities().stream().anyMatch(e -> who.contains(p.entity(e)))) items.add(new Item(Kind.GROUP, g));
        }
        for (int i : who) {
            if (p.entity(i).memoryBytes() > 0) items.add(new Item(Kind.MEMORY, i));
            if (p.entity(i).cpus() > 0) items.add(new Item(Kind.CPUS, i));
            if (p.allowed[i] != null) items.add(new Item(Kind.HOSTS, i));
        }
        return items;
    }

    /** The question of these entities with all their rules. */
    static Problem of(Problem p, Set<Integer> who) {
        return of(p, who, null);
    }

    /** The question of these entities with these rules; null: all. */
    static Problem of(Problem p, Set<Integer> who, Set<Item> rules) {
        List<Demand.Entity> entities = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < p.entities; i++) {
            if (!who.contains(i)) continue;
            Demand.Entity e = p.entity(i);
            boolean pinned = has(rules, Kind.HOSTS, i);
            names.add(e.name());
            entities.add(new Demand.Entity(e.name(), has(rules, Kind.CPUS, i) ? e.cpus() : 0, has(rules, Kind.MEMORY, i) ? e.memoryBytes() : 0,
                    0, pinned ? e.hosts() : List.of(), pinned ? e.why() : "", 0));
        }
        List<Demand.Traffic> traffic = new ArrayList<>();
        for (int t = 0; t < p.demand.traffic().size(); t++) {
            Demand.Traffic x = p.demand.traffic().get(t);
            if (!names.contains(x.a()) || !names.contains(x.b())) continue;
            traffic.add(new Demand.Traffic(x.a(), x.b(), x.megabits(), has(rules, Kind.RESERVED, t) ? x.reserved() : 0,
                    has(rules, Kind.LIMIT, t) ? x.maxMillis() : Double.POSITIVE_INFINITY));
        }
        List<Demand.Group> groups = new ArrayList<>();
        for (int g = 0; g < p.demand.groups().size(); g++) {
            Demand.Group x = p.demand.groups().get(g);
            if (!has(rules, Kind.GROUP, g)) continue;
            List<String> in = x.entities().stream().distinct().filter(names::contains).toList();
            int gone = (int) x.entities().stream().distinct().count() - in.size();
            if (!in.isEmpty()) groups.add(new Demand.Group(x.name(), x.rule(), x.label(), in, Math.max(0, x.places() - gone)));
        }
        boolean slots = has(rules, Kind.SLOTS, 0);
        Demand demand = new Demand(entities, traffic, groups, p.demand.weights(), p.demand.colocation() || !slots);
        return p.with(demand, slots ? p.substrate : unlimited(p.substrate));
    }

    private static Substrate unlimited(Substrate s) {
        return new Substrate(s.hosts().stream().map(h -> new Substrate.Host(h.name(), h.cpus(), h.memoryBytes(), h.capacity(), h.load(),
                Integer.MAX_VALUE, h.upMegabits(), h.downMegabits(), h.labels())).toList(), s.distances(), s.wires());
    }

    private static boolean has(Set<Item> rules, Kind kind, int index) {
        return rules == null || rules.contains(new Item(kind, index));
    }
}
