// SPDX-License-Identifier: Apache-2.0
package org.violin.api.dataplane;

import java.nio.ByteBuffer;
import org.osgi.annotation.versioning.ProviderType;

/** Where a tunnel hands received frames. Implemented by the engine. Called by: the tunnel's receive threads. */
@ProviderType
public interface FrameSink {
    /** One record from a peer, by its {@link Peer#id}. Memory: lent for the call. */
    void received(String peer, int vni, ByteBuffer slab, int offset, int length);

    /** The tunnel has handed over all it received for now; held frames may be flushed. */
    void drained();

    /** A peer that was {@link Tunnel#CONGESTED} has room again. Any thread of the tunnel or the engine. Must not: block. */
    default void writable() {}

    /** A peer was heard again, or was not heard for the tunnel's silence limit. Drives carrier. */
    void peerState(String peer, boolean up);
}
