// SPDX-License-Identifier: Apache-2.0
package org.violin.api.dataplane;

import java.util.concurrent.locks.LockSupport;

/** The alarm where the driver has none of its own: as exact as the kernel's slack for sleeping threads, about 50 us. */
final class ParkingAlarm implements Alarm {
    private volatile boolean woken;
    private volatile Thread sleeper;

    @Override
    public void await(long nanos) {
        sleeper = Thread.currentThread();
        if (!woken) LockSupport.parkNanos(nanos);
        woken = false;
    }

    @Override
    public void wake() {
        woken = true;
        LockSupport.unpark(sleeper);
    }

    @Override
    public void close() {
        wake();
    }
}
