// SPDX-License-Identifier: Apache-2.0
package org.violin.api.routing;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.violin.api.model.Cidr;

/**
 * Another vRouter on a segment, as wanted.
 *
 * @param as its autonomous system; 0: none
 * @param addresses of its vNIC there
 */
public record Neighbour(String node, String routerId, long as, Set<String> protocols, List<Cidr> addresses) {
    public Neighbour {
        protocols = Collections.unmodifiableSet(new TreeSet<>(protocols));
        addresses = List.copyOf(addresses);
    }
}
