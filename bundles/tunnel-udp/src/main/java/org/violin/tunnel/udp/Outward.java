// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.util.concurrent.atomic.AtomicLong;
import org.violin.api.dataplane.FrameSink;

/**
 * What the senders of one tunnel share.
 *
 * @param controls sequence of clear control datagrams, one for all peers
 * @param queueBytes bound of what waits for one peer
 */
record Outward(BatchPool pool, int queueBytes, FrameSink sink, AtomicLong controls) {
    /** A peer's queue has room again. */
    void relieved() {
        sink.writable();
    }
}
