// SPDX-License-Identifier: Apache-2.0
package org.violin.api.routing;

import java.util.List;
import java.util.Map;
import org.violin.api.model.NodeId;

/**
 * One vRouter as observed.
 *
 * @param control kind of the control plane; empty: none
 * @param fibRoutes how many routes the FIB has
 * @param counters of the forwarding
 * @param services by kind
 */
public record RouterStatus(
        NodeId id,
        String routerId,
        String control,
        String forwarding,
        ControlStatus learnt,
        int fibRoutes,
        Map<String, Long> counters,
        List<ServiceStatus> services) {
    public RouterStatus {
        services = services == null ? List.of() : List.copyOf(services);
    }
}
