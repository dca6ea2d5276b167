// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
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
    private final Lane lane;
    private final Slicer slicer;
    /** Batches that cannot be sealed yet, in order; all of them count as handed over. */
    private final ArrayDeque<Batch> held = new ArrayDeque<>();
    private volatile InetSocketAddress address;
    private long controls;
    private Batch open;
    private int datagramBytes;
    private int pendingBytes;
    private int handedOver;
    private volatile boolean congested;
    private boolean flushWanted;
    private boolean busy;
    private boolean closed;
    private volatile boolean dirty;
    /** Something waits for keys. */
    private volatile boolean waits;
    /** The peer loses datagrams: headers of super-frames are repeated, and short last datagrams are sent twice. */
    private volatile boolean lossy;
    /** A probe or datagram of this size did not fit the interface; taken by {@link #refused}. */
    private volatile int refused;

    Outbound(Outward common, Wire wire, PathCounters counters, InetSocketAddress address, int datagramBytes, Lane lane) {
        this.common = common;
        this.wire = wire;
        this.counters = counters;
        this.address = address;
        this.datagramBytes = datagramBytes;
        this.lane = lane;
        this.slicer = new Slicer(datagramBytes, Batch.MAX_BYTES, Batch.MAX_DATAGRAMS, lane.overhead(), lane.front(), 0, this);
    }

    PathCounters counters() {
        return counters;
    }

    InetSocketAddress address() {
        return address;
    }

    Lane lane() {
        return lane;
    }

    /** The peer is there from now on. */
    void move(InetSocketAddress to) {
        address = to;
    }

    /** Datagrams of that stream so far. */
    synchronized long sent() {
        return slicer.sequence();
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
        if (waits) proceed();
        synchronized (this) {
            if (closed) return Tunnel.NO_PEER;
            int bytes = Encapsulation.RECORD + length;
            if (bytes > common.queueBytes() - pendingBytes) return Tunnel.FULL;
            if (length < LARGE || lossy || !lane.isClear() || !gather(vni, slab, offset, length)) {
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
            if (handedOver > 0) {
                flushWanted = true;
            } else if (lane.ready()) {
                slicer.finish();
            } else {
                flushWanted = true;
                waits = true;
            }
        }
    }

    /** Sends what waited for keys, in order, if they are there. Any thread. */
    void proceed() {
        if (!waits) return;
        synchronized (this) {
            while (!held.isEmpty()) {
                Batch batch = held.peekFirst();
                if (!lane.ready()) return;
                boolean sealed = batch.seal(lane);
                if (!sealed && !lane.ready()) return;
                held.pollFirst();
                if (sealed) wire.hand(batch);
                else fail(batch);
            }
            if (!lane.ready()) return;
            waits = false;
            if (handedOver > 0 || !flushWanted || closed) return;
            flushWanted = false;
            slicer.finish();
        }
    }

    /** A sign of life unless something else was sent since the last call. */
    synchronized void keepalive() {
        if (!busy && handedOver == 0 && !closed && lane.ready()) slicer.keepalive();
        busy = false;
    }

    /** A sign of life at once: the peer may have come to know us only now. */
    synchronized void hello() {
        if (handedOver == 0 && !closed && lane.ready()) slicer.keepalive();
    }

    /** Sends a control message, filled up with zeros to a datagram of that many bytes (UDP payload); less: as long as it is. */
    synchronized void control(ByteBuffer message, int messageBytes, int bytes) {
        if (closed || handedOver > MOST_WAITING || !lane.ready()) return;
        Batch batch = common.pool().take();
        int head = lane.front().bytes();
        int length = Math.max(bytes, head + messageBytes + lane.overhead());
        lane.front().writeControl(batch.slab, 0, lane.isClear() ? common.controls().getAndIncrement() : controls++);
        batch.slab.put(head, message, 0, messageBytes);
        for (int at = head + messageBytes; at < length; at++) batch.slab.put(at, (byte) 0);
        batch.control = true;
        batch.datagramBytes = length;
        own(batch, length, 1);
        if (batch.seal(lane)) wire.hand(batch);
        else fail(batch);
    }

    /** Nothing more is taken, and what was goes to the wire. */
    synchronized void finish() {
        closed = true;
        slicer.finish();
    }

    /** Nothing is on its way but what waits for keys. */
    synchronized boolean idle() {
        return handedOver == held.size();
    }

    /** All that was taken before the last {@link #flush} is on the wire. */
    synchronized boolean empty() {
        return handedOver == 0 && !flushWanted;
    }

    /** Writes what the next tunnel needs to go on. @param left batches of whichever peer that were not written, in order */
    synchronized void save(DataOutput out, List<Batch> left) throws IOException {
        List<Batch> rest = new ArrayList<>();
        for (Batch batch : left) if (batch.owner == this && !batch.control) rest.add(batch);
        rest.addAll(held);
        out.writeLong(slicer.sequence());
        out.writeLong(controls);
        out.writeInt(lane.overhead());
        out.writeInt(rest.size());
        for (Batch batch : rest) batch.save(out);
    }

    synchronized void load(DataInput in) throws IOException {
        slicer.claim(in.readLong());
        controls = in.readLong();
        boolean alike = in.readInt() == lane.overhead();
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            Batch batch = common.pool().take();
            batch.load(in);
            if (!alike) { // laid out for another cipher
                counters.sendFailed.add(batch.datagrams);
                common.pool().give(batch);
                continue;
            }
            own(batch, batch.length, batch.datagrams);
            pendingBytes += batch.length - batch.datagrams * lane.around();
            held.addLast(batch);
            waits = true;
        }
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
        pendingBytes -= batch.length - batch.datagrams * lane.around();
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
        own(batch, length, datagrams);
        if (!held.isEmpty()) {
            held.addLast(batch);
        } else if (!batch.seal(lane)) {
            if (lane.ready()) {
                fail(batch);
            } else {
                held.addLast(batch);
                waits = true;
            }
        } else {
            Batch echo = lossy && datagrams > 1 ? echo(batch, length, datagrams) : null;
            wire.hand(batch);
            if (echo != null) wire.hand(echo);
        }
    }

    /**
     * A copy of a short last datagram. Slices are a little smaller than the segments of a record, so the end of a record often travels in
     * a datagram of its own, and its loss would cost as much as that of a full one. What is copied is sealed already.
     */
    private Batch echo(Batch batch, int length, int datagrams) {
        int from = (datagrams - 1) * datagramBytes;
        if (length - from > datagramBytes / 2) return null;
        Batch echo = common.pool().take();
        echo.slab.put(0, batch.slab, from, length - from);
        own(echo, length - from, 1);
        echo.datagramBytes = datagramBytes;
        echo.control = true;
        counters.echoes.increment();
        return echo;
    }

    private void own(Batch batch, int length, int datagrams) {
        batch.owner = this;
        batch.wire = wire;
        batch.length = length;
        batch.datagrams = datagrams;
        handedOver++;
    }

    private void fail(Batch batch) {
        batch.fate = Batch.Fate.FAILED;
        done(batch);
    }
}
