// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Records that wait, in order, while a plugin is changed: bounded in bytes, together with others, and in time. Copies, so it allocates: it
 * is not on the path of frames that need not wait. Guarded by its owner's monitor.
 */
final class Hold {
    /** Longer no frame waits, and after a gap of that length none begins to. */
    static final long LONGEST_NANOS = 30_000_000_000L;
    /** So long, once much waits, those that can wait in their own queues are not read. */
    static final long PRESS_NANOS = 3_000_000_000L;
    /** What one record costs beside its bytes, about. */
    private static final int OVERHEAD = 64;

    /** A record that waits. @param from where it came in, and where its loss is counted */
    record Held(Endpoint from, int vni, long sinceNanos, byte[] bytes) {
        int cost() {
            return bytes.length + OVERHEAD;
        }

        /** Puts it at the beginning of a slab and returns its length. */
        int into(ByteBuffer slab) {
            slab.put(0, bytes);
            return bytes.length;
        }
    }

    /** What several holds may keep together, bytes. */
    static final class Budget {
        private final long limit;
        private final AtomicLong used = new AtomicLong();

        Budget(long limit) {
            this.limit = limit;
        }

        boolean take(int bytes) {
            if (used.addAndGet(bytes) <= limit) return true;
            used.addAndGet(-bytes);
            return false;
        }

        void give(int bytes) {
            used.addAndGet(-bytes);
        }

        long used() {
            return used.get();
        }
    }

    private final ArrayDeque<Held> queue = new ArrayDeque<>();
    private final long limit;
    private final Budget all;
    private final Role role;
    private long bytes;
    private volatile boolean crowded;

    Hold(long limit, Budget all, Role role) {
        this.limit = limit;
        this.all = all;
        this.role = role;
    }

    /** False when there is no room. */
    boolean offer(Endpoint from, int vni, long nowNanos, ByteBuffer slab, int offset, int length) {
        int cost = length + OVERHEAD;
        if (bytes + cost > limit || !all.take(cost)) {
            role.full();
            return false;
        }
        byte[] copy = new byte[length];
        slab.get(offset, copy);
        queue.add(new Held(from, vni, nowNanos, copy));
        bytes += cost;
        crowded = bytes > limit / 2 || all.used() > all.limit / 2;
        role.held(cost);
        return true;
    }

    /** The oldest; null: none. */
    Held peek() {
        return queue.peek();
    }

    /** Takes the oldest; null: none. */
    Held poll() {
        Held held = queue.poll();
        if (held == null) return null;
        bytes -= held.cost();
        crowded &= bytes > limit / 4;
        all.give(held.cost());
        role.let(held.cost());
        return held;
    }

    /** Half of the room is taken: who can wait in a queue of its own should. Any thread. */
    boolean crowded() {
        return crowded;
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    /** Drops what has waited too long. */
    void expire(long nowNanos) {
        while (!queue.isEmpty() && nowNanos - queue.peek().sinceNanos >= LONGEST_NANOS) {
            poll().from.drop(Drop.HOLD_EXPIRED);
            role.expired();
        }
    }

    void clear(Drop reason) {
        for (Held held = poll(); held != null; held = poll()) held.from.drop(reason);
    }
}
