// SPDX-License-Identifier: Apache-2.0
package org.violin.api.routing;

import java.util.List;

/**
 * A control plane as observed.
 *
 * @param state {@code starting}, {@code ready}, {@code degraded} or {@code failed}
 * @param reason of a state that is not ready
 */
public record ControlStatus(String state, String reason, List<Adjacency> adjacencies, List<Route> routes, List<Daemon> daemons) {
    public ControlStatus {
        adjacencies = List.copyOf(adjacencies);
        routes = List.copyOf(routes);
        daemons = List.copyOf(daemons);
    }

    /**
     * @param peer router-id or address, as the protocol names it
     * @param state the protocol's own word, such as {@code Full} or {@code Established}
     * @param up frames of users may go there
     * @param upMillis since when it is in this state; -1: not told
     */
    public record Adjacency(String protocol, String peer, String address, String nic, String state, boolean up, long upMillis) {}

    /** @param selected it is the one that is used for its destination */
    public record Route(FibRoute fib, int distance, long metric, boolean selected) {}

    /** @param pid as the overlay host sees it; 0: it does not run. @param memoryBytes private ones (smaps_rollup, proc(5)) */
    public record Daemon(String name, int pid, long memoryBytes, int restarts) {}
}
