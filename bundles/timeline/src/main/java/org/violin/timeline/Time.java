// SPDX-License-Identifier: Apache-2.0
package org.violin.timeline;

import java.util.concurrent.locks.LockSupport;

/** Clocks and waiting, so that tests have a time of their own. */
interface Time {
    /** The machine's. */
    Time REAL = new Time() {
        @Override
        public long wallMillis() {
            return System.currentTimeMillis();
        }

        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public void park(long nanos) {
            LockSupport.parkNanos(nanos);
        }

        @Override
        public void unpark(Thread thread) {
            LockSupport.unpark(thread);
        }
    };

    /** Since the epoch. */
    long wallMillis();

    /** Monotonic. */
    long nanos();

    /** Waits so long, or until {@link #unpark}, or for no reason. */
    void park(long nanos);

    void unpark(Thread thread);

    /** This thread will not wait any more. */
    default void leave() {}
}
