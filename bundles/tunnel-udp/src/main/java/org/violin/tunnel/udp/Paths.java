// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** All peers of a tunnel at one time; never changed, only replaced. */
final class Paths {
    static final Paths NONE = new Paths(java.util.List.of());

    private final Map<String, PeerPath> byHost = new HashMap<>();
    private final Map<InetSocketAddress, PeerPath> byAddress = new HashMap<>();
    private final PeerPath[] all;

    Paths(Collection<PeerPath> paths) {
        all = paths.toArray(PeerPath[]::new);
        for (PeerPath path : all) {
            byHost.put(path.host(), path);
            byAddress.put(path.outbound().address(), path);
        }
    }

    PeerPath of(String host) {
        return byHost.get(host);
    }

    PeerPath of(InetSocketAddress address) {
        return byAddress.get(address);
    }

    /** Read only. */
    PeerPath[] all() {
        return all;
    }
}
