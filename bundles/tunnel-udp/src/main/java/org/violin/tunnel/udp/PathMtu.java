// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.util.function.IntConsumer;

/**
 * Finds and watches the MTU of the path to one peer without ICMP, after RFC 8899 (DPLPMTUD). All sizes are IP MTUs in bytes, all times
 * nanoTime; the caller adds and subtracts IP and UDP headers. Differences from the RFC: time-outs follow the measured round trip instead
 * of being 1 s, raising is tried sooner, and nothing counts as too big or as a black hole unless a smaller probe of about the same time
 * came back: silence, delay and general loss are not an MTU.
 *
 * <ul>
 *   <li>Search ({@link MtuSearch} has the order): one probe in flight, {@link #tries} lost ones make a size too big.
 *   <li>Confirmation: each second a probe of the current size. One that is lost is repeated at once together with a witness of the base
 *       size. When as many as {@link #tries} in a row are lost, but a witness was not: black hole, down to the base, search again.
 *   <li>Raising: when the search is over, after 2 s, then twice as long each time up to a minute, a probe of the smallest size that did
 *       not pass; when it passes, search again.
 * </ul>
 *
 * One thread calls (the tunnel's event loop); {@link #current} may be read by any. Allocates nothing.
 */
final class PathMtu {
    /** Every IPv6 path carries it, and hardly an IPv4 path does not; there is no probing below. */
    static final int BASE = 1280;

    static final int MAX = 9000;
    /** A path that has just become narrow may be wide again soon: the first attempt to raise. */
    private static final long FIRST_RAISE_NANOS = 2_000_000_000L;

    private static final int MIN_TRIES = 3;
    private static final int MAX_TRIES = 8;
    /** How rarely a run of random losses may look like an MTU. */
    private static final double CHANCE = 1e-5;

    private final MtuSearch search;
    private final RttMeter rtt;
    private final long confirmNanos;
    private final long raiseNanos;
    private final IntConsumer changed;

    private boolean running;
    private volatile int current = BASE;
    private int highest;
    private long epoch;
    private long aliveAt;
    private int silent;
    private double probeLoss;
    private int blackHoles;

    private int candidate;
    private int tried;
    private long candidateSince;
    private boolean probing;
    private long probedAt;
    private boolean complete;
    private long raiseAt;
    private long raiseWait;

    private boolean confirming;
    private long confirmAt;
    private long confirmedAt;
    private int lost;
    private long lostSince;
    private boolean witnessDue;
    private boolean witnessed;
    private boolean narrow;

    /**
     * @param ceiling 1280 to 9000: the configured or the interface's MTU; never exceeded
     * @param confirmNanos time between confirmations of the current size; about 1 s
     * @param raiseNanos longest time between attempts to raise it; 60 s here, 600 s in the RFC
     * @param rtt of this peer; the caller feeds it with each answer before {@link #answered}
     * @param changed told the new current size, on the calling thread, from within any method
     */
    PathMtu(int ceiling, long confirmNanos, long raiseNanos, RttMeter rtt, IntConsumer changed) {
        if (ceiling < BASE || ceiling > MAX) throw new IllegalArgumentException("path MTU " + ceiling + " must be 1280 to 9000");
        this.search = new MtuSearch(BASE, ceiling);
        this.confirmNanos = confirmNanos;
        this.raiseNanos = raiseNanos;
        this.rtt = rtt;
        this.changed = changed;
    }

    /** What data may use now. Before the first {@link #reset} the base. */
    int current() {
        return current;
    }

    /** Whether sizes are still tried upwards, raising not counted. */
    boolean searching() {
        return running && !complete;
    }

    /** How often the current size was given up because it passed no more while smaller ones did. */
    int blackHoles() {
        return blackHoles;
    }

    /** How many lost in a row count: 3, and up to 8 while single probes get lost now and then. */
    int tries() {
        if (probeLoss < 1e-3) return MIN_TRIES;
        return Math.min(MAX_TRIES, Math.max(MIN_TRIES, (int) Math.ceil(Math.log(CHANCE) / Math.log(probeLoss))));
    }

    /** Begins anew: peer up, restarted or at another address. Answers to earlier probes are ignored from now on. */
    void reset(long now) {
        running = true;
        epoch = now;
        aliveAt = now - 1;
        silent = 0;
        probeLoss = 0;
        highest = BASE;
        search.begin(BASE);
        restart(now);
    }

    /** Begins as {@link #reset} does, but with a size that was found already. */
    void resume(int mtu, long now) {
        reset(now);
        if (mtu <= BASE) return;
        highest = mtu;
        search.passed(mtu);
        use(mtu);
    }

