// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.zebra;

/** How often one daemon was started again, and how long to wait before the next time: at once, then longer while it keeps dying. */
final class Restarts {
    private static final long FIRST_MILLIS = 250;
    private static final long MOST_MILLIS = 30_000;
    private static final long HEALTHY_MILLIS = 60_000;

    private volatile int count;
    private int inARow;
    private long last = Long.MIN_VALUE / 2;

    int count() {
        return count;
    }

    /** 0: now. Times in ms of any clock. */
    long waitMillis(long now) {
        if (now - last > HEALTHY_MILLIS) inARow = 0;
        if (inARow == 0) return 0;
        long pause = Math.min(MOST_MILLIS, FIRST_MILLIS << Math.min(inARow - 1, 20));
        return Math.max(0, last + pause - now);
    }

    void begun(long now) {
        waitMillis(now);
        count = count + 1;
        inARow++;
        last = now;
    }
}
