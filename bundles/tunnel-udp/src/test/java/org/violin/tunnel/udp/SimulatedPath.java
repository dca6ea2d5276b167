// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

/** A path in simulated time that says nothing about what it drops, and a prober at its near end ticking every 50 ms. */
final class SimulatedPath {
    static final long MS = 1_000_000;
    static final long SECOND = 1000 * MS;
    static final long TICK = 50 * MS;

    private record Event(long at, long order, Runnable action) {}

    final Random random;
    final RttMeter rtt = new RttMeter();
    final PathMtu prober;
    /** Sizes that {@link PathMtu} changed to, in order. */
    final List<Integer> changes = new ArrayList<>();
    /** Starts near the wrap of nanoTime, to see that only differences are used. */
    long now = Long.MAX_VALUE - 3 * SECOND;
    /** What the path carries, and the largest that the sender's interface takes. */
    int mtu;

    int interfaceMtu = PathMtu.MAX;
    long forthNanos = 10 * MS;
    long backNanos = 10 * MS;
    double forthLoss;
    double backLoss;
    double jitter;
    boolean cut;
    int peer = 1;
    long probes;
    long probeBytes;
    /** For how long data was larger than the path, now and at most. */
    long tooLargeNanos;

    long longestTooLargeNanos;
    private long tooLargeSince;
    private long order;
    private final long start = now;
    private final PriorityQueue<Event> events =
            new PriorityQueue<>((a, b) -> a.at != b.at ? Long.compare(a.at - start, b.at - start) : Long.compare(a.order, b.order));

    SimulatedPath(long seed, int ceiling, int mtu, long confirmNanos, long raiseNanos) {
        System.out.println("SimulatedPath seed " + seed);
        random = new Random(seed);
        this.mtu = mtu;
        prober = new PathMtu(ceiling, confirmNanos, raiseNanos, rtt, changes::add);
        at(TICK, this::tick);
    }

    void at(long later, Runnable action) {
        events.add(new Event(now + later, order++, action));
    }

    /** Peer up, or up again as another one that knows nothing of the probes before. */
    void up() {
        peer++;
        rtt.reset();
        prober.reset(now);
        pump();
    }

    void run(long nanos) {
        long end = now + nanos;
        while (events.peek().at - end <= 0) {
            Event event = events.poll();
            now = event.at;
            event.action.run();
            watch();
        }
        now = end;
        watch();
    }

    /** Runs until the condition holds; how long it took, or -1 when it did not within the limit. */
    long until(java.util.function.BooleanSupplier condition, long limit) {
        long from = now;
        while (now - from <= limit) {
            if (condition.getAsBoolean()) return now - from;
            run(MS);
        }
        return -1;
    }

    private void watch() {
        boolean tooLarge = prober.current() > mtu;
        if (!tooLarge) {
            tooLargeNanos = 0;
            tooLargeSince = now;
        } else {
            tooLargeNanos = now - tooLargeSince;
            longestTooLargeNanos = Math.max(longestTooLargeNanos, tooLargeNanos);
        }
    }

    private void tick() {
        pump();
        at(TICK, this::tick);
    }

    private void pump() {
        for (int guard = 0; ; guard++) {
            if (guard == 100) throw new AssertionError("next() never says 0");
            int size = prober.next(now);
            if (size == 0) return;
            if (size > interfaceMtu) {
                prober.refused(size, now);
                continue;
            }
            send(size);
        }
    }

    private void send(int size) {
        probes++;
        probeBytes += size;
        if (cut || size > mtu || random.nextDouble() < forthLoss) return;
        long sent = now;
        int sentTo = peer;
        at(forthNanos + wobble(), () -> {
            if (cut || sentTo != peer || random.nextDouble() < backLoss) return;
            at(backNanos + wobble(), () -> {
                if (sentTo != peer) return;
                rtt.sample(now - sent);
                prober.answered(size, sent, now);
                pump();
            });
        });
    }

    private long wobble() {
        return (long) (random.nextDouble() * jitter);
    }
}
