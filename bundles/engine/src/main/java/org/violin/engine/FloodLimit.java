// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

/** A token bucket over frames a port has flooded: a steady rate and a tenth of a second's worth at once. Guarded by the switch's lock. */
final class FloodLimit {
    private long frameNanos;
    private long burstNanos;
    private long paidUntil;
    private boolean started;

    /** True when the frame may be flooded. @param framesPerSecond 0 for no limit */
    boolean allows(long nowNanos, int framesPerSecond) {
        if (framesPerSecond == 0) return true;
        frameNanos = Math.max(1, 1_000_000_000L / framesPerSecond);
        burstNanos = Math.max(100_000_000L, frameNanos);
        // Virtual scheduling: each frame pays for its share of a second, in advance at most the burst.
        if (!started || paidUntil - nowNanos < 0) paidUntil = nowNanos;
        started = true;
        if (paidUntil + frameNanos - nowNanos > burstNanos) return false;
        paidUntil += frameNanos;
        return true;
    }
}
