// SPDX-License-Identifier: Apache-2.0
package org.violin.api.model;

import java.util.List;

/**
 * One vNIC of a guest as wanted.
 *
 * @param name interface name inside the guest
 * @param mac six octets, {@code 02:00:5e:10:00:01}
 * @param mtuBytes IP MTU, 68 to 9000 (1280 at least where IPv6 is used)
 * @param addresses addresses with their prefix lengths, IPv4 before IPv6
 */
public record NicSpec(String name, String mac, int mtuBytes, List<Cidr> addresses) {
    public NicSpec {
        Names.nic(name);
        addresses = List.copyOf(addresses);
    }
}
