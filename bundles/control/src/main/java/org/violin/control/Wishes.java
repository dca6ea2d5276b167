// SPDX-License-Identifier: Apache-2.0
package org.violin.control;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.violin.api.cluster.HostInfo;
import org.violin.api.model.Limits;
import org.violin.api.model.LinkSpec;
import org.violin.api.model.NodeKind;
import org.violin.api.model.NodeSpec;
import org.violin.api.model.ViolinSpec;
import org.violin.api.placement.Demand;
import org.violin.api.placement.Demand.Group;
import org.violin.api.placement.Distances;
import org.violin.api.placement.Substrate;

/**
 * What a violin wants of placement, from its spec and the hosts: the demand and the substrate. Pure. Attributes that it reads are those
 * named {@code placement.} in the README of topology.
 *
 * @param all overlay hosts that are joined
 * @param out of these: taken out, nothing may be placed there
 * @param used what other violins have reserved, by host
 * @param loads cores that other violins are thought to use, by host
 */
record Wishes(List<HostInfo> all, Set<String> out, Map<String, Limits> used, Map<String, Double> loads, Distances distances) {
    /** Cores that a guest without a limit is thought to use, and a vSwitch; for balance only. */
    static final double GUEST_LOAD = 0.05;
    static final double SWITCH_LOAD = 0.02;
    /** What a vLink without {@code bandwidth} is thought to carry, Mbit/s. */
    static final double USUAL_MEGABITS = 1;
    /** A move must save this share of the violin's cost, and so much again for each {@link #SIZE} of state. */
    static final double MOVE_SHARE = 0.001;
    static final double SIZE = 64 << 20;
    static final Demand.Weights WEIGHTS = new Demand.Weights(1000, 10, 10, 1);

    Substrate substrate() {
        List<Substrate.Host> hosts = new ArrayList<>();
        for (HostInfo h : all) {
            Limits taken = used.getOrDefault(h.name(), Limits.NONE);
            hosts.add(new Substrate.Host(h.name(), Math.max(0, h.cpus() - taken.cpus()), Math.max(0, h.memoryBytes() - taken.memoryBytes()),
                    Math.max(0.1, h.cpus()), loads.getOrDefault(h.name(), 0.0), slots(h), megabits(h, "up"), megabits(h, "down"), h.labels()));
        }
        return new Substrate(hosts, distances, List.of());
    }

    /**
     * @param current host by node that runs
     * @param stay nodes stay where they are as long as they may
     * @param price what a move of a node without state costs, in units of the objective
     */
    Demand demand(ViolinSpec spec, Map<String, String> current, boolean stay, double price) {
        List<Demand.Entity> entities = new ArrayList<>();
        for (NodeSpec node : spec.nodes()) {
            Set<String> why = new TreeSet<>();
            List<String> hosts = hosts(node, why);
            String here = current.get(node.name());
            if (stay && here != null && hosts.contains(here) && node.host().isEmpty()) {
                hosts = List.of(here);
                why = Set.of("runs on " + here);
            }
            boolean any = why.isEmpty() && hosts.size() == all.size();
            double load = number(node.attributes(), "placement.load", node.limits().cpus() > 0 ? node.limits().cpus()
                    : node.kind() == NodeKind.VSWITCH ? SWITCH_LOAD : GUEST_LOAD);
            double size = number(node.attributes(), "placement.size", 0);
            entities.add(new Demand.Entity(node.name(), node.limits().cpus(), node.limits().memoryBytes(), load, any ? List.of() : hosts,
                    any ? "" : String.join(", ", why), price * (1 + size / SIZE)));
        }
        List<Demand.Traffic> traffic = new ArrayList<>();
        for (LinkSpec link : spec.links()) {
            double rate = link.bitsPerSecond().orElse(0) / 1e6;
            traffic.add(new Demand.Traffic(link.a().node(), link.b().node(), rate > 0 ? rate : USUAL_MEGABITS, rate,
                    number(link.attributes(), "max-latency", Double.POSITIVE_INFINITY)));
        }
        Map<String, String> a = spec.attributes();
        Demand.Weights weights = new Demand.Weights(number(a, "placement.weight.loss", WEIGHTS.loss()), number(a, "placement.weight.access", WEIGHTS.access()),
                number(a, "placement.weight.balance", WEIGHTS.balance()), number(a, "placement.weight.moves", WEIGHTS.moves()));
        return new Demand(entities, traffic, groups(spec), weights, true);
    }

