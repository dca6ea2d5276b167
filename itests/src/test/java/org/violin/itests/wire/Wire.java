// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.wire;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.violin.api.dataplane.Frames;
import org.violin.api.dataplane.Poller;
import org.violin.frame.Segmenter;
import org.violin.linux.EpollPollerProvider;
import org.violin.linux.Tap;

/**
 * A cable between two TAPs, made in Java: reads what the kernel of one side sends, cuts and finishes it as a network card would, loses or
 * changes what it is told to, and writes it to the other side. Watches what tunnels put on it.
 */
final class Wire implements AutoCloseable {
    private static final int IP = Frames.OFFLOAD_HEADER + 14;
    private static final int IP_AND_UDP = 28;
    private static final int STREAM = IP + IP_AND_UDP + 8;

    /** IP packets longer than this are lost, silently. */
    volatile int mtuBytes = 1500;
    /** Every second UDP packet of side A has one bit changed while this is above 0; counts down. */
    final AtomicInteger flips = new AtomicInteger();
    /** Every two packets of side A that come together change places. */
    volatile boolean swaps;
    /** Longest UDP packet with frames of a guest in it, bytes of IP; the test may set it back. */
    final AtomicInteger longestData = new AtomicInteger();
    /** UDP packets without DF, or fragments. */
    final AtomicInteger cut = new AtomicInteger();
    /** UDP packets that were too long for the wire. */
    final AtomicInteger tooLong = new AtomicInteger();
    /** How often two changed places. */
    final AtomicInteger swapped = new AtomicInteger();

    private final Random random;
    private final Pump[] pumps;
    private volatile boolean closed;

    /** @param seed of what is changed */
    Wire(Tap a, Tap b, long seed) {
        random = new Random(seed);
        pumps = new Pump[] {new Pump(a, b, true), new Pump(b, a, false)};
        for (Pump pump : pumps) pump.start();
    }

    /** One direction. */
    private final class Pump extends Thread {
        private final Tap from;
        private final Tap to;
        private final boolean faulty;
        private final Poller poller = new EpollPollerProvider().open();
        private final Segmenter segmenter = new Segmenter();
        private final ByteBuffer slab = ByteBuffer.allocateDirect(Frames.MAX_RECORD);
        private final ByteBuffer changed = ByteBuffer.allocateDirect(Frames.MAX_RECORD);
        private final ByteBuffer held = ByteBuffer.allocateDirect(Frames.MAX_RECORD);
        private int heldBytes;
        private boolean second;

        Pump(Tap from, Tap to, boolean faulty) {
            super("wire " + from.name());
            this.from = from;
            this.to = to;
            this.faulty = faulty;
            setDaemon(true);
        }

        @Override
        public void run() {
            poller.add(from.fd(), 0);
            int[] tokens = new int[1];
            while (!closed) {
                int n;
                poller.await(50, tokens);
                for (int i = 0; i < 64 && (n = from.read(slab, 0, Frames.MAX_RECORD)) > 0; i++) segmenter.finish(slab, 0, n, true, this::pass);
                letGo();
            }
            poller.close();
        }

        private void pass(ByteBuffer frame, int offset, int length) {
            boolean udp = length > STREAM && frame.getShort(offset + IP - 2) == 0x0800 && frame.get(offset + IP + 9) == 17;
            if (udp && !fits(frame, offset)) return;
            if (udp && faulty && flips.get() > 0 && (second = !second)) {
                flips.decrementAndGet();
                changed.put(0, frame, offset, length);
                int bit = Frames.OFFLOAD_HEADER * 8 + random.nextInt((length - Frames.OFFLOAD_HEADER) * 8);
                changed.put(bit / 8, (byte) (changed.get(bit / 8) ^ 1 << bit % 8));
                to.write(changed, 0, length);
            } else if (udp && faulty && swaps && heldBytes == 0) {
                held.put(0, frame, offset, length);
                heldBytes = length;
            } else {
                to.write(frame, offset, length);
                if (heldBytes > 0) swapped.incrementAndGet();
                letGo();
            }
        }

        private void letGo() {
            if (heldBytes > 0) to.write(held, 0, heldBytes);
            heldBytes = 0;
        }

        private boolean fits(ByteBuffer frame, int offset) {
            int bytes = frame.getShort(offset + IP + 2) & 0xffff;
            if (frame.getShort(offset + IP + 6) != 0x4000) cut.incrementAndGet();
            if (frame.getShort(offset + STREAM) != 0) longestData.accumulateAndGet(bytes, Math::max);
            if (bytes <= mtuBytes) return true;
            tooLong.incrementAndGet();
            return false;
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Pump pump : pumps) {
            pump.poller.wake();
            try {
                pump.join(3000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
