// SPDX-License-Identifier: Apache-2.0
package org.violin.api.control;

import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.violin.api.guest.ExecRequest;
import org.violin.api.guest.ExecSession;
import org.violin.api.guest.Guest.GuestStatus;
import org.violin.api.guest.GuestException;
import org.violin.api.model.NodeId;

/** Reaches into the guests of this overlay host. Provided by control; any thread. */
@ProviderType
public interface GuestAccess {
    /** The overlay host a node is placed on; empty when there is no such node. */
    Optional<String> hostOf(NodeId node);

    /** Runs a program in a guest of this host. Throws when the guest is elsewhere or does not run. */
    ExecSession exec(NodeId node, ExecRequest request) throws GuestException;

    /** Status of a guest of this host. */
    Optional<GuestStatus> status(NodeId node);

    /**
     * Ends a guest of this host at once, as a crash would, and keeps it down until {@link #revive} or until this host's control starts anew.
     * Throws when it does not run here.
     */
    default void crash(NodeId node) throws GuestException {
        throw new GuestException(node + ": cannot be crashed here");
    }

    /** Lets a guest that was crashed start again; returns at once. One that was not is left alone. */
    default void revive(NodeId node) {}
}
