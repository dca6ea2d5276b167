// SPDX-License-Identifier: Apache-2.0
package org.violin.swap;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.violin.api.control.Report;
import org.violin.api.control.Specs;
import org.violin.api.model.NodeKind;
import org.violin.api.model.NodeSpec;
import org.violin.api.model.Refused;
import org.violin.api.model.ViolinSpec;
import org.violin.api.routing.RoutingWords;

/** Replaces the provider of one role in a stored spec, and puts it back when hosts could not follow. Used once. */
final class ViolinChange {
    private static final String ROUTING = "routing";
    private static final int SHOWN = 20;

    private final Specs specs;
    private final Role role;
    private final String violin;
    private final String node;
    private final RoutingChange routing;
    private ViolinSpec before;
    private ViolinSpec after;

    /** @param scope {@code VIOLIN}; of role routing also {@code VIOLIN/NODE}, for one vRouter */
    ViolinChange(Specs specs, Role role, String scope, RoutingChange routing) {
        int slash = scope.indexOf('/');
        this.specs = specs;
        this.role = role;
        this.violin = slash < 0 ? scope : scope.substring(0, slash);
        this.node = slash < 0 ? "" : scope.substring(slash + 1);
        this.routing = routing;
    }

    /** Returns the words that were there before, joined; empty: the default. */
    String to(String kind) throws Refused {
        if (!node.isEmpty()) checkNode();
        try {
            return change(kind);
        } catch (IllegalArgumentException e) {
            throw new Refused("swap " + role.word(), kind, "routing must be " + e.getMessage());
        }
    }

    private void checkNode() throws Refused {
        if (role != Role.ROUTING) throw new Refused("swap " + role.word(), node, "only routing is swapped for one node; leave the node out");
        ViolinSpec spec = specs.spec(violin).orElseThrow(() -> new Refused("swap routing", violin, "there is no violin of that name"));
        NodeSpec found = spec.node(node).orElseThrow(() -> new Refused("swap routing", node, violin + " has no such node"));
        if (found.kind() != NodeKind.VROUTER) throw new Refused("swap routing", node, "a " + found.kind().word() + " does not route");
    }

    private String change(String kind) throws Refused {
        Report report = specs.change(violin, spec -> {
            before = spec;
            after = with(spec, kind);
            return after;
        }, line -> {});
        if (report.failures().isEmpty()) return words(before);
        String why = String.join("; ", report.failures());
        Report back = specs.change(violin, this::restored, line -> {});
        throw new Refused("swap " + role.word(), kind, why + (back.failures().isEmpty() ? "; it is as it was"
                : "; setting it back failed too: " + String.join("; ", back.failures())));
    }

    private boolean mine(NodeSpec node) {
        return role == Role.SWITCHING ? node.kind() == NodeKind.VSWITCH : role == Role.RUNTIME && node.kind().isGuest();
    }

    private ViolinSpec with(ViolinSpec spec, String kind) {
        Map<String, String> attributes = new TreeMap<>(spec.attributes());
        if (role == Role.CIPHER) attributes.put(role.word(), kind);
        if (role == Role.ROUTING) {
            if (!node.isEmpty()) return routed(spec, n -> own(n, attributes.getOrDefault(ROUTING, RoutingWords.DEFAULT), kind));
            attributes.put(ROUTING, routing.with(attributes.getOrDefault(ROUTING, RoutingWords.DEFAULT), kind));
        }
        List<NodeSpec> nodes = new ArrayList<>();
        for (NodeSpec node : spec.nodes()) nodes.add(mine(node) ? provided(node, kind) : node);
        return spec.withNodes(nodes).withAttributes(attributes);
    }

    /** The node's own words; none when they are the violin's. */
    private String own(NodeSpec of, String violins, String kind) {
        String words = routing.with(of.attributes().getOrDefault(ROUTING, violins), kind);
        return words.equals(violins) ? null : words;
    }

    /** With other words at the node, or none. */
    private ViolinSpec routed(ViolinSpec spec, Function<NodeSpec, String> words) {
        List<NodeSpec> nodes = new ArrayList<>();
        for (NodeSpec n : spec.nodes()) {
            if (!n.name().equals(node)) {
                nodes.add(n);
                continue;
            }
            Map<String, String> attributes = new TreeMap<>(n.attributes());
            attributes.remove(ROUTING);
            String own = words.apply(n);
            if (own != null) attributes.put(ROUTING, own);
            nodes.add(new NodeSpec(n.name(), n.kind(), n.host(), n.provider(), n.limits(), n.nics(), n.routes(), n.exec(), attributes));
        }
        return spec.withNodes(nodes);
    }

    private ViolinSpec restored(ViolinSpec spec) {
        if (!node.isEmpty()) return routed(spec, n -> before.node(node).map(b -> b.attributes().get(ROUTING)).orElse(null));
        Map<String, String> attributes = new TreeMap<>(spec.attributes());
        if (role == Role.CIPHER || role == Role.ROUTING) {
            attributes.remove(role.word());
            if (before.attributes().containsKey(role.word())) attributes.put(role.word(), before.attributes().get(role.word()));
        }
        Map<String, NodeSpec> old = before.nodesByName();
        List<NodeSpec> nodes = new ArrayList<>();
        for (NodeSpec node : spec.nodes()) {
            nodes.add(mine(node) && old.containsKey(node.name()) ? provided(node, old.get(node.name()).provider()) : node);
        }
        return spec.withNodes(nodes).withAttributes(attributes);
    }

    private static NodeSpec provided(NodeSpec n, String kind) {
        return new NodeSpec(n.name(), n.kind(), n.host(), kind, n.limits(), n.nics(), n.routes(), n.exec(), n.attributes());
    }

    /** What there is now; see {@link #to}. */
    String now() {
        return words(after);
    }

    /** For people; empty: nothing. Only of role routing. */
    List<String> notes() {
        List<String> notes = new ArrayList<>();
        List<String> own = after.nodes().stream().filter(n -> n.attributes().containsKey(ROUTING)).map(NodeSpec::name).toList();
        if (node.isEmpty() && !own.isEmpty()) {
            notes.add("with routing of their own, which stays: " + String.join(", ", own.subList(0, Math.min(SHOWN, own.size())))
                    + (own.size() > SHOWN ? " and " + (own.size() - SHOWN) + " more" : ""));
        }
        return notes;
    }

    private String words(ViolinSpec spec) {
        if (role == Role.ROUTING && !node.isEmpty()) {
            String violins = spec.attributes().getOrDefault(ROUTING, RoutingWords.DEFAULT);
            return spec.node(node).map(n -> n.attributes().getOrDefault(ROUTING, violins)).orElse("");
        }
        if (role == Role.CIPHER || role == Role.ROUTING) return spec.attributes().getOrDefault(role.word(), "");
        TreeSet<String> words = new TreeSet<>();
        for (NodeSpec node : spec.nodes()) if (mine(node)) words.add(node.provider());
        return String.join(", ", words);
    }
}
