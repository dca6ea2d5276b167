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
import org.violin.frame.Coalescer;
import org.violin.frame.Outlet;

/**
 * One thread that reads the devices given to it and carries each frame to its end: run to completion, one record in a slab of its own.
 * A device gets a bounded turn; the poller is level-triggered, so what is left comes up again behind the others.
 */
final class Worker implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final int FRAMES_PER_TURN = Coalescer.MAX_FRAMES;
    /** What a device may send while others wait, and while none does. */
    private static final int BYTES_PER_TURN = 64 * 1024;

    private static final int BYTES_ALONE = 512 * 1024;
    /** A frame up to here that comes first after a pause leaves at once: somebody may be waiting for the answer. */
    private static final int PROMPT_BYTES = 2048;
    /** Paused devices are read again at the latest after so many milliseconds. */
    private static final int PAUSE_MILLIS = 20;

    private static final int TOKENS = 256;
    private static final long PAUSE_NANOS = 10_000_000;
    /** A device that failed so often is read no more until it is plugged in anew. */
    private static final int MOST_FAULTS = 100;

    private final Poller poller;
    private final Uplink uplink;
    private final Grace grace;
    private final LongSupplier clock;
    private final Coalescer coalescer = new Coalescer(false);
    private final Outlet emit = this::emit;
    private final int[] tokens = new int[TOKENS];
    private final AtomicLong faults = new AtomicLong();
    private volatile AtomicReferenceArray<Slot> slots = new AtomicReferenceArray<>(16);
    private int[] freed = new int[4];
    private int freedCount;
    private int used;
    private Slot[] paused = new Slot[16];
    private int pausedCount;
    private volatile boolean resumes;
    private volatile boolean stopped;
    private Cycle cycle;
    /** Of the turn under way. */
    private Slot current;

    private long nowNanos;

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
        private boolean drained = true;
        /** Where there was no room for it when it was last held back. Null: nowhere. */
        private Gate waitsFor;
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
        int frames = resumes ? readPaused() : 0;
        int ready = poller.await(pausedCount > 0 && timeoutMillis < 0 ? PAUSE_MILLIS : timeoutMillis, tokens);
        if (ready == 0) {
            resumes |= pausedCount > 0;
            return frames;
        }
        cycle.enter();
        try {
            nowNanos = clock.getAsLong();
            int budget = ready > 1 ? BYTES_PER_TURN : BYTES_ALONE;
            AtomicReferenceArray<Slot> table = slots;
            for (int i = 0; i < ready; i++) {
                Slot slot = tokens[i] < table.length() ? table.get(tokens[i]) : null;
                if (slot == null) continue;
                if (mustWait(slot)) pause(slot);
                else frames += readGuarded(slot, budget);
            }
            uplink.flush(cycle);
        } finally {
            cycle.exit();
        }
        return frames;
    }

    /** One device that fails must not keep the others of this worker waiting. */
    private int readGuarded(Slot slot, int budget) {
        try {
            return read(slot, budget);
        } catch (RuntimeException | LinkageError e) {
            slot.nic.drop(Drop.PLUGIN_FAULT);
            coalescer.drain(Worker::ignore);
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

    private int read(Slot slot, int budget) {
        current = slot;
        cycle.congested = null;
        int frames = 0;
        int calls = 0;
        int bytes = 0;
        boolean prompt = slot.drained;
        slot.drained = false;
        while (frames < FRAMES_PER_TURN && bytes < budget && cycle.congested == null) {
            int at = coalescer.room();
            if (at == Coalescer.FULL) {
                coalescer.drain(emit);
                at = coalescer.room();
            }
            ByteBuffer slab = coalescer.slab();
            int length = slot.device.read(slab, at, Frames.MAX_RECORD);
            calls++;
            if (length == 0) {
                slot.drained = true;
                break;
            }
            if (length == FrameDevice.CLOSED) {
                if (!slot.ended) slot.nic.drop(Drop.DEVICE_CLOSED);
                end(slot);
                break;
            }
            if (!slot.nic.fromGuest(slab, at, length)) continue;
            frames++;
            bytes += length;
            if (prompt && length <= PROMPT_BYTES) {
                emit(slab, at, length);
                uplink.flush(cycle);
                break; // if there is more the poller says so at once, else a read is saved
            } else {
                switch (coalescer.add(at, length)) {
                    case HELD -> {}
                    case PASS -> emit(slab, at, length);
                    case DRAIN_THEN_PASS -> {
                        coalescer.drain(emit);
                        emit(slab, at, length);
                    }
                }
            }
            prompt = false;
        }
        coalescer.drain(emit);
        slot.nic.counters.callsIn(calls);
        slot.waitsFor = cycle.congested;
        if (slot.waitsFor != null && !slot.ended) pause(slot);
        return frames;
    }

    private void emit(ByteBuffer slab, int offset, int length) {
        cycle.begin(nowNanos);
        current.nic.emit(cycle, slab, offset, length);
    }

    private static void ignore(ByteBuffer slab, int offset, int length) {
        // A device failed: what was read of it before goes with it.
    }

    /** What this device sends has to wait in its own queue: back-pressure that the guest can feel. */
    private void pause(Slot slot) {
        slot.nic.counters.paused();
        poller.remove(slot.device.fd());
        if (pausedCount == paused.length) paused = java.util.Arrays.copyOf(paused, pausedCount * 2);
        paused[pausedCount++] = slot;
    }

    /** There is room again. Any thread, never blocks. */
    void resume() {
        resumes = true;
        poller.wake();
    }

    /** Where it sends, as far as that is known, there is no room: reading it would only fill a queue that others wait for, too. */
    private boolean mustWait(Slot slot) {
        Gate gate = slot.nic.far instanceof RemoteEnd end ? end.way : slot.waitsFor;
        return gate != null && gate.congested();
    }

    /**
     * A turn for those that were held back, the longest waiting first, as far as there is room; the others keep their places. Who is held
     * back again is last: so room that comes in small pieces goes round.
     */
    private int readPaused() {
        resumes = false;
        int frames = 0;
        int waiting = pausedCount;
        int kept = 0;
        cycle.enter(); // so that no device is closed, and its number given away, while it is read and added
        try {
            nowNanos = clock.getAsLong();
            AtomicReferenceArray<Slot> table = slots;
            for (int i = 0; i < waiting; i++) {
                Slot slot = paused[i];
                boolean there = slot.token < table.length() && table.get(slot.token) == slot && !slot.ended;
                if (!there) continue;
                if (mustWait(slot)) {
                    paused[kept++] = slot;
                    continue;
                }
                int before = pausedCount;
                frames += readGuarded(slot, BYTES_PER_TURN);
                if (pausedCount == before && !slot.ended) poller.add(slot.device.fd(), slot.token);
            }
            uplink.flush(cycle);
        } finally {
            int again = pausedCount - waiting;
            System.arraycopy(paused, waiting, paused, kept, again);
            java.util.Arrays.fill(paused, kept + again, pausedCount, null);
            pausedCount = kept + again;
            cycle.exit();
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
