// SPDX-License-Identifier: Apache-2.0
package org.violin.api.routing;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.violin.api.model.NicSpec;

/**
 * One vNIC of a vRouter and who else is on its segment.
 *
 * @param cost for the protocols that add costs up, 1 to 65,535
 * @param pointToPoint a vLink straight to one other guest, not a vSwitch
 * @param neighbours vRouters on the segment, by name
 * @param options {@code area}, {@code passive} true: its subnet is announced but nobody is spoken to there; others that a plugin reads
 */
public record RouterNic(NicSpec spec, int cost, boolean pointToPoint, List<Neighbour> neighbours, Map<String, String> options) {
    public RouterNic {
        neighbours = List.copyOf(neighbours);
        options = Collections.unmodifiableMap(new TreeMap<>(options));
    }
}
