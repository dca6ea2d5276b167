// SPDX-License-Identifier: Apache-2.0
package org.violin.placement;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.violin.api.placement.Demand;
import org.violin.placement.Relaxed.Item;
import org.violin.placement.Relaxed.Kind;

/** Rules that contradict each other, as a sentence for people. */
final class Words {
    private static final int NAMES = 6;
    private static final int PARTS = 8;

    private final Problem p;

    Words(Problem p) {
        this.p = p;
    }

    /** What the refusal is filed under: a group if one is in it, else the last of the entities. */
    String key(Set<Integer> who, List<Item> rules) {
        for (Item r : rules) {
            if (r.kind() == Kind.GROUP && who.size() > 1) return p.demand.groups().get(r.index()).name();
        }
        return p.entity(new TreeSet<>(who).last()).name();
    }

    String sentence(Set<Integer> who, List<Item> rules) {
        if (who.size() == 1) {
            int i = who.iterator().next();
            if (p.allowed[i] != null && p.allowed[i].length == 0) return absent(p.entity(i));
        }
        List<String> parts = new ArrayList<>();
        asks(who, rules, parts);
        for (Item r : rules) {
            switch (r.kind()) {
                case HOSTS -> parts.add(p.entity(r.index()).name() + ": " + why(p.entity(r.index())));
                case GROUP -> parts.add(group(p.demand.groups().get(r.index())));
                case LIMIT -> parts.add(limit(p.demand.traffic().get(r.index())));
                case RESERVED -> parts.add(pair(r) + " reserves " + number(p.demand.traffic().get(r.index()).reserved()) + " Mbit/s");
                default -> { }
            }
        }
        if (parts.size() > PARTS) {
            String more = "and " + (parts.size() - PARTS) + " more such rules";
            parts.subList(PARTS, parts.size()).clear();
            parts.add(more);
        }
        boolean cpus = rules.stream().anyMatch(r -> r.kind() == Kind.CPUS);
        boolean memory = rules.stream().anyMatch(r -> r.kind() == Kind.MEMORY);
        boolean access = rules.stream().anyMatch(r -> r.kind() == Kind.RESERVED);
        boolean slots = rules.stream().anyMatch(r -> r.kind() == Kind.SLOTS);
        if (slots) parts.add((p.demand.colocation() ? "" : "no two on one host; ") + names(who) + " want a slot each");
        if (cpus || memory || access || slots) left(who, cpus, memory, access, slots, parts);
        return String.join("; ", parts);
    }

    private void asks(Set<Integer> who, List<Item> rules, List<String> parts) {
        Map<String, List<Integer>> same = new LinkedHashMap<>();
        double cpus = -1;
        double memory = -1;
        for (int i : new TreeSet<>(who)) {
            double cores = rules.contains(new Item(Kind.CPUS, i)) ? p.entity(i).cpus() : -1;
            double bytes = rules.contains(new Item(Kind.MEMORY, i)) ? p.entity(i).memoryBytes() : -1;
            if (cores < 0 && bytes < 0) continue;
            if (cores >= 0) cpus = Math.max(0, cpus) + cores;
            if (bytes >= 0) memory = Math.max(0, memory) + bytes;
            same.computeIfAbsent(amount(cores, bytes), k -> new ArrayList<>()).add(i);
        }
        same.forEach((amount, of) -> parts.add(names(of) + (of.size() == 1 ? " asks for " + amount : " ask for " + amount + " each")));
        int all = same.values().stream().mapToInt(List::size).sum();
        if (all == 0) return;
        String last = parts.remove(parts.size() - 1);
        parts.add(last + (all > 1 ? ", " + amount(cpus, memory) + " in all" : rules.size() == 1 ? " and fits nowhere" : ""));
    }

