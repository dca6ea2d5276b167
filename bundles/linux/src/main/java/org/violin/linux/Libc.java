// SPDX-License-Identifier: Apache-2.0
package org.violin.linux;

import com.sun.jna.Native;

/** The C library's calls used here, direct-mapped: no allocation, errno by {@link Native#getLastError()}. All memory by address. */
final class Libc {
    static final int O_RDONLY = 0;
    static final int O_RDWR = 2;
    static final int O_NONBLOCK = 04000;
    static final int O_CLOEXEC = 02000000;
    static final int EINTR = 4;
    static final int EIO = 5;
    static final int EBADF = 9;
    static final int EAGAIN = 11;
    static final int EEXIST = 17;
    static final int EINVAL = 22;
    static final int EMSGSIZE = 90;
    static final int EBADFD = 77;

    static {
        Native.register(Libc.class, "c");
    }

    private Libc() {}

    static native int open(String path, int flags);

    static native int close(int fd);

    static native long read(int fd, long address, long length);

    static native long write(int fd, long address, long length);

    static native int ioctl(int fd, long request, long argument);

    static native int setns(int fd, int kind);

    static native int unshare(int kinds);

    static native int epoll_create1(int flags);

    static native int epoll_ctl(int epfd, int operation, int fd, long event);

    static native int epoll_wait(int epfd, long events, int most, int timeoutMillis);

    static native int eventfd(int value, int flags);

    static native int timerfd_create(int clock, int flags);

    static native int timerfd_settime(int fd, int flags, long wanted, long old);

    /** Of the calling thread: PRIO_PROCESS (0), 0. */
    static native int setpriority(int which, int who, int priority);

    static native int socket(int family, int type, int protocol);

    static native int bind(int fd, long address, int length);

    static native int setsockopt(int fd, int level, int option, long value, int length);

    static native int getsockopt(int fd, int level, int option, long value, long length);

    static native int shutdown(int fd, int how);

    static native long sendmsg(int fd, long message, int flags);

    static native long recvmsg(int fd, long message, int flags);

    static native long recvfrom(int fd, long address, long length, int flags, long from, long fromLength);

    static native int ppoll(long polls, long count, long timespec, long mask);

    static native String strerror(int errno);

    /** The error text of the last call on this thread, for a message. */
    static String lastError() {
        int errno = Native.getLastError();
        return strerror(errno) + " (errno " + errno + ")";
    }
}
