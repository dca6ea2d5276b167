// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.util.ArrayDeque;

/** Keeps a few batches of a tunnel for use again. What is out is bounded by the peers' queues; what is kept, by {@link #KEPT}. */
final class BatchPool {
    /** At most so many wait for use: 2 MiB. */
    private static final int KEPT = 32;

    private final ArrayDeque<Batch> free = new ArrayDeque<>(KEPT);

    synchronized Batch take() {
        Batch batch = free.pollLast();
        return batch != null ? batch : new Batch();
    }

    synchronized void give(Batch batch) {
        batch.owner = null;
        if (free.size() < KEPT) free.addLast(batch);
    }
}
