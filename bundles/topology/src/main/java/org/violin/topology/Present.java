// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.violin.api.model.LinkSpec;
import org.violin.api.model.NicSpec;
import org.violin.api.model.NodeSpec;
import org.violin.api.model.ViolinSpec;

/** The present spec of the violin, indexed: what automatic names, addresses and MACs should stay like. Used up by one reading. */
final class Present {
    private final Map<String, NicSpec> nics = new HashMap<>();
    private final Map<String, Deque<LinkSpec>> links = new HashMap<>();

    Present(Optional<ViolinSpec> spec) {
        if (spec.isEmpty()) return;
        for (NodeSpec node : spec.get().nodes()) {
            for (NicSpec nic : node.nics()) nics.put(key(node.name(), nic.name()), nic);
        }
        for (LinkSpec link : spec.get().links()) {
            links.computeIfAbsent(key(link.a().node(), link.b().node()), k -> new ArrayDeque<>()).add(link);
        }
    }

    Optional<NicSpec> nic(String node, String nic) {
        return Optional.ofNullable(nics.get(key(node, nic)));
    }

    /** The present links between two nodes, which the caller takes from; in the order of the file they came from. */
    Deque<LinkSpec> links(String node, String other) {
        boolean sorted = node.compareTo(other) <= 0;
        return links.getOrDefault(sorted ? key(node, other) : key(other, node), new ArrayDeque<>(0));
    }

    private static String key(String a, String b) {
        return a + " " + b;
    }
}
