// SPDX-License-Identifier: Apache-2.0
package org.violin.linux;

import com.sun.jna.Native;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A bound UDP socket, used by system calls of our own so that a run of datagrams costs one of them: UDP_SEGMENT out, UDP_GRO in (udp(7)).
 * Datagrams carry DF and ignore the kernel's idea of the path MTU (IP_PMTUDISC_PROBE, ip(7)), as RFC 8899 asks of whoever probes itself.
 * Called by: tunnels; {@link #send} from any thread, never waiting; {@link #receive} from one.
 */
public final class UdpSocket implements AutoCloseable {
    /** Nothing to receive, or no room to send. */
    public static final int AGAIN = -Libc.EAGAIN;
    /** Larger than the interface, or than what the kernel cuts. */
    public static final int TOO_BIG = -Libc.EMSGSIZE;
    /** The kernel cannot cut datagrams on this path (EINVAL, EIO). */
    public static final int NO_SEGMENTS = -Libc.EINVAL;
    /** Any other failure: the datagrams are lost. */
    public static final int FAILED = -1;
    /** The socket is closed. */
    public static final int CLOSED = -Libc.EBADF;

    private static final int SOCK_DGRAM = 2;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDBUF = 7;
    private static final int SO_RCVBUF = 8;
    private static final int SO_RCVTIMEO = 20;
    private static final int SO_SNDBUFFORCE = 32;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int SOL_UDP = 17;
    private static final int UDP_SEGMENT = 103;
    private static final int UDP_GRO = 104;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPV6_V6ONLY = 26;
    private static final int MTU_DISCOVER = 10;
    private static final int MTU_DISCOVER6 = 23;
    private static final int PROBE = 3;
    private static final int DONTWAIT = 0x40;
    private static final int NOSIGNAL = 0x4000;
    private static final int POLLIN = 1;
    private static final int POLLOUT = 4;

    private static final ParkedSockets PARKED = new ParkedSockets(ParkedSockets.LIMIT_NANOS);

    private final Descriptor descriptor;
    private final boolean ipv6;
    private final InetSocketAddress local;
    private final String namespace = ParkedSockets.namespace();

    private UdpSocket(int fd, boolean ipv6, InetSocketAddress local) {
        this.descriptor = new Descriptor(fd);
        this.ipv6 = ipv6;
        this.local = local;
    }

    /** Binds; a socket parked there is closed first. Throws IOException with the kernel's reason. */
    public static UdpSocket open(InetSocketAddress local) throws IOException {
        discard(local);
        boolean six = local.getAddress() instanceof Inet6Address;
        int fd = Libc.socket(six ? AF_INET6 : AF_INET, SOCK_DGRAM | Libc.O_CLOEXEC, 0);
        if (fd < 0) throw new IOException("socket: " + Libc.lastError());
        Message name = new Message(0);
        name.to(local, six);
        if (six) set(fd, IPPROTO_IPV6, IPV6_V6ONLY, local.getAddress().isAnyLocalAddress() ? 0 : 1);
        if (Libc.bind(fd, name.address + 64, six ? 28 : 16) < 0) {
            String error = Libc.lastError();
            Libc.close(fd);
            throw new IOException(error);
        }
        set(fd, 0, MTU_DISCOVER, PROBE);
        if (six) set(fd, IPPROTO_IPV6, MTU_DISCOVER6, PROBE);
        java.lang.ref.Reference.reachabilityFence(name);
        return new UdpSocket(fd, six, local);
    }

    /**
     * Leaves the open socket to whoever calls {@link #adopt} for its address within 10 s, after that it is closed. What arrives meanwhile
     * waits in it. The caller uses it no more.
     */
    public void park() {
        PARKED.park(this, local);
    }

    /** The socket that was parked at this address, in this thread's network namespace; null: none. */
    public static UdpSocket adopt(InetSocketAddress local) {
        return PARKED.take(local);
    }

    /** Closes the socket parked at this address, if there is one. */
    public static void discard(InetSocketAddress local) {
        UdpSocket left = adopt(local);
        if (left != null) left.close();
    }

    String namespace() {
        return namespace;
    }

    /** To wait on with a {@link org.violin.api.dataplane.Poller}. */
    public int fd() {
        return descriptor.fd();
    }

    /** Whether addresses given to {@link Message#to} must be of IPv6. */
    public boolean ipv6() {
        return ipv6;
    }

    /** Sets both buffers in bytes, beyond the kernel's limit where we may (CAP_NET_ADMIN). */
    public void buffers(int receiveBytes, int sendBytes) {
        int fd = descriptor.fd();
        if (!set(fd, SOL_SOCKET, SO_RCVBUFFORCE, receiveBytes)) set(fd, SOL_SOCKET, SO_RCVBUF, receiveBytes);
        if (!set(fd, SOL_SOCKET, SO_SNDBUFFORCE, sendBytes)) set(fd, SOL_SOCKET, SO_SNDBUF, sendBytes);
    }

    /** Asks for runs of datagrams at once (UDP_GRO, Linux 5.0); false when the kernel cannot. */
    public boolean coalesce() {
        return set(descriptor.fd(), SOL_UDP, UDP_GRO, 1);
    }

    /** The kernel can cut runs into datagrams (UDP_SEGMENT, Linux 4.18). */
    public boolean segments() {
        return set(descriptor.fd(), SOL_UDP, UDP_SEGMENT, 0);
    }

    /** {@link #receive} comes back with {@link #AGAIN} after so many milliseconds. */
    public void timeout(int millis) {
        ByteBuffer time = ByteBuffer.allocateDirect(16).order(ByteOrder.nativeOrder()).putLong(0, millis / 1000).putLong(8, millis % 1000 * 1000L);
        Libc.setsockopt(descriptor.fd(), SOL_SOCKET, SO_RCVTIMEO, Slabs.of(time), 16);
        java.lang.ref.Reference.reachabilityFence(time);
    }

    /** Sends without waiting. Returns the bytes, or one of the negative results above. */
    public int send(Message message) {
        if (!descriptor.enter()) return CLOSED;
        try {
            message.ready();
            long n = Libc.sendmsg(descriptor.fd(), message.address, DONTWAIT | NOSIGNAL);
            return n >= 0 ? (int) n : failure();
        } finally {
            descriptor.exit();
        }
    }

    /** Receives what is there, or waits for it, at most until the {@link #timeout}. Returns the bytes, or a negative result. */
    public int receive(Message message, boolean wait) {
        if (!descriptor.enter()) return CLOSED;
        try {
            message.expect();
            long n = Libc.recvmsg(descriptor.fd(), message.address, wait ? 0 : DONTWAIT);
            if (n >= 0) return descriptor.isClosed() ? CLOSED : (int) n;
            return failure();
        } finally {
            descriptor.exit();
        }
    }

    /** Waits for something to receive, finer than the timeout. Called by the receiving thread. */
    public boolean awaitReadable(long nanos) {
        return await(POLLIN, nanos);
    }

    /** Waits until there is room to send. */
    public boolean awaitWritable(long nanos) {
        return await(POLLOUT, nanos);
    }

    private boolean await(int events, long nanos) {
        if (!descriptor.enter()) return false;
        try {
            ByteBuffer poll = POLL.get().putInt(0, descriptor.fd()).putInt(4, events);
            poll.putLong(8, nanos / 1_000_000_000L).putLong(16, nanos % 1_000_000_000L);
            long at = POLL_ADDRESS.get();
            return Libc.ppoll(at, 1, at + 8, 0) > 0;
        } finally {
            descriptor.exit();
        }
    }

    /** struct pollfd, then struct timespec. */
    private static final ThreadLocal<ByteBuffer> POLL =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(24).order(ByteOrder.nativeOrder()));

    private static final ThreadLocal<Long> POLL_ADDRESS = ThreadLocal.withInitial(() -> Slabs.of(POLL.get()));

    private static int failure() {
        return switch (Native.getLastError()) {
            case Libc.EAGAIN, Libc.EINTR -> AGAIN;
            case Libc.EMSGSIZE -> TOO_BIG;
            case Libc.EINVAL, Libc.EIO -> NO_SEGMENTS;
            default -> FAILED;
        };
    }

    private static boolean set(int fd, int level, int option, int value) {
        ByteBuffer word = ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder()).putInt(0, value);
        int result = Libc.setsockopt(fd, level, option, Slabs.of(word), 4);
        java.lang.ref.Reference.reachabilityFence(word);
        return result == 0;
    }

    /** Ends a waiting {@link #receive}; the port is free when the last call has come back. Idempotent. */
    @Override
    public void close() {
        if (descriptor.enter()) {
            Libc.shutdown(descriptor.fd(), 2); // says ENOTCONN, and wakes whoever waits
            descriptor.exit();
        }
        descriptor.close();
    }
}
