// SPDX-License-Identifier: Apache-2.0
package org.violin.linux;

import com.sun.jna.Native;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.violin.api.dataplane.Poller;

/** {@link Poller} on epoll(7), level-triggered, with an eventfd(2) to wake it. No allocation in {@link #await} and {@link #wake}. */
final class EpollPoller implements Poller {
    private static final int EPOLL_CLOEXEC = Libc.O_CLOEXEC;
    private static final int ADD = 1;
    private static final int DELETE = 2;
    private static final int MODIFY = 3;
    private static final int EPOLLIN = 1;
    private static final int MOST = 256;
    private static final int WAKE = -1;

    private final Descriptor epoll;
    private final Descriptor event;
    /** struct epoll_event is packed on x86 only (sys/epoll.h). */
    private final int stride = System.getProperty("os.arch").matches("amd64|x86_64") ? 12 : 16;
    private final int data = stride - 8;
    private final ByteBuffer events = ByteBuffer.allocateDirect((MOST + 1) * 16).order(ByteOrder.nativeOrder());
    private final long eventsAddress = Slabs.of(events);
    private final ByteBuffer one = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder()).putLong(0, 1);
    private final long oneAddress = Slabs.of(one);
    private final ByteBuffer drained = ByteBuffer.allocateDirect(8);
    private final long drainedAddress = Slabs.of(drained);

    EpollPoller() {
        int epfd = Libc.epoll_create1(EPOLL_CLOEXEC);
        if (epfd < 0) throw new IllegalStateException("epoll_create1: " + Libc.lastError());
        int eventFd = Libc.eventfd(0, Libc.O_CLOEXEC | Libc.O_NONBLOCK);
        if (eventFd < 0) {
            String error = Libc.lastError();
            Libc.close(epfd);
            throw new IllegalStateException("eventfd: " + error);
        }
        event = new Descriptor(eventFd);
        // An eventfd that is closed wakes nobody: it stays open until the last waiting thread has left.
        epoll = new Descriptor(epfd, event::close);
        watch(eventFd, WAKE);
    }

    @Override
    public void add(int fd, int token) {
        if (token < 0) throw new IllegalArgumentException("token " + token + ": must be 0 or more");
        watch(fd, token);
    }

    private void watch(int fd, int token) {
        ByteBuffer event = ByteBuffer.allocateDirect(16).order(ByteOrder.nativeOrder()).putInt(0, EPOLLIN).putInt(data, token);
        if (!epoll.enter()) throw new IllegalStateException("the poller is closed");
        try {
            long address = Slabs.of(event);
            int result = Libc.epoll_ctl(epoll.fd(), ADD, fd, address);
            if (result < 0 && Native.getLastError() == Libc.EEXIST) result = Libc.epoll_ctl(epoll.fd(), MODIFY, fd, address);
            if (result < 0) throw new IllegalStateException("watch descriptor " + fd + ": " + Libc.lastError());
        } finally {
            epoll.exit();
            java.lang.ref.Reference.reachabilityFence(event);
        }
    }

    @Override
    public void remove(int fd) {
        if (!epoll.enter()) return;
        try {
            Libc.epoll_ctl(epoll.fd(), DELETE, fd, eventsAddress);
        } finally {
            epoll.exit();
        }
    }

    @Override
    public int await(int timeoutMillis, int[] tokens) {
        if (!epoll.enter()) return 0;
        try {
            int n = Libc.epoll_wait(epoll.fd(), eventsAddress, Math.min(MOST, tokens.length) + 1, timeoutMillis);
            int count = 0;
            for (int i = 0; i < n; i++) {
                int token = events.getInt(i * stride + data);
                if (token == WAKE) drain();
                else if (count < tokens.length) tokens[count++] = token; // level-triggered: one left out comes again
            }
            return count;
        } finally {
            epoll.exit();
        }
    }

    private void drain() {
        if (!event.enter()) return;
        Libc.read(event.fd(), drainedAddress, 8);
        event.exit();
    }

    @Override
    public void wake() {
        if (!event.enter()) return;
        Libc.write(event.fd(), oneAddress, 8);
        event.exit();
    }

    @Override
    public void close() {
        epoll.close();
        wake(); // a waiting thread leaves, and the kernel's objects go with it
    }
}
