// SPDX-License-Identifier: Apache-2.0
package org.violin.api.routing;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.osgi.annotation.versioning.ProviderType;
import org.violin.api.dataplane.FrameDevice;
import org.violin.api.guest.Guest;
import org.violin.api.guest.GuestException;
import org.violin.api.model.Mistake;
import org.violin.api.model.NodeId;
import org.violin.api.model.RouteSpec;
import org.violin.api.model.ViolinSpec;

/** The vRouters of this overlay host that do more than forward computed routes in their kernel, or have services. Provided by routers; called by control. */
@ProviderType
public interface Routers {
    /**
     * Those of these nodes that are such vRouters. Pure.
     *
     * @param computed routes of nodes whose control plane is none
     */
    Map<String, RouterSpec> specs(ViolinSpec spec, Set<String> nodes, Map<String, List<RouteSpec>> computed);

    /** The vRouters of a spec that learn their own routes: for them none are computed. Pure. */
    Set<String> learning(ViolinSpec spec);

    /** What the plugins say against a spec; control asks before it stores one. */
    List<Mistake> check(ViolinSpec spec);

    /**
     * Makes it so, from nothing or from another spec, in place where that is possible.
     *
     * @param vnics the guest's own devices
     */
    void open(RouterSpec spec, Guest guest, Map<String, FrameDevice> vnics) throws GuestException;

    /** Ends what runs for that vRouter; unknown ones are ignored. @param guest null: it is gone already */
    void close(NodeId id, Guest guest) throws GuestException;

    /**
     * What vRouters here would lose if another plugin took their place now, for people.
     *
     * @param kind of the plugin that would come
     * @param node empty: all of the violin
     */
    List<String> losses(String kind, String violin, Optional<String> node);

    /** The last change of what learns the routes of vRouters here, of those that had one. @param node empty: all of the violin */
    List<ControlChange> changes(String violin, Optional<String> node);

    /** Those with a service that fails since they were opened, such as a way out that was forbidden. Quick; control asks again and again. */
    default Set<NodeId> troubled() {
        return Set.of();
    }

    /** As observed, by name. */
    Collection<RouterStatus> status();

    /** @return the answer of the control plane, see {@link ControlPlane#command} */
    String control(NodeId id, String line) throws GuestException;

    /** @return the answer of the forwarding, see {@link Forwarding#command} */
    String forwarding(NodeId id, String operation, String target, String value) throws GuestException;
}
