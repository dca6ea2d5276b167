// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.nio.ByteBuffer;
import org.violin.frame.Slicer;

/** One peer's way out of a {@link Port}. Called under the lock of its {@link Outbound}. */
interface Wire {
    /** Sends a batch, now or as soon as there is room; it ends in {@link Outbound#done}. */
    void hand(Batch batch);

    /**
     * Sends one large record from where it lies, cut into datagrams. Only while nothing else waits.
     *
     * @return bytes of the record's stream (its 6-byte header counts) that were sent; 0: none, take the ordinary way
     */
    default int gather(Slicer slicer, int vni, ByteBuffer slab, int offset, int length) {
        return 0;
    }

    /** Datagrams that {@link #gather} sent, since the last call. */
    default int gathered() {
        return 0;
    }

    /** System calls that sent to this peer; 0: not counted. */
    default long calls() {
        return 0;
    }
}
