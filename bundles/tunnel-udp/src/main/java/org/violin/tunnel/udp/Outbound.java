// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.violin.api.dataplane.Frames;
import org.violin.api.dataplane.Tunnel;
import org.violin.frame.Encapsulation;
import org.violin.frame.Slicer;
import org.violin.frame.SuperFrame;

/**
 * Sender's side of one peer. Small records are copied into the open batch under this object's lock; a large one leaves at once, from where
 * it lies, if nothing waits. A flush hands the batch over unless an earlier one is still to be written: then frames gather until it is, so
 * that a busy path makes few and large packets without delay.
 */
final class Outbound implements Slicer.Outlet {
    /** Records from here on are not copied, bytes. */
    private static final int LARGE = 12 * 1024;
    /** What waits beyond this holds the senders back, and no more below the other, bytes. */
    private static final int CONGESTED = 192 * 1024;

    /** Batches before which no control message queues up. */
    private static final int MOST_WAITING = 64;

    private static final int RELIEVED = 64 * 1024;

    private final Outward common;
    private final Wire wire;
    private final PathCounters counters;
    private final InetSocketAddress address;
    private final Slicer slicer;
    private final int incarnation;
    private final int stream;
    private Batch open;
    private int datagramBytes;
    private int pendingBytes;
    private int handedOver;
    private volatile boolean congested;
    private boolean flushWanted;
    private boolean busy;
    private boolean closed;
    private volatile boolean dirty;
    /** The peer loses datagrams: headers of super-frames are repeated, and short last datagrams are sent twice. */
    private volatile boolean lossy;
    /** A probe or datagram of this size did not fit the interface; taken by {@link #refused}. */
    private volatile int refused;

    Outbound(Outward common, Wire wire, PathCounters counters, InetSocketAddress address, int datagramBytes, int incarnation, int stream) {
        this.common = common;
        this.wire = wire;
        this.counters = counters;
        this.address = address;
        this.datagramBytes = datagramBytes;
        this.incarnation = incarnation;
        this.stream = stream;
        this.slicer = new Slicer(
                datagramBytes, Batch.MAX_BYTES, Batch.MAX_DATAGRAMS, common.cipher().overhead(), incarnation, stream, this);
    }

    PathCounters counters() {
        return counters;
    }

    InetSocketAddress address() {
        return address;
    }

    /** The number of our data stream to this peer. */
    int stream() {
        return stream;
    }

    /** Datagrams of that stream so far. */
    synchronized long sent() {
        return Encapsulation.sequence(slicer.counter());
    }

    long calls() {
        return wire.calls();
    }

    /** Datagrams are made so large from now on: UDP payload bytes. */
    synchronized void resize(int bytes) {
        if (closed || bytes == datagramBytes) return;
        slicer.resize(bytes);
        datagramBytes = bytes;
    }

    void lossy(boolean yes) {
        lossy = yes;
    }

    /** UDP payload bytes that the interface refused since the last call; 0: none. */
    int refused() {
        int bytes = refused;
        if (bytes != 0) refused = 0;
        return bytes;
    }

    /** See {@link Tunnel#send}. */
    int send(int vni, ByteBuffer slab, int offset, int length) {
        if (length < Frames.MIN_RECORD || length > Frames.MAX_RECORD || (vni & ~Encapsulation.MAX_VNI) != 0
                || offset < 0 || slab.limit() - length < offset) {
            counters.badRecord.increment();
            return 0;
        }
        int segments = SuperFrame.segments(slab, offset, length);
        synchronized (this) {
            if (closed) return Tunnel.NO_PEER;
            int bytes = Encapsulation.RECORD + length;
            if (bytes > common.queueBytes() - pendingBytes) return Tunnel.FULL;
            if (length < LARGE || lossy || !gather(vni, slab, offset, length)) {
                pendingBytes += bytes;
                slicer.append(vni, slab, offset, length);
                dirty = true;
            }
            if (lossy && segments > 1) repair(vni, slab, offset, length);
            PathCounters.add(counters.framesOut, 1);
            PathCounters.add(counters.bytesOut, length);
            PathCounters.add(counters.segmentsOut, segments);
            if (handedOver == 0 || pendingBytes < CONGESTED) return 0;
            congested = true;
            return Tunnel.CONGESTED;
        }
    }

    /** Much waits: from when {@link #send} said so until there is room again. */
    boolean congested() {
        return congested;
    }

