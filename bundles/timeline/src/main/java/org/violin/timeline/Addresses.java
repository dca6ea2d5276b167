// SPDX-License-Identifier: Apache-2.0
package org.violin.timeline;

import java.util.ArrayList;
import java.util.List;
import org.violin.api.model.Cidr;
import org.violin.api.model.NodeSpec;
import org.violin.api.model.ViolinSpec;

/** By which address a probe reaches a node. */
final class Addresses {
    private Addresses() {}

    /**
     * The node's loopback address where it has one, since that stays when a vLink goes, else its first; of a family that the asking node
     * speaks, IPv4 before IPv6. A text that is no node but an address is taken as it is. Empty: there is none.
     */
    static String of(ViolinSpec spec, String from, String to) {
        NodeSpec target = spec.node(to).orElse(null);
        if (target == null) {
            try {
                return Cidr.parse(to).address();
            } catch (IllegalArgumentException e) {
                return "";
            }
        }
        List<Cidr> own = spec.node(from).map(Addresses::all).orElse(List.of());
        List<Cidr> theirs = all(target);
        for (boolean six : new boolean[] {false, true}) {
            if (own.stream().noneMatch(c -> c.isIpv6() == six)) continue;
            for (Cidr c : theirs) if (c.isIpv6() == six) return c.address();
        }
        return "";
    }

    private static List<Cidr> all(NodeSpec node) {
        List<Cidr> all = new ArrayList<>();
        for (String text : node.attributes().getOrDefault("loopback", "").split(",")) {
            if (!text.isBlank()) all.add(Cidr.parse(text.strip()));
        }
        node.nics().forEach(nic -> all.addAll(nic.addresses()));
        return all;
    }
}
