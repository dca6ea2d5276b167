// SPDX-License-Identifier: Apache-2.0
package org.violin.routers;

import java.util.ArrayDeque;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.guest.GuestException;
import org.violin.api.routing.FibBatch;
import org.violin.api.routing.Forwarding;

/**
 * Brings the changes of a FIB to one forwarding, in order, on a thread of its own. At most {@value #MOST} changes wait; when more come, or
 * one fails, the whole FIB is told again. Any thread.
 */
final class Feed {
    static final int MOST = 1000;
    private static final long RETRY_MILLIS = 1000;
    private static final Logger LOG = LoggerFactory.getLogger(Feed.class);

    private final Fib fib;
    private final ScheduledExecutorService thread;
    private final ArrayDeque<FibBatch> waiting = new ArrayDeque<>();
    private Forwarding to;
    private boolean whole;
    private boolean scheduled;
    private boolean ended;

    Feed(Fib fib, ScheduledExecutorService thread) {
        this.fib = fib;
        this.thread = thread;
    }

    /** Called under the FIB's lock. */
    synchronized void offer(FibBatch batch) {
        if (ended) return;
        if (batch.resync() || waiting.size() >= MOST) {
            waiting.clear();
            whole = true;
        } else if (!whole) {
            waiting.add(batch);
        }
        schedule(0);
    }

    /** What waited goes there, and all that comes. It knows all that the FIB had when this feed was made. */
    synchronized void start(Forwarding forwarding) {
        to = forwarding;
        schedule(0);
    }

    synchronized void end() {
        ended = true;
        waiting.clear();
    }

    private void schedule(long millis) {
        if (to == null || scheduled || ended || waiting.isEmpty() && !whole) return;
        scheduled = true;
        thread.schedule(this::deliver, millis, TimeUnit.MILLISECONDS);
    }

    private void deliver() {
        FibBatch batch = next();
        long pause = 0;
        try {
            if (batch != null) to.fib(batch);
        } catch (GuestException | RuntimeException | LinkageError e) {
            LOG.warn("A change of routes failed; all are told again: {}", e.getMessage());
            pause = RETRY_MILLIS;
        }
        synchronized (this) {
            scheduled = false;
            whole |= pause > 0;
            schedule(pause);
        }
    }

    private FibBatch next() {
        boolean all;
        synchronized (this) {
            if (ended) return null;
            all = whole;
            whole = false;
            if (!all) return waiting.poll();
        }
        FibBatch[] found = new FibBatch[1];
        fib.all(batch -> {
            synchronized (this) {
                waiting.clear();
            }
            found[0] = batch;
        });
        return found[0];
    }
}
