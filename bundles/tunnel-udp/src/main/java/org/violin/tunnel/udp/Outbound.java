// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.violin.api.dataplane.Frames;
import org.violin.api.dataplane.Tunnel;
import org.violin.frame.Encapsulation;
import org.violin.frame.Slicer;

/**
 * Sender's side of one peer. Records are copied into the open batch under this object's lock. A flush hands the batch over unless an
 * earlier one is still to be written: then frames gather until it is, so that a busy path makes few and large packets without delay.
 */
final class Outbound implements Slicer.Outlet {
    private final Sender sender;
    private final PathCounters counters;
    private final InetSocketAddress address;
    private final int datagramBytes;
    private final int queueBytes;
    private final Slicer slicer;
    private Batch open;
    private int pendingBytes;
    private int handedOver;
    private boolean flushWanted;
    private boolean busy;
    private boolean closed;
    private volatile boolean dirty;

    Outbound(Sender sender, PathCounters counters, InetSocketAddress address, int datagramBytes, int queueBytes, int incarnation, int stream) {
        this.sender = sender;
        this.counters = counters;
        this.address = address;
        this.datagramBytes = datagramBytes;
        this.queueBytes = queueBytes;
        this.slicer = new Slicer(
                datagramBytes, Batch.MAX_BYTES, Batch.MAX_DATAGRAMS, sender.overhead(), incarnation, stream, this);
    }

    Sender sender() {
        return sender;
    }

    PathCounters counters() {
        return counters;
    }

    InetSocketAddress address() {
        return address;
    }

    int datagramBytes() {
        return datagramBytes;
    }

    /** See {@link Tunnel#send}. */
    int send(int vni, ByteBuffer slab, int offset, int length) {
        if (length < Frames.MIN_RECORD || length > Frames.MAX_RECORD || (vni & ~Encapsulation.MAX_VNI) != 0
                || offset < 0 || slab.limit() - length < offset) {
            counters.badRecord.increment();
            return 0;
        }
        synchronized (this) {
            if (closed) return Tunnel.NO_PEER;
            int bytes = Encapsulation.RECORD + length;
            if (bytes > queueBytes - pendingBytes) return Tunnel.FULL;
            pendingBytes += bytes;
            slicer.append(vni, slab, offset, length);
            PathCounters.add(counters.framesOut, 1);
            PathCounters.add(counters.bytesOut, length);
            dirty = true;
        }
        return 0;
    }

    void flush() {
        if (!dirty) return;
        synchronized (this) {
            dirty = false;
            if (handedOver > 0) flushWanted = true;
            else slicer.finish();
        }
    }

    /** A sign of life unless something else was sent since the last call. */
    synchronized void keepalive() {
        if (!busy && handedOver == 0 && !closed) slicer.keepalive();
        busy = false;
    }

    /** A sign of life at once: the peer may have come to know us only now. */
    synchronized void hello() {
        if (handedOver == 0 && !closed) slicer.keepalive();
    }

    /** Nothing more is taken; what is on its way still completes. */
    synchronized void close() {
        closed = true;
    }

    /** A batch is written or lost. */
    synchronized void done(Batch batch) {
        handedOver--;
        pendingBytes -= batch.length - batch.datagrams * (Encapsulation.HEADER + Encapsulation.FIRST + sender.overhead());
        if (handedOver == 0 && flushWanted && !closed) {
            flushWanted = false;
            slicer.finish();
        }
    }

    @Override
    public ByteBuffer batch() {
        open = sender.pool().take();
        return open.slab;
    }

    @Override
    public void filled(int length, int datagrams) {
        Batch batch = open;
        open = null;
        batch.owner = this;
        batch.length = length;
        batch.datagrams = datagrams;
        handedOver++;
        busy = true;
        sender.hand(batch);
    }
}
