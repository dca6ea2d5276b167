// SPDX-License-Identifier: Apache-2.0
package org.violin.linux;

import com.sun.jna.Native;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Raw Ethernet frames of one interface or of all interfaces of a network namespace, both those that come in and those that go out
 * (packet(7)). Belongs to the namespace of the thread that opened it ({@link Netns#call}); usable from any thread afterwards, by one at a
 * time. Called by: the confinement check. Needs CAP_NET_RAW over the namespace.
 */
public final class PacketSocket implements AutoCloseable {
    /** {@link #open}: every interface; only for receiving. */
    public static final int ALL = 0;
    /** {@link #send}: no room now. */
    public static final int AGAIN = -Libc.EAGAIN;
    /** {@link #send}: the interface's queue is full. */
    public static final int NO_BUFFER = -105;
    /** {@link #send}: longer than the interface takes, so it never left. */
    public static final int TOO_BIG = -Libc.EMSGSIZE;
    /** {@link #send}: the kernel refuses such a frame. */
    public static final int REFUSED = -Libc.EINVAL;
    /** The socket is closed. */
    public static final int CLOSED = -Libc.EBADF;

    private static final int AF_PACKET = 17;
    private static final int SOCK_RAW = 3;
    private static final int ETH_P_ALL = 3;
    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDBUFFORCE = 32;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int SOL_PACKET = 263;
    private static final int PACKET_STATISTICS = 6;
    private static final int PACKET_VNET_HDR = 15;
    private static final int PACKET_OUTGOING = 4;
    private static final int MSG_TRUNC = 0x20;
    private static final int ADDRESS_BYTES = 20;
    private static final int SLL_INDEX = 4;
    private static final int SLL_KIND = 10;

    private final Descriptor descriptor;
    /** struct sockaddr_ll of the last frame, its length (at 32), struct tpacket_stats (at 40), its length (at 48). */
    private final ByteBuffer memory = ByteBuffer.allocateDirect(64).order(ByteOrder.nativeOrder());
    private final long address = Slabs.of(memory);
    private final Slabs slabs = new Slabs();
    private long lost;

    private PacketSocket(int fd) {
        this.descriptor = new Descriptor(fd);
    }

    /**
     * Opens it in the calling thread's namespace.
     *
     * @param link index of the interface ({@link Rtnetlink.Link}), or {@link #ALL}
     * @param offload each frame has the 10-byte offload header in front, as in {@link org.violin.api.dataplane.Frames}
     * @param bufferBytes room for frames that wait to be read
     * @throws IOException with the kernel's reason
     */
    public static PacketSocket open(int link, boolean offload, int bufferBytes) throws IOException {
        int fd = Libc.socket(AF_PACKET, SOCK_RAW | Libc.O_CLOEXEC | Libc.O_NONBLOCK, 0);
        if (fd < 0) throw new IOException("packet socket: " + Libc.lastError());
        PacketSocket socket = new PacketSocket(fd);
        try {
            socket.option(SOL_SOCKET, SO_RCVBUFFORCE, bufferBytes);
            socket.option(SOL_SOCKET, SO_SNDBUFFORCE, bufferBytes);
            if (offload && !socket.option(SOL_PACKET, PACKET_VNET_HDR, 1)) throw new IOException("offload header: " + Libc.lastError());
            socket.bind(link);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Only now frames are taken: before, a socket without a protocol hears nothing. */
    private void bind(int link) throws IOException {
        memory.putShort(0, (short) AF_PACKET).put(2, (byte) 0).put(3, (byte) ETH_P_ALL).putInt(SLL_INDEX, link).putLong(8, 0).putInt(16, 0);
        if (Libc.bind(descriptor.fd(), address, ADDRESS_BYTES) < 0) throw new IOException("bind to interface " + link + ": " + Libc.lastError());
    }

    /** To wait on with a {@link org.violin.api.dataplane.Poller}. */
    public int fd() {
        return descriptor.fd();
    }

    /** Sends one frame without waiting. Returns its bytes, or a negative result: one of the above or another {@code -errno}. */
    public int send(ByteBuffer slab, int offset, int length) {
        if (!descriptor.enter()) return CLOSED;
        try {
            long n = Libc.write(descriptor.fd(), slabs.address(slab) + offset, length);
            return n >= 0 ? (int) n : -Native.getLastError();
        } finally {
            descriptor.exit();
        }
    }

    /**
     * Takes one frame that waits; what does not fit is cut away. Returns the bytes stored, 0 when there is none, or {@link #CLOSED}. An
     * interface that goes down or away is no end for others: 0.
     */
    public int receive(ByteBuffer slab, int offset, int capacity) {
        if (!descriptor.enter()) return CLOSED;
        try {
            memory.putInt(32, ADDRESS_BYTES);
            long n = Libc.recvfrom(descriptor.fd(), slabs.address(slab) + offset, capacity, MSG_TRUNC, address, address + 32);
            return n < 0 ? 0 : (int) Math.min(n, capacity);
        } finally {
            descriptor.exit();
        }
    }

    /** Index of the interface that the frame last received was on. */
    public int link() {
        return memory.getInt(SLL_INDEX);
    }

    /** The frame last received was going out there, not coming in. */
    public boolean outgoing() {
        return memory.get(SLL_KIND) == PACKET_OUTGOING;
    }

    /** Frames that found no room since the opening: what they were is not known. */
    public long lost() {
        if (!descriptor.enter()) return lost;
        try {
            memory.putLong(40, 0).putInt(48, 8); // the kernel counts from zero again after each call
            if (Libc.getsockopt(descriptor.fd(), SOL_PACKET, PACKET_STATISTICS, address + 40, address + 48) == 0) {
                lost += memory.getInt(44) & 0xFFFF_FFFFL;
            }
            return lost;
        } finally {
            descriptor.exit();
        }
    }

    private boolean option(int level, int option, int value) {
        memory.putInt(40, value);
        return Libc.setsockopt(descriptor.fd(), level, option, address + 40, 4) == 0;
    }

    /** Idempotent. */
    @Override
    public void close() {
        descriptor.close();
    }
}
