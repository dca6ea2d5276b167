// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Who may try at the enrolment port, and how often. Bounded. Any thread. */
final class Guard {
    private static final long MINUTE_NANOS = 60_000_000_000L;
    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final int MAX_ADDRESSES = 1_024;

    private final Limits limits;
    private final LongSupplier nanos;
    private final Map<InetAddress, Integer> inside = new HashMap<>();
    private final LinkedHashMap<InetAddress, long[]> failures = new LinkedHashMap<>();
    private final AtomicLong refused = new AtomicLong();
    private int total;
    private double allowance;
    private long refilled;
    private long lastSaid;

    Guard(Limits limits, LongSupplier nanos) {
        this.limits = limits;
        this.nanos = nanos;
        this.allowance = limits.perSecond();
        this.refilled = nanos.getAsLong();
        this.lastSaid = refilled - SECOND_NANOS;
    }

    Limits limits() {
        return limits;
    }

    /** True when a connection from there may be served; then {@link #leave} must follow. */
    synchronized boolean enter(InetAddress from) {
        long now = nanos.getAsLong();
        allowance = Math.min(limits.perSecond(), allowance + (double) (now - refilled) / SECOND_NANOS * limits.perSecond());
        refilled = now;
        long[] failed = failures.get(from);
        boolean tooMany = failed != null && now - failed[0] < MINUTE_NANOS && failed[1] >= limits.failuresPerMinute();
        if (tooMany || allowance < 1 || total >= limits.atOnce() || inside.getOrDefault(from, 0) >= limits.atOnceFromOne()) {
            refused.incrementAndGet();
            return false;
        }
        allowance--;
        total++;
        inside.merge(from, 1, Integer::sum);
        return true;
    }

    synchronized void leave(InetAddress from) {
        total--;
        inside.computeIfPresent(from, (a, n) -> n == 1 ? null : n - 1);
    }

    /** Counts a failed attempt. Returns true when it may be said aloud: once each second at most. */
    synchronized boolean failed(InetAddress from) {
        refused.incrementAndGet();
        long now = nanos.getAsLong();
        long[] failed = failures.remove(from);
        if (failed == null || now - failed[0] >= MINUTE_NANOS) failed = new long[] {now, 0};
        failed[1]++;
        if (failures.size() >= MAX_ADDRESSES) failures.remove(failures.keySet().iterator().next());
        failures.put(from, failed);
        boolean say = now - lastSaid >= SECOND_NANOS;
        if (say) lastSaid = now;
        return say;
    }

    /** Connections turned away and attempts failed since the start. */
    long refused() {
        return refused.get();
    }

    /**
     * The bounds.
     *
     * @param atOnce connections
     * @param atOnceFromOne connections from one address
     * @param perSecond connections from all
     * @param failuresPerMinute from one address; with more it is closed to it for the rest of the minute
     * @param deadlineMillis of one connection
     */
    record Limits(int atOnce, int atOnceFromOne, int perSecond, int failuresPerMinute, int deadlineMillis) {
        static final Limits USUAL = new Limits(8, 4, 20, 20, Enrolment.DEADLINE_MILLIS);
    }
}
