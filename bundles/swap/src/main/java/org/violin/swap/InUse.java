// SPDX-License-Identifier: Apache-2.0
package org.violin.swap;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.violin.api.control.Specs;
import org.violin.api.control.ViolinSummary;
import org.violin.api.control.Violins;
import org.violin.api.model.NodeKind;
import org.violin.api.model.NodeSpec;
import org.violin.api.model.ViolinSpec;

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
        kinds.get(Role.ROUTING).add(spec.attributes().getOrDefault("routing", "kernel"));
        if (spec.attributes().containsKey("cipher")) kinds.get(Role.CIPHER).add(spec.attributes().get("cipher"));
        for (NodeSpec node : spec.nodes()) kinds.get(node.kind() == NodeKind.VSWITCH ? Role.SWITCHING : Role.RUNTIME).add(node.provider());
    }

    boolean wants(Role role, String kind) {
        return kinds.get(role).contains(kind);
    }
}
