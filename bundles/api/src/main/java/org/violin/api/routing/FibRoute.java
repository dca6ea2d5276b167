// SPDX-License-Identifier: Apache-2.0
package org.violin.api.routing;

import java.util.List;
import org.violin.api.model.Cidr;

/**
 * One entry of a vRouter's FIB.
 *
 * @param destination subnet
 * @param protocol who knows it: {@code ospf}, {@code bgp}, {@code rip}, {@code isis}, {@code static}, {@code connected}
 * @param hops more than one: ECMP; none: what goes there is dropped (blackhole)
 */
public record FibRoute(Cidr destination, String protocol, List<Hop> hops) {
    public FibRoute {
        hops = List.copyOf(hops);
    }

    /**
     * @param via the next hop's address; empty: the destination is on the link
     * @param nic the vNIC it leaves by
     * @param weight 1 or more, among the hops of one route
     */
    public record Hop(String via, String nic, int weight) {}
}
