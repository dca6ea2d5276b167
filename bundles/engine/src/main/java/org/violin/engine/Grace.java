// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits until no thread can still use what was just taken out of reach: every thread that carries frames has since ended its cycle.
 * This is what makes closing a device or a tunnel safe without a lock on the hot path.
 */
final class Grace {
    private final List<Cycle> cycles = new CopyOnWriteArrayList<>();

    private final ThreadLocal<Cycle> own = ThreadLocal.withInitial(() -> register(Thread.currentThread()));

    /** The calling thread's own, made at its first call: for threads of tunnels. */
    Cycle cycle() {
        return own.get();
    }

    /** A cycle for a thread that will carry frames; forgotten when the thread has ended. */
    Cycle register(Thread thread) {
        prune();
        Cycle cycle = new Cycle(thread);
        cycles.add(cycle);
        return cycle;
    }

    /** Forgets one that its thread needs no more. */
    void forget(Cycle cycle) {
        cycles.remove(cycle);
    }

    /** Forgets those of threads that have ended. */
    void prune() {
        cycles.removeIf(c -> c.thread.getState() == Thread.State.TERMINATED);
    }

    int size() {
        return cycles.size();
    }

    /** Call after unpublishing, without a lock that a frame needs. False when a thread stayed inside for that long. */
    boolean await(Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        for (Cycle cycle : cycles) {
            if (cycle.thread == Thread.currentThread()) continue;
            int seen = cycle.sequence();
            if ((seen & 1) == 0) continue;
            for (int spins = 0; cycle.sequence() == seen; spins++) {
                if (System.nanoTime() - deadline > 0) return false;
                if (spins < 100) Thread.onSpinWait();
                else LockSupport.parkNanos(20_000);
            }
        }
        return true;
    }
}
