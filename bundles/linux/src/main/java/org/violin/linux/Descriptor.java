// SPDX-License-Identifier: Apache-2.0
package org.violin.linux;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A file descriptor that several threads use and one may close: it is given back to the kernel when the last user has left, so no call can
 * reach another file that got the same number.
 */
final class Descriptor {
    private static final int CLOSED = Integer.MIN_VALUE;

    private final int fd;
    /** Users inside; negative once closed. */
    private final AtomicInteger state = new AtomicInteger();
    private final AtomicInteger released = new AtomicInteger();

    private final Runnable afterwards;

    Descriptor(int fd) {
        this(fd, () -> {});
    }

    /** @param afterwards run once, when it was given back, by whoever left last */
    Descriptor(int fd, Runnable afterwards) {
        this.fd = fd;
        this.afterwards = afterwards;
    }

    int fd() {
        return fd;
    }

    /** True when the descriptor may be used until {@link #exit}; false when it is closed. */
    boolean enter() {
        if (state.getAndIncrement() >= 0) return true;
        exit();
        return false;
    }

    void exit() {
        if (state.decrementAndGet() == CLOSED) release();
    }

    boolean isClosed() {
        return state.get() < 0;
    }

    void close() {
        int now = state.get();
        while (now >= 0 && !state.compareAndSet(now, now | CLOSED)) now = state.get();
        if (state.get() == CLOSED) release();
    }

    private void release() {
        if (!released.compareAndSet(0, 1)) return;
        Libc.close(fd);
        afterwards.run();
    }
}
