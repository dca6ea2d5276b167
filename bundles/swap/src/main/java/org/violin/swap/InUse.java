// SPDX-License-Identifier: Apache-2.0
package org.violin.swap;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.violin.api.control.Specs;
import org.violin.api.control.ViolinSummary;
import org.violin.api.control.Violins;
import org.violin.api.model.NodeKind;
import org.violin.api.model.NodeSpec;
import org.violin.api.model.ViolinSpec;
import org.violin.api.routing.RoutingWords;

/** The kinds that configuration and violins ask for, by role. Immutable. */
final class InUse {
    private final Map<Role, Set<String>> kinds = new EnumMap<>(Role.class);

    /** @param violins null, as {@code specs}: control does not run, so none are known */
    InUse(Selection selection, Violins violins, Specs specs) {
        for (Role role : Role.values()) kinds.put(role, new TreeSet<>());
        for (Role role : Role.values()) {
            if (Selection.pid(role) != null) kinds.get(role).add(selection.of(role));
        }
        if (violins == null || specs == null) return;
        for (ViolinSummary violin : violins.list()) {
            Optional<ViolinSpec> spec = specs.spec(violin.name());
            spec.ifPresent(this::add);
        }
    }

    private void add(ViolinSpec spec) {
        routing(spec.attributes().getOrDefault("routing", RoutingWords.DEFAULT));
        if (spec.attributes().containsKey("cipher")) kinds.get(Role.CIPHER).add(spec.attributes().get("cipher"));
        spec.nodes().stream().map(n -> n.attributes().get("routing")).filter(Objects::nonNull).distinct().forEach(this::routing);
        for (NodeSpec node : spec.nodes()) kinds.get(node.kind() == NodeKind.VSWITCH ? Role.SWITCHING : Role.RUNTIME).add(node.provider());
    }

    /** Also what goes without saying: zebra speaks the protocols, the kernel forwards or computes. */
    private void routing(String words) {
        RoutingWords routing;
        try {
            routing = RoutingWords.parse(words);
        } catch (IllegalArgumentException e) {
            return; // nothing is used by it
        }
        Set<String> used = kinds.get(Role.ROUTING);
        used.addAll(routing.kinds());
        boolean control = routing.kinds().stream().anyMatch(RoutingWords.CONTROL::contains);
        boolean forwarding = routing.kinds().stream().anyMatch(RoutingWords.FORWARDING::contains);
        boolean other = routing.kinds().size() > (control ? 1 : 0) + (forwarding ? 1 : 0);
        boolean speaks = !Set.of("static").containsAll(routing.protocols());
        if (speaks && !control && !other) used.addAll(RoutingWords.CONTROL);
        if (!other && !((speaks || control) && forwarding)) used.add(RoutingWords.DEFAULT);
    }

    boolean wants(Role role, String kind) {
        return kinds.get(role).contains(kind);
    }
}
