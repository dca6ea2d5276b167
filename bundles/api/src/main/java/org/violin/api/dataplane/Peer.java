// SPDX-License-Identifier: Apache-2.0
package org.violin.api.dataplane;

import java.net.InetSocketAddress;

/**
 * A far end of a tunnel: another overlay host, for one violin. Each has keys, a stream and counters of its own.
 *
 * @param id unique in the tunnel, the same while it is there; what {@link Tunnel#send} and {@link FrameSink} say
 * @param host the overlay host's name
 * @param violin whose frames go there; empty: of none, for the liveness of the host itself
 * @param channel the violin's number, 1 to 65,535, the same on all hosts; 0 for no violin
 * @param cipher kind of the cipher
 * @param address where its tunnel listens, as far as is known
 * @param incarnation changes when that host's container was started anew; tunnels reset their sequence state then
 */
public record Peer(String id, String host, String violin, int channel, String cipher, InetSocketAddress address, long incarnation) {
    /** The overlay host itself, for no violin. */
    public Peer(String host, String cipher, InetSocketAddress address, long incarnation) {
        this(host, host, "", 0, cipher, address, incarnation);
    }
}
