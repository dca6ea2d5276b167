// SPDX-License-Identifier: Apache-2.0
package org.violin.api.dataplane;

import org.violin.api.model.NodeId;
import org.violin.api.model.PortId;

/** One end of a vLink as seen from one overlay host. */
public sealed interface LinkEnd {
    /** A guest's vNIC on this host; the link works once a device is plugged in for it. */
    record Nic(PortId id) implements LinkEnd {}

    /** A port of a vSwitch on this host. */
    record Switch(PortId id) implements LinkEnd {
        public NodeId node() {
            return id.node();
        }
    }

    /** The end is on that overlay host: frames cross the tunnel to it. */
    record Remote(String host) implements LinkEnd {}
}
