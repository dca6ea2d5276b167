// SPDX-License-Identifier: Apache-2.0
package org.violin.swap;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.violin.api.control.Report;
import org.violin.api.control.Specs;
import org.violin.api.model.NodeKind;
import org.violin.api.model.NodeSpec;
import org.violin.api.model.Refused;
import org.violin.api.model.ViolinSpec;

/** Replaces the provider of one role in a stored spec, and puts it back when hosts could not follow. Used once. */
final class ViolinChange {
    private final Specs specs;
    private final Role role;
    private final String violin;
    private ViolinSpec before;

    ViolinChange(Specs specs, Role role, String violin) {
        this.specs = specs;
        this.role = role;
        this.violin = violin;
    }

    /** Returns the words that were there before, joined; empty: the default. */
    String to(String kind) throws Refused {
        Report report = specs.change(violin, spec -> {
            before = spec;
            return with(spec, kind);
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
        if (role == Role.CIPHER || role == Role.ROUTING) attributes.put(role.word(), kind);
        List<NodeSpec> nodes = new ArrayList<>();
        for (NodeSpec node : spec.nodes()) nodes.add(mine(node) ? provided(node, kind) : node);
        return new ViolinSpec(spec.name(), nodes, spec.links(), attributes);
    }

    private ViolinSpec restored(ViolinSpec spec) {
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
        return new ViolinSpec(spec.name(), nodes, spec.links(), attributes);
    }

    private static NodeSpec provided(NodeSpec n, String kind) {
        return new NodeSpec(n.name(), n.kind(), n.host(), kind, n.limits(), n.nics(), n.routes(), n.exec(), n.attributes());
    }

    private String words(ViolinSpec spec) {
        if (role == Role.CIPHER || role == Role.ROUTING) return spec.attributes().getOrDefault(role.word(), "");
        TreeSet<String> words = new TreeSet<>();
        for (NodeSpec node : spec.nodes()) if (mine(node)) words.add(node.provider());
        return String.join(", ", words);
    }
}
