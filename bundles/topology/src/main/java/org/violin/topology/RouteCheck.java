// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.violin.api.model.Cidr;
import org.violin.api.model.Endpoint;
import org.violin.api.model.RouteSpec;

/** Finds the interface that each given route's next hop is reached by; a next hop in no subnet of the node is a mistake. */
final class RouteCheck {
    private final Map<Endpoint, List<Cidr>> addresses;
    private final Mistakes mistakes;
    private final boolean complete;

    /** @param complete false when links or addresses were left out because of mistakes; an unreachable next hop then says nothing */
    RouteCheck(Map<Endpoint, List<Cidr>> addresses, Mistakes mistakes, boolean complete) {
        this.addresses = addresses;
        this.mistakes = mistakes;
        this.complete = complete;
    }

    List<RouteSpec> routes(Draft.Node node) {
        List<RouteSpec> routes = new ArrayList<>();
        for (Draft.Route route : node.routes) {
            Cidr via = Cidr.parse(route.via());
            Cidr to = route.to() != null ? route.to() : Cidr.parse(via.isIpv6() ? "::/0" : "0.0.0.0/0");
            if (to.isIpv6() != via.isIpv6()) {
                mistakes.add(route.line(), to + " via " + route.via(), "destination and next hop must both be IPv4 or both IPv6");
                continue;
            }
            String nic = null;
            boolean own = false;
            for (String name : node.nics.keySet()) {
                for (Cidr address : addresses.getOrDefault(new Endpoint(node.name, name), List.of())) {
                    own |= address.address().equals(via.address());
                    if (nic == null && address.network().contains(via)) nic = name;
                }
            }
            if (own) mistakes.add(route.line(), route.via(), "the next hop is an address of '" + node.name + "' itself");
            else if (nic != null) routes.add(new RouteSpec(to, via.address(), nic, route.metric()));
            else if (complete) mistakes.add(route.line(), route.via(), "this next hop is in no subnet that an interface of '" + node.name
                    + "' is in");
        }
        return routes;
    }
}
