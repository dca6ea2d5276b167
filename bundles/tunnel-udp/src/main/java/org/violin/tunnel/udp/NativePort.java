// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.dataplane.FrameSink;
import org.violin.api.dataplane.TunnelSettings;
import org.violin.frame.Encapsulation;
import org.violin.linux.Message;
import org.violin.linux.Slabs;
import org.violin.linux.UdpSocket;

/**
 * The kernel's own calls: whoever has frames sends them, one thread receives. What finds no room in the socket waits in order, within the
 * peers' bounds, for a second thread that sleeps until the kernel has room.
 */
class NativePort implements Port {
    private static final Logger LOG = LoggerFactory.getLogger(NativePort.class);
    private static final long WAIT_NANOS = 50_000_000;
    private static final long JOIN_MILLIS = 3000;
    /** Longest message of a key exchange, header included. */
    private static final int NOTE_BYTES = 1232;

    private final UdpSocket socket;
    private final NativeReceiver receiver;
    private final Thread receiving;
    private final Thread writing;
    private final boolean required;
    private final String remarks;
    private final Slabs slabs = new Slabs();
    private final ArrayDeque<Batch> queue = new ArrayDeque<>();
    /** Nothing waits for room. */
    private volatile boolean idle = true;
    private volatile boolean segments;
    private volatile boolean closed;
    /** The writer ends at once, and leaves what it has. */
    private volatile boolean released;

    private final Message note = new Message(1);
    private final ByteBuffer noted = ByteBuffer.allocateDirect(NOTE_BYTES);
    private final long notedAddress = Slabs.of(noted);

    /**
     * Takes the socket that the last port at this address released, or binds one.
     *
     * @param adopts false: never take one, what waits in it is of no use
     * @throws IOException when the address cannot be bound; LinkageError where this is not Linux
     */
    NativePort(UdpOptions options, TunnelSettings settings, boolean adopts, Inbound inbound, FrameSink sink) throws IOException {
        UdpSocket left = adopts ? UdpSocket.adopt(settings.local()) : null;
        socket = left != null ? left : UdpSocket.open(settings.local());
        socket.buffers(options.receiveBufferBytes(), options.sendBufferBytes());
        boolean coalesces = !options.coalescing().equals("off") && socket.coalesce();
        required = options.segmentation().equals("on");
        segments = !options.segmentation().equals("off") && socket.segments();
        if (required && !segments) {
            socket.close();
            throw new IllegalStateException("segmentation = on: this kernel has no UDP_SEGMENT");
        }
        remarks = (segments ? "" : " without UDP_SEGMENT;") + (coalesces ? "" : " without UDP_GRO;");
        receiver = new NativeReceiver(socket, inbound, sink);
        receiving = thread(receiver, "violin-tunnel-udp");
        writing = thread(this::write, "violin-tunnel-udp-queue");
    }

    private static Thread thread(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public String name() {
        return "native calls" + (remarks.isEmpty() ? "" : "," + remarks);
    }

    @Override
    public int ceiling() {
        return PathMtu.MAX;
    }

    @Override
    public Wire wire(InetSocketAddress to) {
        return new NativeWire(this, socket.ipv6(), to);
    }

    @Override
    public void start() {
        receiving.start();
        writing.start();
    }

    /** See {@link UdpSocket#send}. */
    int send(Message message) {
        return socket.send(message);
    }

    /** Until there may be room for {@link #send}. */
    void awaitRoom() {
        socket.awaitWritable(WAIT_NANOS);
    }

    long address(ByteBuffer slab) {
        return slabs.address(slab);
    }

    boolean segments() {
        return segments;
    }

    /** Large records may go from where they lie. */
    boolean gathers() {
        return segments && idle;
    }

    /** The kernel cannot cut on this path: from now on single datagrams. False when the configuration forbids that. */
    boolean refuseSegments(Outbound owner) {
        if (required) return false;
        if (segments) LOG.warn("The kernel refuses segmented sends to {}; sending single datagrams from now on.", owner.address());
        segments = false;
        return true;
    }

    /** Takes the batch if others wait already. */
    boolean queued(Batch batch) {
        if (idle) return false;
        synchronized (queue) {
            if (queue.isEmpty()) return false;
            queue.addLast(batch);
            return true;
        }
    }

    /** Takes a batch for which the socket has no room. */
    void queue(Batch batch) {
        synchronized (queue) {
            queue.addLast(batch);
            idle = false;
            queue.notifyAll();
        }
    }

    @Override
    public boolean post(InetSocketAddress to, int tag, ByteBuffer slab, int offset, int length) {
        if (length > NOTE_BYTES - Encapsulation.EXCHANGE_HEADER || !socket.ipv6() && to.getAddress() instanceof Inet6Address) return false;
        synchronized (note) {
            noted.putShort(0, (short) (Encapsulation.MAGIC << 8 | Encapsulation.EXCHANGE)).put(2, (byte) tag);
            noted.put(Encapsulation.EXCHANGE_HEADER, slab, offset, length);
            note.clear();
            note.part(notedAddress, Encapsulation.EXCHANGE_HEADER + length);
            note.to(to, socket.ipv6());
            note.segment(0);
            return socket.send(note) >= 0;
        }
    }

    private void write() {
        while (!released) {
            Batch batch = head();
            if (batch == null) return;
            if (!closed && !((NativeWire) batch.wire).transmit(batch)) {
                awaitRoom();
                continue;
            }
            if (batch.written < batch.datagrams && batch.fate == Batch.Fate.WRITTEN) batch.fate = Batch.Fate.FAILED;
            synchronized (queue) {
                queue.pollFirst();
                idle = queue.isEmpty();
            }
            batch.owner.done(batch);
        }
    }

    /** The batch that is next, when there is one; null when closed and empty. */
    private Batch head() {
        synchronized (queue) {
            while (queue.isEmpty() && !closed && !released) {
                try {
                    queue.wait();
                } catch (InterruptedException e) {
                    return null;
                }
            }
            return queue.peekFirst();
        }
    }

    @Override
    public void execute(Runnable task) {
        receiver.execute(task);
    }

    @Override
    public void repeat(Runnable task, int millis) {
        receiver.repeat(task, millis);
    }

    @Override
    public long errors() {
        return receiver.errors();
    }

    @Override
    public void close() {
        closed = true;
        synchronized (queue) {
            queue.notifyAll();
        }
        receiver.close();
        socket.close();
        join(receiving);
        join(writing);
    }

    @Override
    public List<Batch> release() {
        released = true;
        synchronized (queue) {
            queue.notifyAll();
        }
        receiver.release();
        join(receiving);
        join(writing);
        if (receiving.isAlive() || writing.isAlive()) {
            close();
            return null;
        }
        socket.park();
        return new ArrayList<>(queue);
    }

    private static void join(Thread thread) {
        if (thread == Thread.currentThread()) return;
        try {
            thread.join(JOIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
