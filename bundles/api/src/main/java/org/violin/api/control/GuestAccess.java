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
}
