// SPDX-License-Identifier: Apache-2.0
package org.violin.swap;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Calls into plugins that nobody trusts yet, each on a thread that can be given up. At most so many may hang at a time. Any thread. */
final class Deadline {
    static final int MAX_HANGING = 16;
    private static final long LOOK_MILLIS = 50;

    private final List<Thread> hanging = new ArrayList<>();

    /**
     * Waits for a task that long.
     *
     * @throws Broken when it threw anything, also an error, or did not end
     */
    <T> T call(String what, long millis, Callable<T> task) throws Broken {
        synchronized (hanging) {
            hanging.removeIf(t -> !t.isAlive());
            if (hanging.size() >= MAX_HANGING) throw new Broken(what + ": not tried, " + hanging.size() + " calls of plugins hang already", null);
        }
        FutureTask<T> future = new FutureTask<>(task);
        Thread thread = new Thread(future, "violin-swap " + what);
        thread.setDaemon(true);
        thread.start();
        try {
            return future.get(millis, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new Broken(reason(e.getCause()), e.getCause());
        } catch (TimeoutException e) {
            giveUp(thread);
            throw new Broken(what + ": no end after " + millis + " ms", e);
        } catch (InterruptedException e) {
            giveUp(thread);
            Thread.currentThread().interrupt();
            throw new Broken(what + ": interrupted", e);
        }
    }

    /** Asks now and then until the answer is not null, at most so long; null when it never was. Throws {@link Broken} when interrupted. */
    <T> T until(long millis, Supplier<T> question) throws Broken {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        T answer = question.get();
        try {
            while (answer == null && System.nanoTime() - end < 0) {
                Thread.sleep(LOOK_MILLIS);
                answer = question.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Broken("interrupted", e);
        }
        return answer;
    }

    private void giveUp(Thread thread) {
        thread.interrupt();
        synchronized (hanging) {
            hanging.add(thread);
        }
    }

    /** One line: the message of the innermost cause, with its type unless it is our own. */
    static String reason(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause.getCause() != null && depth < 8; depth++) cause = cause.getCause();
        String message = cause.getMessage() == null ? "" : cause.getMessage().lines().findFirst().orElse("");
        return cause instanceof Broken ? message : cause.getClass().getSimpleName() + (message.isEmpty() ? "" : ": " + message);
    }
}
