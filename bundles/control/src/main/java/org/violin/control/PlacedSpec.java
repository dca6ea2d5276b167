// SPDX-License-Identifier: Apache-2.0
package org.violin.control;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.violin.api.model.ViolinSpec;

/**
 * A violin as stored for all overlay hosts: the spec, where its nodes are, and the VNIs of its links.
 *
 * @param revision counts up with each change
 * @param placement overlay host by node
 * @param vnis VNI by link key
 * @param channel the violin's number in tunnels, 1 to 65,535
 * @param destroying the spec is empty and will be deleted once every host has let go
 */
record PlacedSpec(ViolinSpec spec, long revision, Map<String, String> placement, Map<String, Integer> vnis, int channel, boolean destroying) {
    PlacedSpec {
        placement = java.util.Collections.unmodifiableMap(new TreeMap<>(placement));
        vnis = java.util.Collections.unmodifiableMap(new TreeMap<>(vnis));
    }

    String name() {
        return spec.name();
    }

    /** The overlay hosts that have a part in it. */
    Set<String> hosts() {
        return new TreeSet<>(placement.values());
    }

    /** What is stored to destroy it. */
    PlacedSpec emptied() {
        ViolinSpec none = new ViolinSpec(spec.name(), java.util.List.of(), java.util.List.of(), Map.of());
        return new PlacedSpec(none, revision + 1, Map.of(), Map.of(), channel, true);
    }
}
