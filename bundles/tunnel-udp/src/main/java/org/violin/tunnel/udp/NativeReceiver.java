// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.violin.api.dataplane.FrameSink;
import org.violin.linux.Message;
import org.violin.linux.Slabs;
import org.violin.linux.UdpSocket;

/**
 * Receives by one recvmsg(2) for a run of datagrams, blocking, and carries each record to its end before the next call. Timers and tasks
 * run between two calls; the socket's timeout bounds how long they wait.
 */
final class NativeReceiver implements Runnable, Scatter.Outlet {
    private static final int TICK_MILLIS = 50;
    private static final long LEAST_WAIT_NANOS = 20_000;

    private record Repeated(Runnable task, long nanos, long[] due) {}

    private final UdpSocket socket;
    private final Inbound inbound;
    private final FrameSink sink;
    private final Scatter scatter = new Scatter();
    /** For payloads that must be opened: a datagram's bytes lie end to end. Null when they need not. */
    private final ByteBuffer linear;

    private final Message linearMessage = new Message(1);
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    /** Never changed, only replaced: an array needs no iterator. */
    private volatile Repeated[] repeated = {};
    private long nowNanos;
    /** The peer that the message under way came from. */
    private PeerPath path;
    /** The peer whose record under way lies in the scatter's slab. */
    private PeerPath partial;

    private volatile long errors;
    private volatile boolean closed;

    NativeReceiver(UdpSocket socket, Inbound inbound, FrameSink sink, boolean clear) {
        this.socket = socket;
        this.inbound = inbound;
        this.sink = sink;
        this.linear = clear ? null : ByteBuffer.allocateDirect(65_536);
        if (!clear) linearMessage.part(Slabs.of(linear), linear.capacity());
        socket.timeout(TICK_MILLIS);
    }

    void execute(Runnable task) {
        tasks.add(task);
    }

    synchronized void repeat(Runnable task, int millis) {
        long nanos = millis * 1_000_000L;
        Repeated[] more = Arrays.copyOf(repeated, repeated.length + 1);
        more[repeated.length] = new Repeated(task, nanos, new long[] {System.nanoTime() + nanos});
        repeated = more;
    }

    void close() {
        closed = true;
    }

    long errors() {
        return errors;
    }

    @Override
    public void run() {
        while (!closed) {
            try {
                turn();
            } catch (RuntimeException | LinkageError e) {
                errors++; // of the sink, or of a plugin that is just going: one record that fails must not end the tunnel
                if (path != null) path.detach(); // what its record under way has here is about to be overwritten
            }
        }
    }

    private void turn() {
        boolean hurry = inbound.waiting();
        if (hurry) socket.awaitReadable(Math.max(LEAST_WAIT_NANOS, inbound.waitNanos(System.nanoTime())));
        if (linear == null) scatter.prepare();
        Message message = linear == null ? scatter.message : linearMessage;
        int bytes = socket.receive(message, !hurry);
        nowNanos = System.nanoTime();
        if (closed || bytes == UdpSocket.CLOSED) {
            closed = true;
            return;
        }
        if (bytes > 0) take(message, bytes);
        else if (bytes < 0 && bytes != UdpSocket.AGAIN) errors++;
        if (hurry) inbound.expire(nowNanos);
        if (bytes > 0 || hurry) sink.drained();
        tick();
    }

    private void take(Message message, int bytes) {
        path = inbound.find(message);
        if (path == null) {
            int one = message.segment();
            inbound.unknownPeer.add(one == 0 ? 1 : (bytes + one - 1) / one);
            return;
        }
        path.received();
        if (linear != null) {
            cutLinear(bytes, message.segment());
            path.detach();
            inbound.noted(path);
            return;
        }
        int used = scatter.cut(bytes, message.segment(), this);
        inbound.noted(path);
        if (used == 0) {
            path.detach();
            release(path);
        } else if (path.underWay()) {
            if (partial != null && partial != path) partial.detach();
            partial = path;
            if (!scatter.advance(used)) {
                path.detach();
                release(path);
            }
        } else {
            release(path);
        }
    }

    /** Nothing of that peer's lies in the slab any more. */
    private void release(PeerPath of) {
        if (partial != null && partial != of) return;
        partial = null;
        scatter.rewind();
    }

    private void cutLinear(int bytes, int segment) {
        int one = segment == 0 ? bytes : segment;
        for (int at = 0; at < bytes; at += one) {
            path.sealed(linear, at, Math.min(one, bytes - at), nowNanos);
        }
    }

    @Override
    public void run(ByteBuffer heads, int head, int stride, int count, ByteBuffer slab, int at, int slice, int bytes) {
        path.run(heads, head, stride, count, slab, at, slice, bytes, nowNanos);
    }

    @Override
    public void datagram(ByteBuffer heads, int head, ByteBuffer slab, int slice, int sliceBytes) {
        path.datagram(heads, head, slab, slice, sliceBytes, nowNanos);
    }

    private void tick() {
        Runnable task = tasks.poll();
        while (task != null) {
            task.run();
            task = tasks.poll();
        }
        for (Repeated one : repeated) {
            if (nowNanos - one.due[0] < 0) continue;
            one.due[0] = nowNanos + one.nanos;
            one.task.run();
        }
    }
}
