// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.dataplane.PollerProvider;

/** The workers and their threads. */
final class WorkerPool {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);
    private static final long JOIN_MILLIS = 3000;

    private final Worker[] workers;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicInteger resumed = new AtomicInteger();

    WorkerPool(int count, PollerProvider pollers, Uplink uplink, Grace grace, LongSupplier clock) {
        workers = new Worker[count];
        for (int i = 0; i < count; i++) workers[i] = new Worker(pollers.open(), uplink, grace, clock);
    }

    void start() {
        for (Worker worker : workers) {
            Thread thread = new Thread(worker, "violin-engine-" + threads.size());
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    /** The worker with the fewest devices. Called under the fabric's lock. */
    Worker least() {
        Worker least = workers[0];
        for (Worker worker : workers) {
            if (worker.devices() < least.devices()) least = worker;
        }
        return least;
    }

    /** What was paused for congestion is read again. Any thread, never blocks. */
    void resume() {
        // Who is woken first has the better chance of the room: each in turn.
        int first = Math.floorMod(resumed.getAndIncrement(), workers.length);
        for (int i = 0; i < workers.length; i++) workers[(first + i) % workers.length].resume();
    }

    int step() {
        int frames = 0;
        for (Worker worker : workers) frames += worker.turn(0);
        return frames;
    }

    long faults() {
        long all = 0;
        for (Worker worker : workers) all += worker.faults();
        return all;
    }

    /** When this returns, no worker reads a device any more. */
    void stop() {
        for (Worker worker : workers) worker.stop();
        for (Thread thread : threads) {
            try {
                thread.join(JOIN_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (thread.isAlive()) LOG.warn("{} is still inside a plugin after {} ms", thread.getName(), JOIN_MILLIS);
        }
        for (Worker worker : workers) worker.close();
    }
}
