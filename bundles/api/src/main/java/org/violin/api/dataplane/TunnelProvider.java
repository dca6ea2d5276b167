// SPDX-License-Identifier: Apache-2.0
package org.violin.api.dataplane;

import java.io.IOException;
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
     * @param cipher seals each datagram's payload; shared by the tunnel's threads one call at a time for each direction
     * @param sink gets what is received until the tunnel is closed
     * @throws IOException when the address cannot be bound, naming it
     */
    Tunnel open(TunnelSettings settings, FrameCipher cipher, FrameSink sink) throws IOException;
}
