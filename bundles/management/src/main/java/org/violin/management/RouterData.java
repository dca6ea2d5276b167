// SPDX-License-Identifier: Apache-2.0
package org.violin.management;

import java.util.List;
import java.util.Map;
import org.violin.api.routing.ControlStatus;
import org.violin.api.routing.RouterStatus;

/** One vRouter as composite data. */
public final class RouterData {
    private final RouterStatus status;

    RouterData(RouterStatus status) {
        this.status = status;
    }

    public String getViolin() {
        return status.id().violin();
    }

    public String getNode() {
        return status.id().node();
    }

    public String getRouterId() {
        return status.routerId();
    }

    /** Kind of the control plane; empty: its routes are computed. */
    public String getControl() {
        return status.control();
    }

    public String getForwarding() {
        return status.forwarding();
    }

    public String getState() {
        return status.learnt().state();
    }

    public String getReason() {
        return status.learnt().reason();
    }

    /** Protocol, peer, vNIC and the protocol's own word for its state, each. */
    public List<String> getNeighbours() {
        return status.learnt().adjacencies().stream().map(a -> String.join(" ", a.protocol(), a.peer(), a.nic(), a.state())).toList();
    }

    public int getNeighboursUp() {
        return (int) status.learnt().adjacencies().stream().filter(ControlStatus.Adjacency::up).count();
    }

    /** Those that are used. */
    public int getRoutes() {
        return (int) status.learnt().routes().stream().filter(ControlStatus.Route::selected).count();
    }

    public int getFibRoutes() {
        return status.fibRoutes();
    }

    /** Private memory of its processes. */
    public long getMemoryBytes() {
        return status.learnt().daemons().stream().mapToLong(ControlStatus.Daemon::memoryBytes).sum();
    }

    /** Of its processes, since the container started. */
    public int getRestarts() {
        return status.learnt().daemons().stream().mapToInt(ControlStatus.Daemon::restarts).sum();
    }

    /** Of the forwarding. */
    public Map<String, Long> getCounters() {
        return status.counters();
    }
}
