// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.violin.api.dataplane.FrameSink;
import org.violin.frame.Encapsulation;
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
    private final Source source = new Source();
    /** For payloads that must be opened: a datagram's bytes lie end to end. */
    private final ByteBuffer linear = ByteBuffer.allocateDirect(65_536);

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
    private volatile boolean released;

    NativeReceiver(UdpSocket socket, Inbound inbound, FrameSink sink) {
        this.socket = socket;
        this.inbound = inbound;
        this.sink = sink;
        linearMessage.part(Slabs.of(linear), linear.capacity());
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

    /** Ends when what was received last is handed over, at most some 50 ms from now; the socket stays as it is. */
    void release() {
        released = true;
    }

    long errors() {
        return errors;
    }

    @Override
    public void run() {
        runTasks();
        while (!closed && !released) {
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
        boolean seals = inbound.paths().seals();
        if (seals) abandonScatter();
        else scatter.prepare();
        Message message = seals ? linearMessage : scatter.message;
        int bytes = socket.receive(message, !hurry);
        nowNanos = System.nanoTime();
        if (closed || bytes == UdpSocket.CLOSED) {
            closed = true;
            return;
        }
        if (bytes > 0) take(message, bytes, seals);
        else if (bytes < 0 && bytes != UdpSocket.AGAIN) errors++;
        if (hurry) inbound.expire(nowNanos);
        if (bytes > 0 || hurry) sink.drained();
        tick();
    }

    private void take(Message message, int bytes, boolean seals) {
        path = null;
        source.set(message);
        if (seals) {
            takeLinear(bytes, message.segment());
            return;
        }
        int used = scatter.cut(bytes, message.segment(), this);
        if (path == null) return;
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

    /** A run may be of several peers at one address. */
    private void takeLinear(int bytes, int segment) {
        int one = segment == 0 ? bytes : segment;
        for (int at = 0; at < bytes; at += one) {
            PeerPath of = inbound.datagram(source, linear, at, Math.min(one, bytes - at), nowNanos);
            if (of != null && of != path) of.received();
            if (of != null) path = of;
        }
    }

    /** That peer's datagrams come now: those of another one in the same message lie no longer where they are. */
    private void turnTo(PeerPath next) {
        if (next == path) return;
        if (path != null) {
            path.detach();
            inbound.noted(path);
            if (partial == path) partial = null;
        }
        path = next;
        path.received();
    }

    /** Peers' payloads must be opened from now on. */
    private void abandonScatter() {
        if (partial != null) partial.detach();
        partial = null;
        scatter.rewind();
    }

    /** Nothing of that peer's lies in the slab any more. */
    private void release(PeerPath of) {
        if (partial != null && partial != of) return;
        partial = null;
        scatter.rewind();
    }

    @Override
    public void run(ByteBuffer heads, int head, int stride, int count, ByteBuffer slab, int at, int slice, int bytes) {
        int done = 0;
        while (done < count) {
            int here = head + done * stride;
            int like = PeerPath.alike(heads, here, stride, count - done);
            int from = done * slice;
            int length = Math.min(like * slice, bytes - from);
            done += like;
            if (like == 1) {
                datagram(heads, here, slab, at + from, length);
                continue;
            }
            PeerPath of = inbound.clear(source, heads, here, like);
            if (of == null) continue;
            turnTo(of);
            of.slices(heads, here, like, slab, at + from, slice, length, nowNanos);
        }
    }

    @Override
    public void datagram(ByteBuffer heads, int head, ByteBuffer slab, int slice, int sliceBytes) {
        int length = PeerPath.FRONT + sliceBytes;
        if (Encapsulation.type(heads, head, length) != Encapsulation.CLEAR) {
            int front = Math.min(length, PeerPath.FRONT);
            linear.put(0, heads, head, front);
            if (sliceBytes > 0) linear.put(front, slab, slice, sliceBytes);
            inbound.datagram(source, linear, 0, length, nowNanos);
            return;
        }
        PeerPath of = inbound.clear(source, heads, head, 1);
        if (of == null) return;
        turnTo(of);
        of.datagram(heads, head, slab, slice, sliceBytes, nowNanos);
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            try {
                task.run();
            } catch (RuntimeException | LinkageError e) {
                errors++;
            }
        }
    }

    private void tick() {
        runTasks();
        for (Repeated one : repeated) {
            if (nowNanos - one.due[0] < 0) continue;
            one.due[0] = nowNanos + one.nanos;
            one.task.run();
        }
    }
}