    private void left(Set<Integer> who, boolean cpus, boolean memory, boolean access, boolean slots, List<String> parts) {
        Set<Integer> hosts = new TreeSet<>();
        for (int i : who) for (int h = 0; h < p.hosts; h++) if (p.allows(i, h)) hosts.add(h);
        int told = 0;
        for (int h : hosts) {
            if (told++ == NAMES) {
                parts.add("and " + (hosts.size() - NAMES) + " more hosts with too little");
                return;
            }
            List<String> has = new ArrayList<>();
            if (cpus || memory) has.add(amount(cpus ? p.host(h).cpus() : -1, memory ? p.host(h).memoryBytes() : -1));
            if (access) has.add(number(Math.min(p.host(h).upMegabits(), p.host(h).downMegabits())) + " Mbit/s");
            int of = p.demand.colocation() ? p.host(h).slots() : Math.min(1, p.host(h).slots());
            if (slots && of < Integer.MAX_VALUE) has.add(of + (of == 1 ? " slot" : " slots"));
            if (!has.isEmpty()) parts.add(p.host(h).name() + " has " + String.join(" and ", has) + " left");
        }
    }

    private String absent(Demand.Entity e) {
        String joined = p.substrate.hosts().stream().limit(20).map(h -> h.name()).collect(Collectors.joining(", "))
                + (p.hosts > 20 ? " and " + (p.hosts - 20) + " more" : "");
        if (e.hosts().isEmpty()) return e.name() + ": " + e.why() + "; of the hosts joined there is none such: " + joined;
        return e.name() + ": there is no overlay host '" + String.join("', '", e.hosts()) + "' (" + why(e) + "); joined are " + joined;
    }

    private static String why(Demand.Entity e) {
        return e.why().isEmpty() ? "may go to " + String.join(", ", e.hosts()) : e.why();
    }

    private String group(Demand.Group g) {
        String places = g.label().isEmpty() ? "host" : g.label();
        String who = g.entities().stream().limit(NAMES).collect(Collectors.joining(", "))
                + (g.entities().size() > NAMES ? " and " + (g.entities().size() - NAMES) + " more" : "");
        int there = new Places(p).places[p.demand.groups().indexOf(g)];
        return "group " + g.name() + " wants " + who + switch (g.rule()) {
            case APART -> " each on another " + places + " (there are " + there + ")";
            case TOGETHER -> " on one " + places;
            case SPREAD -> " on at least " + g.places() + " different ones of " + places + " (there are " + there + ")";
        };
    }

    private String limit(Demand.Traffic t) {
        int i = p.entity(t.a());
        int j = p.entity(t.b());
        double nearest = Double.POSITIVE_INFINITY;
        String pair = "";
        for (int h = 0; h < p.hosts; h++) {
            if (!p.allows(i, h)) continue;
            for (int q = 0; q < p.hosts; q++) {
                if (!p.allows(j, q) || !(p.substrate.distances().millis(h, q) < nearest)) continue;
                nearest = p.substrate.distances().millis(h, q);
                pair = p.host(h).name() + " -- " + p.host(q).name();
            }
        }
        return t.a() + " -- " + t.b() + " at most " + number(t.maxMillis()) + " ms round trip"
                + (nearest > 0 && !pair.isEmpty() ? " (least possible: " + number(nearest) + " ms, " + pair + ")" : "");
    }

    private String pair(Item r) {
        return p.demand.traffic().get(r.index()).a() + " -- " + p.demand.traffic().get(r.index()).b();
    }

    private String names(Iterable<Integer> who) {
        List<String> all = new ArrayList<>();
        who.forEach(i -> all.add(p.entity(i).name()));
        return all.stream().limit(NAMES).collect(Collectors.joining(", ")) + (all.size() > NAMES ? " and " + (all.size() - NAMES) + " more" : "");
    }

    /** Cores and bytes; what is negative is left out. */
    private static String amount(double cpus, double bytes) {
        String cores = cpus < 0 ? "" : cpus == Double.POSITIVE_INFINITY ? "unlimited cpus" : String.format(Locale.ROOT, "%.2f cpus", cpus);
        String memory = bytes < 0 ? "" : bytes >= Long.MAX_VALUE ? "unlimited memory" : bytes % (1 << 20) != 0
                ? String.format(Locale.ROOT, "%.0f bytes", bytes) : String.format(Locale.ROOT, "%.0f MiB", bytes / (1 << 20));
        return cores + (cpus < 0 || bytes < 0 ? "" : " and ") + memory;
    }

    private static String number(double value) {
        StringBuilder s = new StringBuilder();
        Answers.number(s, value);
        return s.toString();
    }
}