    /** Where a node may go by its own rules; each rule that leaves hosts out is added to {@code why}. */
    private List<String> hosts(NodeSpec node, Set<String> why) {
        Map<String, HostInfo> left = new TreeMap<>();
        all.forEach(h -> left.put(h.name(), h));
        if (node.kind().isGuest() && left.values().removeIf(h -> !h.runtimes().contains(node.provider()))) why.add("needs the runtime '" + node.provider() + "'");
        node.host().ifPresent(pin -> {
            left.keySet().retainAll(Set.of(pin));
            why.add("pinned to " + pin);
        });
        Optional.ofNullable(node.attributes().get("placement.hosts")).ifPresent(list -> {
            left.keySet().retainAll(Arrays.asList(list.split(",")));
            why.add("only on " + list.replace(",", ", "));
        });
        node.attributes().forEach((key, values) -> {
            if (!key.startsWith("placement.label.")) return;
            String label = key.substring("placement.label.".length());
            List<String> wanted = Arrays.asList(values.split("\\|"));
            left.values().removeIf(h -> !wanted.contains(h.labels().getOrDefault(label, "")));
            why.add("only where " + label + " is " + String.join(" or ", wanted));
        });
        Set<String> gone = new TreeSet<>(left.keySet());
        gone.retainAll(out);
        if (left.keySet().removeAll(out)) why.add("not on " + String.join(", ", gone) + ", taken out by drain");
        return List.copyOf(left.keySet());
    }

    private static List<Group> groups(ViolinSpec spec) {
        List<Group> groups = new ArrayList<>();
        spec.attributes().forEach((key, text) -> {
            if (!key.startsWith("placement.group.")) return;
            String[] words = text.split(" ", 4);
            Demand.Rule rule = Demand.Rule.valueOf(words[0].toUpperCase(java.util.Locale.ROOT));
            groups.add(new Group(key.substring("placement.group.".length()), rule, words[1].equals("host") ? "" : words[1],
                    List.of(words[3].split(",")), Integer.parseInt(words[2])));
        });
        return groups;
    }

    private static int slots(HostInfo host) {
        String slots = host.labels().get("slots");
        return slots == null || !slots.matches("[0-9]{1,9}") ? Integer.MAX_VALUE : Integer.parseInt(slots);
    }

    private static double megabits(HostInfo host, String label) {
        String rate = host.labels().get(label);
        if (rate == null) return Double.POSITIVE_INFINITY;
        return LinkSpec.rate(rate).orElse(Double.POSITIVE_INFINITY) / 1e6;
    }

    private static double number(Map<String, String> attributes, String key, double other) {
        String text = attributes.get(key);
        return text == null ? other : Double.parseDouble(text);
    }

    /** What the nodes of a placed violin are thought to use, added to {@code loads} by host. */
    static void load(Map<String, Double> loads, PlacedSpec placed) {
        for (NodeSpec node : placed.spec().nodes()) {
            String host = placed.placement().get(node.name());
            double load = node.limits().cpus() > 0 ? node.limits().cpus() : node.kind() == NodeKind.VSWITCH ? SWITCH_LOAD : GUEST_LOAD;
            if (host != null) loads.merge(host, number(node.attributes(), "placement.load", load), Double::sum);
        }
    }

    /** What nodes of a placed violin have reserved, added to {@code used} by host. */
    static void use(Map<String, Limits> used, PlacedSpec placed) {
        for (NodeSpec node : placed.spec().nodes()) {
            String host = placed.placement().get(node.name());
            if (host == null) continue;
            used.merge(host, node.limits(), (a, b) -> new Limits(
                    a.cpus() + b.cpus(), a.memoryBytes() + b.memoryBytes(), a.processes() + b.processes()));
        }
    }

    /** Wishes of a violin among others. */
    static Wishes among(String violin, Map<String, PlacedSpec> others, List<HostInfo> hosts, Set<String> out, Distances distances) {
        Map<String, Limits> used = new HashMap<>();
        Map<String, Double> loads = new HashMap<>();
        others.values().stream().filter(p -> !p.name().equals(violin)).forEach(p -> {
            use(used, p);
            load(loads, p);
        });
        return new Wishes(hosts, out, used, loads, distances);
    }
}
