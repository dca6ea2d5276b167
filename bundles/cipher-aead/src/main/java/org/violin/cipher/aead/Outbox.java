// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What is to be told to the tunnel, in order, by whichever thread comes by, and never under a lock of ours: the tunnel may call back. Bounded
 * by who adds: each exchange message and each change of a session adds a few, and drains.
 */
final class Outbox {
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();
    private final Counters counters;

    Outbox(Counters counters) {
        this.counters = counters;
    }

    /** Any thread, also under locks. */
    void add(Runnable call) {
        waiting.add(call);
    }

    /** Makes the calls, unless another thread is at it: then that one does. Called by: whoever added, without a lock. */
    void drain() {
        if (count.getAndIncrement() != 0) return;
        int seen = 1;
        do {
            for (Runnable call = waiting.poll(); call != null; call = waiting.poll()) {
                try {
                    call.run();
                } catch (RuntimeException e) {
                    counters.count(Event.TUNNEL_FAILED);
                }
            }
            seen = count.addAndGet(-seen);
        } while (seen != 0);
    }
}
