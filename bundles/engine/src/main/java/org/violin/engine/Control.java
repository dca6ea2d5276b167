// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread for what must not happen on a thread that carries frames, nor on one of a caller that holds locks. */
final class Control {
    private static final Logger LOG = LoggerFactory.getLogger(Control.class);
    private final ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
        Thread thread = new Thread(task, "violin-engine-control");
        thread.setDaemon(true);
        return thread;
    });

    Control() {
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        executor.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
    }

    void later(Duration delay, Runnable task) {
        try {
            executor.schedule(() -> guarded(task), delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("Stopped, so not done: {}", task);
        }
    }

    void every(Duration period, Runnable task) {
        executor.scheduleWithFixedDelay(() -> guarded(task), period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Returns when all that was asked for so far, without delay, has been done. For tests. */
    void settle() {
        try {
            executor.submit(() -> {}).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException | RejectedExecutionException e) {
            LOG.debug("Stopped");
        }
    }

    /** A task that runs once however often it is asked for before it begins: the queue stays bounded. */
    Runnable coalesced(Runnable task) {
        AtomicBoolean waiting = new AtomicBoolean();
        return () -> {
            if (!waiting.compareAndSet(false, true)) return;
            later(Duration.ZERO, () -> {
                waiting.set(false);
                task.run();
            });
        };
    }

    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | LinkageError e) {
            LOG.error("A control task of the data plane failed", e);
        }
    }

    void stop() {
        executor.shutdown();
    }
}
