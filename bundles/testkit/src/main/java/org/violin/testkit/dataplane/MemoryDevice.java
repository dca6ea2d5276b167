// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.dataplane;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.violin.api.dataplane.FrameDevice;
import org.violin.api.dataplane.Frames;

/** A vNIC in memory: the test is the guest, and sends and receives frames on the other side. Any thread. */
public final class MemoryDevice implements FrameDevice {
    private final int fd;
    private final RecordRing fromGuest;
    private final RecordRing toGuest;
    private final AtomicInteger inside = new AtomicInteger();
    private volatile boolean carrier;
    private volatile boolean closed;
    private volatile boolean closedInUse;
    private MemoryPoller poller;
    private int token;

    MemoryDevice(int fd, RecordRing fromGuest, RecordRing toGuest) {
        this.fd = fd;
        this.fromGuest = fromGuest;
        this.toGuest = toGuest;
    }

    /** The guest sends a whole record, offload header first. False when the queue is full. */
    public boolean guestSends(ByteBuffer record, int length) {
        boolean taken = fromGuest.offer("", 0, record, 0, length);
        MemoryPoller watcher;
        int number;
        synchronized (this) {
            watcher = poller;
            number = token;
        }
        if (taken && watcher != null) watcher.ready(number);
        return taken;
    }

    /** The guest takes the oldest record it was sent; 0 when there is none. */
    public int guestReceives(ByteBuffer into) {
        return toGuest.poll(into, 0, into.capacity());
    }

    /** The guest sends a plain Ethernet frame. False when the queue is full. */
    public boolean guestSends(byte[] frame) {
        ByteBuffer record = ByteBuffer.allocate(Frames.OFFLOAD_HEADER + frame.length).put(Frames.OFFLOAD_HEADER, frame);
        return guestSends(record, record.capacity());
    }

    /** The guest takes the oldest frame it was sent, without the offload header; null when there is none. */
    public byte[] guestReceives() {
        ByteBuffer record = ByteBuffer.allocate(Frames.MAX_RECORD);
        int length = guestReceives(record);
        if (length <= 0) return null;
        byte[] frame = new byte[length - Frames.OFFLOAD_HEADER];
        record.get(Frames.OFFLOAD_HEADER, frame);
        return frame;
    }

    /** Records that wait for the guest. */
    public int waiting() {
        return toGuest.size();
    }

    public boolean hasCarrier() {
        return carrier && !closed;
    }

    public boolean isClosed() {
        return closed;
    }

    /** True when somebody closed the device while a call was inside: with a real descriptor, another file could have been hit. */
    public boolean wasClosedInUse() {
        return closedInUse;
    }

    boolean readable() {
        return closed || fromGuest.size() > 0;
    }

    synchronized void watchedBy(MemoryPoller newPoller, int newToken) {
        poller = newPoller;
        token = newToken;
    }

    @Override
    public int fd() {
        return fd;
    }

    @Override
    public int read(ByteBuffer slab, int offset, int capacity) {
        inside.incrementAndGet();
        try {
            return closed ? CLOSED : Math.max(0, fromGuest.poll(slab, offset, capacity));
        } finally {
            inside.decrementAndGet();
        }
    }

    @Override
    public int write(ByteBuffer slab, int offset, int length) {
        inside.incrementAndGet();
        try {
            if (closed) return CLOSED;
            return toGuest.offer("", 0, slab, offset, length) ? length : 0;
        } finally {
            inside.decrementAndGet();
        }
    }

    @Override
    public void carrier(boolean up) {
        carrier = up;
    }

    /** The guest is gone, as when its namespace died: reads and writes answer {@link #CLOSED} from now on. */
    public void vanish() {
        closed = true;
        MemoryPoller watcher;
        synchronized (this) {
            watcher = poller;
        }
        if (watcher != null) watcher.ready(token);
    }

    @Override
    public void close() {
        if (inside.get() != 0) closedInUse = true;
        closed = true;
        carrier = false;
    }
}
