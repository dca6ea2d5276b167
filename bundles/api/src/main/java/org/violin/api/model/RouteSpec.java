// SPDX-License-Identifier: Apache-2.0
package org.violin.api.model;

/**
 * One route of a guest.
 *
 * @param destination subnet; {@code 0.0.0.0/0} and {@code ::/0} are the default routes
 * @param via next hop's address
 * @param nic the guest's interface that the next hop is reached by
 * @param metric kernel priority, lower wins; 0 leaves it to the kernel
 */
public record RouteSpec(Cidr destination, String via, String nic, int metric) {
    public RouteSpec {
        if (!destination.network().equals(destination)) throw new IllegalArgumentException("route to " + destination + ": host bits are set");
    }
}
