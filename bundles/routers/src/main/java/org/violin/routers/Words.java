// SPDX-License-Identifier: Apache-2.0
package org.violin.routers;

import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import org.violin.api.routing.RoutingWords;

/**
 * What the attribute {@code routing} asks for: words joined by {@code +}, each a protocol, a kind of control plane or a kind of forwarding.
 *
 * @param control kind of the control plane; empty: none
 * @param computed the routes are computed from the topology
 */
record Words(Set<String> protocols, String control, String forwarding, boolean computed) {
    private static final String CONTROL = "zebra";

    /**
     * @param more kinds of control planes that are known besides
     * @param computing kinds that compute routes and do nothing else; any word that is not known is taken for a forwarding that is away
     * @throws IllegalArgumentException with the rule that is broken
     */
    static Words parse(String text, Collection<String> more, Collection<String> computing) {
        RoutingWords words = RoutingWords.parse(text);
        Set<String> protocols = new TreeSet<>(words.protocols());
        String control = "";
        String computer = "";
        String forwarding = "";
        for (String kind : words.kinds()) {
            if (RoutingWords.CONTROL.contains(kind) || more.contains(kind)) {
                if (!control.isEmpty()) throw new IllegalArgumentException("two control planes, " + control + " and " + kind);
                control = kind;
            } else if (computing.contains(kind)) {
                if (!computer.isEmpty()) throw new IllegalArgumentException("two that compute routes, " + computer + " and " + kind);
                computer = kind;
            } else {
                if (!forwarding.isEmpty()) throw new IllegalArgumentException("two kinds of forwarding, " + forwarding + " and " + kind);
                forwarding = kind;
            }
        }
        boolean fixed = protocols.remove(RoutingWords.STATIC);
        if (control.isEmpty() && !protocols.isEmpty()) control = CONTROL;
        if (!control.isEmpty() && protocols.isEmpty() && !fixed) protocols.add("ospf");
        if (!control.isEmpty() && !computer.isEmpty()) throw new IllegalArgumentException(computer + " computes routes and " + control + " learns them: name one");
        return new Words(protocols, control, forwarding.isEmpty() ? RoutingWords.DEFAULT : forwarding, control.isEmpty() && !fixed);
    }

    /** Whether a router of these words is more than computed routes in the guest's kernel. */
    boolean special() {
        return !control.isEmpty() || !forwarding.equals(RoutingWords.DEFAULT);
    }
}
