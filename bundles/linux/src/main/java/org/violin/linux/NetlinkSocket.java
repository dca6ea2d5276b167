// SPDX-License-Identifier: Apache-2.0
package org.violin.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.BiConsumer;

/** A NETLINK_ROUTE socket, bound to the network namespace of the thread that opened it. Used by one thread at a time. */
final class NetlinkSocket implements AutoCloseable {
    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;
    private static final int NLMSG_ERROR = 2;
    private static final int NLMSG_DONE = 3;
    private static final int HEADER = 16;

    private final Descriptor socket;
    private final ByteBuffer answer = ByteBuffer.allocateDirect(65536).order(ByteOrder.nativeOrder());
    private int sequence;

    NetlinkSocket() throws IOException {
        int fd = Libc.socket(AF_NETLINK, SOCK_RAW | Libc.O_CLOEXEC, 0);
        if (fd < 0) throw new IOException("netlink socket: " + Libc.lastError());
        socket = new Descriptor(fd);
    }

    /** Sends a request and waits for its acknowledgement. Returns 0 or the errno that the kernel answered. */
    int request(NetlinkMessage message) throws IOException {
        return exchange(message, (type, payload) -> {});
    }

    /** Sends a dump request; each answer goes to the consumer, its buffer limited to the payload. Returns 0 or an errno. */
    int exchange(NetlinkMessage message, BiConsumer<Integer, ByteBuffer> each) throws IOException {
        ByteBuffer request = message.finish(++sequence);
        if (Libc.write(socket.fd(), Slabs.of(request), request.position()) < 0) throw new IOException("netlink send: " + Libc.lastError());
        java.lang.ref.Reference.reachabilityFence(request);
        long address = Slabs.of(answer);
        for (;;) {
            int n = (int) Libc.read(socket.fd(), address, answer.capacity());
            if (n < 0) throw new IOException("netlink receive: " + Libc.lastError());
            for (int at = 0; at + HEADER <= n; ) {
                int length = answer.getInt(at);
                if (length < HEADER || at + length > n) throw new IOException("netlink answer of " + n + " bytes is cut");
                int type = answer.getShort(at + 4) & 0xffff;
                if (answer.getInt(at + 8) == sequence) {
                    if (type == NLMSG_ERROR) return -answer.getInt(at + HEADER);
                    if (type == NLMSG_DONE) return 0;
                    each.accept(type, answer.duplicate().order(ByteOrder.nativeOrder()).position(at + HEADER).limit(at + length));
                }
                at += (length + 3) & ~3;
            }
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
