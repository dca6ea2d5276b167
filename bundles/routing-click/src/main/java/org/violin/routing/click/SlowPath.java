// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.click;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.violin.api.dataplane.FrameDevice;
import org.violin.api.dataplane.Frames;
import org.violin.api.dataplane.Poller;
import org.violin.frame.Segmenter;

/**
 * Carries frames between the guest's own devices and Click, on a thread of its own: what the guest's kernel and its control plane hear and
 * say. Frames whose checksum the kernel left open are finished, super-frames cut. A frame that finds no room is lost and counted.
 */
final class SlowPath implements AutoCloseable {
    /** Frames from one device before the next one has its turn. */
    private static final int RUN = 64;
    private static final int DRAIN_ROUNDS = 4;
    private static final long DRAIN_NANOS = 500_000;
    /** Frames of one device in such a round. */
    private static final int MOST_REST = 10_000;

    /** The two ends for one vNIC. */
    record Pair(FrameDevice guest, SocketDevice click) {}

    private final List<Pair> pairs;
    private final Poller poller;
    private final Segmenter segmenter = new Segmenter();
    private final ByteBuffer slab = ByteBuffer.allocateDirect(Frames.MAX_RECORD);
    private final AtomicLong toKernel = new AtomicLong();
    private final AtomicLong fromKernel = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private final Thread thread;
    private volatile boolean stopped;
    private volatile boolean deaf;

    /** Starts at once. */
    SlowPath(String name, List<Pair> pairs, Poller poller) {
        this.pairs = pairs;
        this.poller = poller;
        for (int i = 0; i < pairs.size(); i++) {
            poller.add(pairs.get(i).guest.fd(), 2 * i);
            poller.add(pairs.get(i).click.fd(), 2 * i + 1);
        }
        thread = new Thread(this::run, "violin-click-slow-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        int[] ready = new int[Math.max(1, 2 * pairs.size())];
        while (!stopped) {
            int n = poller.await(-1, ready);
            for (int i = 0; i < n && !stopped; i++) {
                Pair pair = pairs.get(ready[i] / 2);
                boolean open = ready[i] % 2 == 0 ? toClick(pair) : toGuest(pair);
                if (!open) poller.remove(ready[i] % 2 == 0 ? pair.guest.fd() : pair.click.fd());
            }
        }
        for (Pair pair : pairs) {
            poller.remove(pair.guest.fd());
            poller.remove(pair.click.fd());
        }
        rest();
    }

    /** Whether the guest's kernel is heard; what it says otherwise waits in its devices. Any thread, one at a time. */
    void hear(boolean kernel) {
        deaf = !kernel;
        for (int i = 0; i < pairs.size(); i++) {
            if (kernel) poller.add(pairs.get(i).guest.fd(), 2 * i);
            else poller.remove(pairs.get(i).guest.fd());
        }
    }

    private boolean toClick(Pair pair) {
        for (int i = 0; i < RUN && !stopped && !deaf; i++) {
            int n = pair.guest.read(slab, 0, slab.capacity());
            if (n <= 0) return n != FrameDevice.CLOSED;
            fromKernel.incrementAndGet();
            int frames = segmenter.finish(slab, 0, n, true, (from, offset, length) -> {
                if (pair.click.write(from, offset, length) <= 0) lost.incrementAndGet();
            });
            if (frames == 0) lost.incrementAndGet();
        }
        return true;
    }

    private boolean toGuest(Pair pair) {
        for (int i = 0; i < RUN && !stopped; i++) {
            int n = pair.click.read(slab, 0, slab.capacity());
            if (n <= 0) return n != FrameDevice.CLOSED;
            toKernel.incrementAndGet();
            if (pair.guest.write(slab, 0, n) <= 0) lost.incrementAndGet();
        }
        return true;
    }

    /** Frames for the guest's kernel. */
    long toKernel() {
        return toKernel.get();
    }

    /** Records of the guest's kernel. */
    long fromKernel() {
        return fromKernel.get();
    }

    /** Frames without room, and malformed ones. */
    long lost() {
        return lost.get();
    }

    /** What Click has already said to the kernel still gets there. */
    private void rest() {
        for (int round = 0; round < DRAIN_ROUNDS; round++) {
            for (Pair pair : pairs) {
                for (int i = 0; i < MOST_REST; i++) {
                    int n = pair.click.read(slab, 0, slab.capacity());
                    if (n <= 0) break;
                    toKernel.incrementAndGet();
                    if (pair.guest.write(slab, 0, n) <= 0) lost.incrementAndGet();
                }
            }
            LockSupport.parkNanos(DRAIN_NANOS);
        }
    }

    /** Returns when the devices are no longer used. */
    @Override
    public void close() {
        stopped = true;
        poller.wake();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        poller.close();
        if (interrupted) Thread.currentThread().interrupt();
    }
}
