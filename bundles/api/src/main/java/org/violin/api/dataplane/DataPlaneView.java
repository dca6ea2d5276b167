// SPDX-License-Identifier: Apache-2.0
package org.violin.api.dataplane;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** What the data plane of this overlay host looks like now. Provided by the engine; any thread. */
@ProviderType
public interface DataPlaneView {
    List<PortStatus> ports();

    List<TunnelStatus> tunnels();

    /** Frames that arrived for a VNI this host does not know from that peer, and the like, by reason. */
    java.util.Map<String, Long> drops();

    /** What changing plugins under traffic has cost, by role and name, such as {@code tunnel-swaps}; the engine's README lists them. */
    default java.util.Map<String, Long> swaps() {
        return java.util.Map.of();
    }
}
