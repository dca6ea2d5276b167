// SPDX-License-Identifier: Apache-2.0
package org.violin.api.dataplane;

import java.io.IOException;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/** Opens tunnels of one kind. Called by: control threads of the engine. */
@ConsumerType
public interface TunnelProvider {
    /** The word in the configuration, such as {@code udp}. */
    String kind();

    /**
     * Binds this host's end.
     *
     * @param settings where to listen and for whom
     * @param ciphers what there is; the tunnel opens those that its peers name, and releases them when it ends
     * @param sink gets what is received until the tunnel is closed
     * @param before what the last tunnel at this address left ({@link Tunnel#release}), of whatever kind and version; null: nothing
     * @throws IOException when the address cannot be bound, naming it
     */
    Tunnel open(TunnelSettings settings, List<CipherProvider> ciphers, FrameSink sink, HandOver before) throws IOException;
}
