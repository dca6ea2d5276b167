// SPDX-License-Identifier: Apache-2.0
package org.violin.conditions;

/**
 * Controlled delay (RFC 8289). It decides on each packet when it leaves the queue; since the link is a line of constant rate,
 * that time is known when the packet arrives. What the RFC says of the last packet in the queue becomes: waiting for one frame is well.
 */
final class Codel {
    /** Within so many intervals of the last drop it goes on about as fast as it was (RFC 8289). */
    private static final int MEMORY = 16;

    private boolean above;
    private long firstAbove;
    private boolean dropping;
    private long next;
    private int count;
    private int lastCount;

    /** Whether the packet that begins to leave at {@code now} and has waited {@code waited} is dropped, or marked. */
    boolean hits(Rate rate, long now, long waited) {
        boolean bad = isBad(Math.max(rate.targetNanos(), rate.frameNanos()), rate.intervalNanos(), now, waited);
        if (dropping) {
            if (!bad) dropping = false;
            else if (now >= next) {
                count++;
                next += step(rate.intervalNanos());
                return true;
            }
            return false;
        }
        if (!bad) return false;
        dropping = true;
        int delta = count - lastCount;
        count = delta > 1 && now - next < MEMORY * rate.intervalNanos() ? delta : 1;
        lastCount = count;
        next = now + step(rate.intervalNanos());
        return true;
    }

    void reset() {
        above = dropping = false;
        count = lastCount = 0;
    }

    private boolean isBad(long target, long interval, long now, long waited) {
        if (waited < target) {
            above = false;
            return false;
        }
        if (!above) {
            above = true;
            firstAbove = now + interval;
        }
        return now >= firstAbove;
    }

    private long step(long interval) {
        return Math.round(interval / Math.sqrt(count));
    }
}
