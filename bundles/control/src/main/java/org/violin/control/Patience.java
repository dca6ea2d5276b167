// SPDX-License-Identifier: Apache-2.0
package org.violin.control;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Calls of pure plugins, bounded in time: one that hangs or breaks must not take control along. Any thread. */
final class Patience {
    /** More than the routes of the largest chunk of {@link Lowering#ROUTES_AT_ONCE} take. */
    static final long SECONDS = 60;

    private Patience() {}

    /** What went wrong, in one line. */
    static final class Lost extends Exception {
        private static final long serialVersionUID = 1;

        Lost(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** Waits for the call, on a thread that is given up after {@link #SECONDS}. Throws {@link Lost} for anything it throws, errors too. */
    static <T> T call(String what, Callable<T> call) throws Lost {
        FutureTask<T> task = new FutureTask<>(call);
        Thread thread = new Thread(task, "violin-" + what);
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get(SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new Lost(what + " failed: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            thread.interrupt();
            throw new Lost(what + " has no end after " + SECONDS + " s", e);
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
            throw new Lost(what + ": interrupted", e);
        }
    }
}
