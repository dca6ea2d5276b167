// SPDX-License-Identifier: Apache-2.0
package org.violin.conditions;

/**
 * How fast frames go, what may wait for that, and which of them are dropped meanwhile.
 *
 * @param bitsPerSecond 0: no limit, and nothing else here counts
 * @param overheadBytes counted more for each packet; may be below 0
 * @param burstNanos what may go at once, as the time it takes
 * @param limit in {@code unit}
 * @param unit of the queue
 * @param discipline beside the limit
 * @param minBytes RED: below this nothing is dropped
 * @param maxBytes RED: from here everything is
 * @param probability RED: just below {@code maxBytes}
 * @param targetNanos CoDel: waiting time that is well
 * @param intervalNanos CoDel: for how long it may be more
 * @param marks what can be marked is marked, not dropped
 */
record Rate(
        long bitsPerSecond,
        int overheadBytes,
        long burstNanos,
        long limit,
        Unit unit,
        Discipline discipline,
        long minBytes,
        long maxBytes,
        double probability,
        long targetNanos,
        long intervalNanos,
        boolean marks) {
    enum Unit { PACKETS, BYTES, NANOS }

    enum Discipline { TAIL, RED, CODEL }

    static final Rate NONE = new Rate(0, 0, 0, 0, Unit.BYTES, Discipline.TAIL, 0, 0, 0, 0, 0, false);
    /** The longest usual frame: an MTU of 1500. */
    static final int FRAME_BYTES = 1514;
    /** Bits of 1 ns are this many times less than those of 1 s. */
    static final long NANOS = 1_000_000_000L;

    /** How long so many bytes take. */
    static long nanos(long bytes, long bitsPerSecond) {
        return Math.round(bytes * 8e9 / bitsPerSecond);
    }

    /** How long a frame of the usual length takes. */
    long frameNanos() {
        return nanos(FRAME_BYTES, bitsPerSecond);
    }
}
