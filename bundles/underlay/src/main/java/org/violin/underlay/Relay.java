// SPDX-License-Identifier: Apache-2.0
package org.violin.underlay;

import java.nio.ByteBuffer;
import java.util.List;
import org.violin.api.dataplane.Poller;
import org.violin.linux.PacketSocket;
import org.violin.linux.Timer;

/**
 * Carries Ethernet frames between ports, each a fixed time after it came: a switch whose every pair of ports has a wire of its own length.
 * Frames keep their offload headers, so super-frames and missing checksums pass as they are. Order is kept within a pair of ports, also when
 * its delay becomes shorter. One thread runs it.
 */
final class Relay {
    /** Frames on their way at most, and their memory; beyond, new ones are dropped and counted. */
    static final int MOST_FRAMES = 65_536;
    static final int MOST_MEGABYTES = 128;
    private static final int HEADER = 10;
    private static final int BATCH = 64;
    /** So long before a frame is due the thread stops sleeping: what waking it takes. */
    private static final long SPIN_NANOS = 40_000;
    private static final int CLOCK = Integer.MAX_VALUE;

    private final List<PacketSocket> ports;
    private final Poller poller;
    private final Timer timer;
    private final Counts counts = new Counts();
    private final DelayLine line = new DelayLine(MOST_FRAMES, MOST_MEGABYTES);
    private final Stations stations = new Stations();
    private final ByteBuffer frame = ByteBuffer.allocateDirect(Store.LARGEST + 1);
    private final long[] last;
    private volatile Matrix matrix;
    private volatile boolean ended;
    private long armedFor;
    private boolean armed;

    /** @param ports one for each host, with offload headers @param matrix as many hosts */
    Relay(List<PacketSocket> ports, Poller poller, Timer timer, Matrix matrix) {
        this.ports = ports;
        this.poller = poller;
        this.timer = timer;
        this.matrix = matrix;
        last = new long[ports.size() * ports.size()];
        java.util.Arrays.fill(last, System.nanoTime());
    }

    Counts counts() {
        return counts;
    }

    /** Other delays for frames that come from now on; any thread. */
    void use(Matrix other) {
        if (other.size() != ports.size()) throw new IllegalArgumentException(other.size() + " hosts in the matrix, " + ports.size() + " in the lab");
        matrix = other;
    }

    /** Works until {@link #end}. */
    void run() {
        int[] tokens = new int[256];
        poller.add(timer.fd(), CLOCK);
        for (int i = 0; i < ports.size(); i++) poller.add(ports.get(i).fd(), i);
        while (!ended) {
            int ready = poller.await(patience(), tokens);
            for (int i = 0; i < ready; i++) {
                if (tokens[i] == CLOCK) {
                    timer.drain();
                    armed = false;
                } else {
                    take(tokens[i]);
                }
            }
            give();
            counts.waiting = line.count();
            counts.waitingBytes = line.bytes();
        }
    }

    /** Any thread. */
    void end() {
        ended = true;
        poller.wake();
    }

    /** Milliseconds for the poller: none when something is due at once, else until the timer or a frame. */
    private int patience() {
        if (line.count() == 0) return -1;
        long rest = line.due() - System.nanoTime() - SPIN_NANOS;
        if (rest <= 0) return 0;
        if (!armed || armedFor != line.due()) {
            armed = true;
            armedFor = line.due();
            timer.arm(rest);
        }
        return -1;
    }

    private void take(int from) {
        PacketSocket port = ports.get(from);
        for (int i = 0; i < BATCH; i++) {
            int length = port.receive(frame, 0, frame.capacity());
            if (length <= 0) return;
            if (port.outgoing()) continue;
            if (length < HEADER + 14 || length > Store.LARGEST) {
                counts.refused++;
                continue;
            }
            spread(from, length);
        }
    }

    private void spread(int from, int length) {
        long now = System.nanoTime();
        if (!stations.learn(Stations.address(frame, HEADER + 6), from)) counts.unlearnt++;
        long target = Stations.address(frame, HEADER);
        int to = Stations.isGroup(target) ? Stations.UNKNOWN : stations.port(target);
        if (to == from) return;
        Matrix delays = matrix;
        if (to != Stations.UNKNOWN) {
            delay(delays, from, to, length, now);
            return;
        }
        for (int each = 0; each < ports.size(); each++) {
            if (each != from) delay(delays, from, each, length, now);
        }
    }

    private void delay(Matrix delays, int from, int to, int length, long now) {
        int pair = from * ports.size() + to;
        long due = now + delays.nanos(from, to);
        if (due - last[pair] <= 0) due = last[pair] + 1;
        if (line.put(frame, length, to, due)) last[pair] = due;
        else counts.overflow++;
    }

    private void give() {
        while (line.count() > 0) {
            long late = System.nanoTime() - line.due();
            if (late < 0) return;
            if (ports.get(line.port()).send(line.slab(), line.offset(), line.length()) > 0) {
                counts.frames++;
                counts.bytes += line.length() - HEADER;
                counts.lateNanos += late;
                if (late > counts.latestNanos) counts.latestNanos = late;
            } else {
                counts.refused++;
            }
            line.drop();
        }
    }
}