    /** True when all of the record is on its way. */
    private boolean gather(int vni, ByteBuffer slab, int offset, int length) {
        if (handedOver > 0) return false;
        slicer.finish();
        if (handedOver > 0) return false;
        int sent = wire.gather(slicer, vni, slab, offset, length);
        if (sent == 0) return false;
        busy = true;
        PathCounters.add(counters.datagramsOut, wire.gathered());
        int left = Encapsulation.RECORD + length - sent;
        if (left > 0) {
            pendingBytes += left;
            slicer.rest(slab, offset + length - left, left);
            dirty = true;
        }
        return true;
    }

    private void repair(int vni, ByteBuffer slab, int offset, int length) {
        int headers = SuperFrame.headers(slab, offset, length);
        if (headers == 0 || headers > Encapsulation.MAX_REPAIR - Encapsulation.REPAIR_LENGTH) return;
        pendingBytes += Encapsulation.RECORD + Encapsulation.REPAIR_LENGTH + headers;
        slicer.repair(vni, slab, offset, length, headers);
        dirty = true;
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

    /** Sends a control message, filled up with zeros to a datagram of that many bytes (UDP payload); less: as long as it is. */
    synchronized void control(ByteBuffer message, int messageBytes, int bytes) {
        if (closed || handedOver > MOST_WAITING) return;
        Batch batch = common.pool().take();
        int overhead = common.cipher().overhead();
        int length = Math.max(bytes, Encapsulation.HEADER + messageBytes + overhead);
        Encapsulation.writeHeader(batch.slab, 0, incarnation, Encapsulation.counter(Encapsulation.CONTROL_STREAM, common.controls().getAndIncrement()));
        batch.slab.put(Encapsulation.HEADER, message, 0, messageBytes);
        for (int at = Encapsulation.HEADER + messageBytes; at < length; at++) batch.slab.put(at, (byte) 0);
        batch.control = true;
        batch.datagramBytes = length;
        hand(batch, length, 1);
    }

    /** Nothing more is taken; what is on its way still completes. */
    synchronized void close() {
        closed = true;
    }

    /** A batch is written or lost. */
    void done(Batch batch) {
        boolean relieved;
        synchronized (this) {
            handedOver--;
            account(batch);
            if (handedOver == 0 && flushWanted && !closed) {
                flushWanted = false;
                slicer.finish();
            }
            relieved = congested && pendingBytes <= RELIEVED;
            if (relieved) congested = false;
        }
        common.pool().give(batch);
        if (relieved) common.relieved();
    }

    private void account(Batch batch) {
        int unwritten = batch.datagrams - batch.written;
        if (batch.fate == Batch.Fate.TOO_BIG) refused = batch.datagramBytes;
        if (batch.control) return;
        PathCounters.add(counters.datagramsOut, batch.written);
        if (unwritten > 0) (batch.fate == Batch.Fate.TOO_BIG ? counters.tooBig : counters.sendFailed).add(unwritten);
        int overhead = Encapsulation.HEADER + Encapsulation.FIRST + common.cipher().overhead();
        pendingBytes -= batch.length - batch.datagrams * overhead;
    }

    @Override
    public ByteBuffer batch() {
        open = common.pool().take();
        open.datagramBytes = datagramBytes;
        return open.slab;
    }

    @Override
    public void filled(int length, int datagrams) {
        Batch batch = open;
        open = null;
        busy = true;
        Batch echo = lossy && datagrams > 1 ? echo(batch, length, datagrams) : null;
        hand(batch, length, datagrams);
        if (echo != null) hand(echo, echo.length, 1);
    }

    /**
     * A copy of a short last datagram. Slices are a little smaller than the segments of a record, so the end of a record often travels in
     * a datagram of its own, and its loss would cost as much as that of a full one.
     */
    private Batch echo(Batch batch, int length, int datagrams) {
        int from = (datagrams - 1) * datagramBytes;
        if (length - from > datagramBytes / 2) return null;
        Batch echo = common.pool().take();
        echo.slab.put(0, batch.slab, from, length - from);
        echo.length = length - from;
        echo.datagramBytes = datagramBytes;
        echo.control = true;
        counters.echoes.increment();
        return echo;
    }

    private void hand(Batch batch, int length, int datagrams) {
        batch.owner = this;
        batch.wire = wire;
        batch.length = length;
        batch.datagrams = datagrams;
        handedOver++;
        wire.hand(batch);
    }
}
