// SPDX-License-Identifier: Apache-2.0
package org.violin.linux;

import java.io.IOException;
import org.violin.api.dataplane.Alarm;

/** {@link Alarm} on a timerfd: the kernel's slack for sleeping threads does not apply to it. No allocation while it is used. */
final class TimerAlarm implements Alarm {
    /** Longer waits are cut: whoever waits asks again. */
    private static final long LONGEST_NANOS = 3_600_000_000_000L;

    /**
     * What the waiting thread does is late by what it waits for a processor, so it goes before others; it sleeps nearly always (nice(2); the
     * kernel weighs a thread of -15 as thirty others).
     */
    private static final int NICE = -15;

    private final EpollPoller poller = new EpollPoller();
    private final Timer timer;
    private final int[] tokens = new int[1];
    private Thread sleeper;

    TimerAlarm() {
        try {
            timer = Timer.open();
        } catch (IOException e) {
            poller.close();
            throw new IllegalStateException(e.getMessage(), e);
        }
        poller.add(timer.fd(), 0);
    }

    @Override
    public void await(long nanos) {
        if (Thread.currentThread() != sleeper) {
            sleeper = Thread.currentThread();
            Libc.setpriority(0, 0, NICE); // without the right it waits its turn
        }
        timer.arm(Math.min(nanos, LONGEST_NANOS));
        if (poller.await(-1, tokens) > 0) timer.drain();
    }

    @Override
    public void wake() {
        poller.wake();
    }

    @Override
    public void close() {
        poller.remove(timer.fd());
        timer.close();
        poller.close();
    }
}
