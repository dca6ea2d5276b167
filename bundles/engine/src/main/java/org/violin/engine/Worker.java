// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.dataplane.FrameDevice;
import org.violin.api.dataplane.Frames;
import org.violin.api.dataplane.Poller;

/**
 * One thread that reads the devices given to it and carries each frame to its end: run to completion, one record in a slab of its own.
 * A device gets a bounded turn; the poller is level-triggered, so what is left comes up again behind the others.
 */
final class Worker implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final int FRAMES_PER_TURN = 64;
    private static final int BYTES_PER_TURN = 512 * 1024;
    private static final int TOKENS = 256;
    private static final long PAUSE_NANOS = 10_000_000;
    /** A device that failed so often is read no more until it is plugged in anew. */
    private static final int MOST_FAULTS = 100;

    private final Poller poller;
    private final Uplink uplink;
    private final Grace grace;
    private final LongSupplier clock;
    private final ByteBuffer slab = ByteBuffer.allocateDirect(Frames.MAX_RECORD);
    private final int[] tokens = new int[TOKENS];
    private final AtomicLong faults = new AtomicLong();
    private volatile AtomicReferenceArray<Slot> slots = new AtomicReferenceArray<>(16);
    private int[] freed = new int[4];
    private int freedCount;
    private int used;
    private volatile boolean stopped;
    private Cycle cycle;

    Worker(Poller poller, Uplink uplink, Grace grace, LongSupplier clock) {
        this.poller = poller;
        this.uplink = uplink;
        this.grace = grace;
        this.clock = clock;
    }

    /** A device and the vNIC it was plugged in for, as this worker knows them. */
    static final class Slot {
        final Worker worker;
        final NicEnd nic;
        final FrameDevice device;
        final int token;
        private boolean ended;
        private int faults;

        private Slot(Worker worker, NicEnd nic, FrameDevice device, int token) {
            this.worker = worker;
            this.nic = nic;
            this.device = device;
            this.token = token;
        }
    }

    /** Begins to read a device. Called under the fabric's lock. */
    Slot add(NicEnd nic, FrameDevice device) {
        int token = freedCount > 0 ? freed[--freedCount] : used++;
        if (token >= slots.length()) {
            AtomicReferenceArray<Slot> longer = new AtomicReferenceArray<>(token * 2);
            for (int i = 0; i < slots.length(); i++) longer.set(i, slots.get(i));
            slots = longer;
        }
        Slot slot = new Slot(this, nic, device, token);
        slots.set(token, slot);
        try {
            poller.add(device.fd(), token);
        } catch (RuntimeException e) {
            forget(slot);
            throw e;
        }
        return slot;
    }

    /** Reads a device no more, but for a turn that is under way: see {@link Grace}. Called under the fabric's lock. */
    void remove(Slot slot) {
        poller.remove(slot.device.fd());
        forget(slot);
    }

    private void forget(Slot slot) {
        slots.set(slot.token, null);
        if (freedCount == freed.length) freed = java.util.Arrays.copyOf(freed, freedCount * 2);
        freed[freedCount++] = slot.token;
    }

    int devices() {
        return used - freedCount;
    }

    long faults() {
        return faults.get();
    }

    /** One cycle: waits, reads, carries, flushes. Returns how many frames were read. */
    int turn(int timeoutMillis) {
        if (cycle == null) cycle = grace.register(Thread.currentThread());
        int ready = poller.await(timeoutMillis, tokens);
        if (ready == 0) return 0;
        int frames = 0;
        cycle.enter();
        try {
            long now = clock.getAsLong();
            AtomicReferenceArray<Slot> table = slots;
            for (int i = 0; i < ready; i++) {
                Slot slot = tokens[i] < table.length() ? table.get(tokens[i]) : null;
                if (slot != null) frames += readGuarded(slot, now);
            }
            uplink.flush(cycle);
        } finally {
            cycle.exit();
        }
        return frames;
    }

    /** One device that fails must not keep the others of this worker waiting. */
    private int readGuarded(Slot slot, long now) {
        try {
            return read(slot, now);
        } catch (RuntimeException | LinkageError e) {
            slot.nic.drop(Drop.PLUGIN_FAULT);
            if (++slot.faults == MOST_FAULTS) {
                LOG.error("The device of {} failed {} times and is read no more: plug it in anew", slot.nic.id, MOST_FAULTS, e);
                end(slot);
            }
            return 0;
        }
    }

    /** Its descriptor would stay readable for ever. It is closed, and its number given back, only after this cycle. */
    private void end(Slot slot) {
        poller.remove(slot.device.fd());
        slot.ended = true;
    }

    private int read(Slot slot, long now) {
        int frames = 0;
        int bytes = 0;
        while (frames < FRAMES_PER_TURN && bytes < BYTES_PER_TURN) {
            int length = slot.device.read(slab, 0, Frames.MAX_RECORD);
            if (length == 0) break;
            if (length == FrameDevice.CLOSED) {
                if (!slot.ended) slot.nic.drop(Drop.DEVICE_CLOSED);
                end(slot);
                break;
            }
            cycle.begin(now);
            slot.nic.fromGuest(cycle, slab, 0, length);
            frames++;
            bytes += length;
        }
        return frames;
    }

    @Override
    public void run() {
        while (!stopped) {
            try {
                turn(-1);
            } catch (RuntimeException | Error e) {
                if (faults.getAndIncrement() == 0) LOG.error("A worker failed and goes on; later failures are only counted", e);
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    void stop() {
        stopped = true;
        poller.wake();
    }

    /** Called when the thread has ended. */
    void close() {
        poller.close();
    }
}
