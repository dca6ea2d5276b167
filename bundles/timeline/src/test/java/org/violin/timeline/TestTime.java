// SPDX-License-Identifier: Apache-2.0
package org.violin.timeline;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * A time that stands still while anybody who waits on it is awake: it moves on only when all that ever waited wait again. A thread of its
 * own moves it, so whole runs of several hosts take milliseconds.
 */
final class TestTime implements Time, AutoCloseable {
    private static final long TICK_NANOS = 5_000_000;
    private static final long WALL = 1_700_000_000_000L;
    private final Map<Thread, Long> parked = new HashMap<>();
    private final Set<Thread> woken = new HashSet<>();
    private final Set<Thread> known = new HashSet<>();
    private final Thread mover = new Thread(this::move, "test-time");
    private long now = Long.MAX_VALUE - 3_000_000_000L;
    private final long begin = now;
    private volatile boolean over;

    TestTime() {
        mover.setDaemon(true);
        mover.start();
    }

    private void move() {
        while (!over) {
            synchronized (this) {
                known.removeIf(t -> !t.isAlive());
                boolean still = parked.keySet().containsAll(known) && woken.isEmpty() && parked.values().stream().allMatch(due -> due - now > 0);
                if (still && !known.isEmpty()) {
                    now += TICK_NANOS;
                    notifyAll();
                }
            }
            try {
                // Callbacks of the shared state come on other threads: they get a moment of real time in each tick.
                Thread.sleep(0, 300_000);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    @Override
    public synchronized long wallMillis() {
        return WALL + (now - begin) / 1_000_000;
    }

    @Override
    public synchronized long nanos() {
        return now;
    }

    @Override
    public synchronized void park(long nanos) {
        Thread self = Thread.currentThread();
        known.add(self);
        long due = now + nanos;
        parked.put(self, due);
        try {
            while (due - now > 0 && !woken.remove(self)) wait(1000);
        } catch (InterruptedException e) {
            self.interrupt();
        } finally {
            parked.remove(self);
            woken.remove(self);
        }
    }

    @Override
    public synchronized void unpark(Thread thread) {
        if (parked.containsKey(thread)) woken.add(thread);
        notifyAll();
    }

    @Override
    public void leave() {
        leave(Thread.currentThread());
    }

    /** That thread will not wait any more. */
    synchronized void leave(Thread thread) {
        known.remove(thread);
    }

    @Override
    public void close() {
        over = true;
        mover.interrupt();
    }
}
