// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Calls of control threads into plugins, each on a thread of its own that is given up when the plugin hangs. Not for the hot path.
 */
final class Guard {
    /** A plugin may take so long. */
    static final Duration DEADLINE = Duration.ofSeconds(5);

    private final Duration deadline;

    Guard(Duration deadline) {
        this.deadline = deadline;
    }

    /** With half the time: for what is called inside another guarded call. */
    Guard half() {
        return new Guard(deadline.dividedBy(2));
    }

    /** A plugin did not come back. */
    static final class Hung extends Exception {
        private static final long serialVersionUID = 1;

        Hung(String what) {
            super(what);
        }
    }

    /** What is done with an answer that came when nobody waited any more. */
    interface Late<T> {
        void take(T answer) throws Exception;
    }

    /**
     * Calls and waits.
     *
     * @param what for the message of {@link Hung}
     * @param late on the plugin's thread, for an answer after the deadline
     * @throws Exception what the plugin threw, errors of linking as {@link IllegalStateException}; {@link Hung} after the deadline
     */
    <T> T call(String what, Callable<T> plugin, Late<T> late) throws Exception {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Thread thread = new Thread(null, () -> run(plugin, late, answer), "violin-engine-plugin", 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(Guard.class.getClassLoader());
        thread.start();
        boolean interrupted = false;
        try {
            long until = System.nanoTime() + deadline.toNanos();
            while (true) {
                try {
                    return answer.get(until - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (TimeoutException e) {
                    Hung hung = new Hung(what + " took longer than " + deadline.toMillis() + " ms");
                    if (!answer.completeExceptionally(hung)) continue;
                    thread.interrupt();
                    throw hung;
                } catch (ExecutionException e) {
                    if (e.getCause() instanceof Exception cause) throw cause;
                    throw new IllegalStateException(e.getCause().toString(), e.getCause());
                }
            }
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    <T> T call(String what, Callable<T> plugin) throws Exception {
        return call(what, plugin, answer -> {});
    }

    private static <T> void run(Callable<T> plugin, Late<T> late, CompletableFuture<T> answer) {
        try {
            T made = plugin.call();
            if (!answer.complete(made)) late.take(made);
        } catch (Throwable e) { // also errors: they are the plugin's, and this thread is only there for it
            answer.completeExceptionally(e);
        }
    }
}
