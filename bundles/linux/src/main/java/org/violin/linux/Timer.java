// SPDX-License-Identifier: Apache-2.0
package org.violin.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A clock that becomes readable at a moment (timerfd_create(2)), for waits shorter and more exact than a poller's milliseconds: the
 * kernel's slack of 50 us for sleeping threads does not apply to it. Called by: the lab's underlay; one thread. Allocates nothing but in
 * {@link #open}.
 */
public final class Timer implements AutoCloseable {
    private static final int CLOCK_MONOTONIC = 1;
    private static final long SECOND = 1_000_000_000L;

    private final Descriptor descriptor;
    /** struct itimerspec: interval (0), then value; what is read goes to 32. */
    private final ByteBuffer memory = ByteBuffer.allocateDirect(40).order(ByteOrder.nativeOrder());
    private final long address = Slabs.of(memory);

    private Timer(int fd) {
        this.descriptor = new Descriptor(fd);
    }

    /** @throws IOException with the kernel's reason */
    public static Timer open() throws IOException {
        int fd = Libc.timerfd_create(CLOCK_MONOTONIC, Libc.O_CLOEXEC | Libc.O_NONBLOCK);
        if (fd < 0) throw new IOException("timer: " + Libc.lastError());
        return new Timer(fd);
    }

    /** To wait on with a {@link org.violin.api.dataplane.Poller}. */
    public int fd() {
        return descriptor.fd();
    }

    /** Readable once, so many nanoseconds from now (at least 1); an earlier wish is forgotten. */
    public void arm(long nanos) {
        if (!descriptor.enter()) return;
        try {
            long rest = Math.max(1, nanos);
            memory.putLong(16, rest / SECOND).putLong(24, rest % SECOND);
            Libc.timerfd_settime(descriptor.fd(), 0, address, 0);
        } finally {
            descriptor.exit();
        }
    }

    /** Not readable any more until armed again. */
    public void drain() {
        if (!descriptor.enter()) return;
        Libc.read(descriptor.fd(), address + 32, 8);
        descriptor.exit();
    }

    /** Idempotent. */
    @Override
    public void close() {
        descriptor.close();
    }
}
