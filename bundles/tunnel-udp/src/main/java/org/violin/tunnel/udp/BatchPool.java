// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.util.ArrayDeque;

/** Keeps batches of a tunnel for use again: as many as one peer's queue can fill. What is out is bounded by the peers' queues. */
final class BatchPool {
    private static final int LEAST = 8;
    private static final int MOST = 128;

    private final ArrayDeque<Batch> free;
    private final int kept;

    /** @param queueBytes bound of one peer's queue */
    BatchPool(int queueBytes) {
        kept = Math.max(LEAST, Math.min(MOST, queueBytes / Batch.MAX_BYTES + 2));
        free = new ArrayDeque<>(kept);
    }

    synchronized Batch take() {
        Batch batch = free.pollLast();
        return batch != null ? batch : new Batch();
    }

    synchronized void give(Batch batch) {
        batch.clear();
        if (free.size() < kept) free.addLast(batch);
    }
}