    /** Sends nothing and believes nothing until {@link #reset}: peer down. */
    void stop() {
        running = false;
    }

    /**
     * The size to probe now. Call it on a timer (50 ms or so) and after each answer, again and again until it says 0. The token of the
     * probe is {@code now}; the answer need not be padded.
     */
    int next(long now) {
        if (!running) return 0;
        if (confirming && now - confirmedAt >= timeout()) confirmationLost(now);
        if (probing && now - probedAt >= timeout()) probeLost(now);
        if (witnessDue) {
            witnessDue = false;
            return BASE;
        }
        if (!confirming && now - confirmAt >= 0) {
            confirming = true;
            confirmedAt = now;
            witnessDue = lost > 0 && current > BASE;
            return current;
        }
        return probing ? 0 : probe(now);
    }

    /**
     * A probe came back.
     *
     * @param mtu that it had
     * @param sent its token: the {@code now} of its {@link #next}
     */
    void answered(int mtu, long sent, long now) {
        if (!running || mtu < BASE || mtu > highest || sent - epoch < 0 || now - sent < 0) return;
        silent = 0;
        if (sent - aliveAt > 0) aliveAt = sent;
        if (mtu < current) {
            if (confirming && lost > 0 && mtu == BASE && sent - confirmedAt >= 0) witnessed = true;
            return;
        }
        if (mtu == current) learn(lost > 0);
        else if (mtu == candidate) learn(tried > 0);
        confirming = false;
        confirmAt = now + confirmNanos;
        lost = 0;
        narrow = witnessed = witnessDue = false;
        if (mtu > current) raise(mtu);
    }

    /**
     * The system refused to send that much (EMSGSIZE), a probe or data: an interface is smaller. If data uses it now: down to the base.
     */
    void refused(int mtu, long now) {
        if (!running) return;
        int limit = Math.max(mtu, BASE + 1);
        search.tooBig(limit);
        if (probing && candidate >= limit) {
            probing = false;
            tried = 0;
            if (complete) raiseLater(now);
        }
        if (current < limit) return;
        epoch = now;
        search.fall(BASE);
        restart(now);
    }

    private void raise(int mtu) {
        search.passed(mtu);
        complete = false;
        if (candidate <= mtu) {
            probing = false;
            tried = 0;
        }
        use(mtu);
    }

    private int probe(long now) {
        int size = search.pick();
        if (size == 0) {
            if (!complete) {
                complete = true;
                raiseAt = now + raiseWait;
            }
            if (search.atCeiling() || now - raiseAt < 0) return 0;
            size = search.bad();
        }
        if (size != candidate) {
            candidate = size;
            tried = 0;
        }
        if (tried == 0) candidateSince = now;
        probing = true;
        probedAt = now;
        highest = Math.max(highest, size);
        return size;
    }

    private void probeLost(long now) {
        probing = false;
        tried++;
        silent++;
        search.unanswered(candidate);
        boolean alive = aliveAt - candidateSince >= 0;
        if (!alive && !confirming) confirmAt = now;
        if (tried < tries()) return;
        tried = 0;
        if (!alive) return;
        if (complete) raiseLater(now);
        else search.tooBig(candidate);
    }

    private void raiseLater(long now) {
        raiseWait = Math.min(raiseNanos, 2 * raiseWait);
        raiseAt = now + raiseWait;
    }

    private void confirmationLost(long now) {
        confirming = false;
        confirmAt = now;
        silent++;
        if (lost++ == 0) lostSince = confirmedAt;
        narrow |= witnessed;
        witnessed = false;
        if (!narrow || lost < tries() || current == BASE) return;
        blackHoles++;
        epoch = lostSince;
        search.fall(BASE);
        restart(now);
    }

    private void restart(long now) {
        confirming = false;
        confirmAt = now;
        lost = 0;
        narrow = witnessed = witnessDue = false;
        probing = false;
        candidate = 0;
        tried = 0;
        complete = false;
        raiseWait = Math.min(raiseNanos, FIRST_RAISE_NANOS);
        use(BASE);
    }

    private void use(int mtu) {
        if (mtu == current) return;
        current = mtu;
        changed.accept(mtu);
    }

    /** Rises fast and wears off slowly, so that a lossy path is known as such before chance looks like a black hole. */
    private void learn(boolean lostOne) {
        double sample = lostOne ? 0.5 : 0;
        probeLoss += (sample - probeLoss) / (sample > probeLoss ? 8 : 32);
    }

    /** Longer and longer while nothing comes back at all, as long as a confirmation takes. */
    private long timeout() {
        long once = rtt.timeoutNanos();
        return Math.min(once << Math.min(silent / 8, 4), Math.max(once, confirmNanos));
    }
}
