// SPDX-License-Identifier: Apache-2.0
package org.violin.underlay;

import java.nio.ByteBuffer;

/**
 * Memory for frames that wait, at most a fixed number of segments of 4 MiB, taken from the system when first needed. A slot has one of four
 * sizes; each segment serves one size until nothing waits at all, then all segments are free again. One thread.
 */
final class Store {
    static final int NONE = -1;
    /** The largest frame: offload header, Ethernet header with a tag, 64 KiB. */
    static final int LARGEST = 66_048;
    static final int SEGMENT = 4 << 20;
    private static final int[] SIZES = {256, 2048, 10_240, LARGEST};
    private static final int UNIT = 256;
    private static final int UNIT_BITS = 14;

    private final ByteBuffer[] segments;
    private final byte[] kinds;
    private final int[][] free;
    private final int[] freeCount = new int[SIZES.length];
    private final int[] open = new int[SIZES.length];
    private final int[] next = new int[SIZES.length];
    private int begun;
    private int used;

    /** @param megabytes at most, rounded down to segments @param slots at most at one time, of all sizes together */
    Store(int megabytes, int slots) {
        segments = new ByteBuffer[Math.max(1, megabytes / 4)];
        kinds = new byte[segments.length];
        free = new int[SIZES.length][slots];
        reset();
    }

    /** A slot for so many bytes, or {@link #NONE}. */
    int take(int bytes) {
        if (bytes > LARGEST) return NONE;
        int kind = 0;
        while (SIZES[kind] < bytes) kind++;
        for (; kind < SIZES.length; kind++) {
            int slot = takeOf(kind);
            if (slot != NONE) {
                used++;
                return slot;
            }
        }
        return NONE;
    }

    private int takeOf(int kind) {
        if (freeCount[kind] > 0) return free[kind][--freeCount[kind]];
        if (open[kind] == NONE || next[kind] + SIZES[kind] > SEGMENT) {
            if (begun == segments.length) return NONE;
            if (segments[begun] == null) segments[begun] = ByteBuffer.allocateDirect(SEGMENT);
            kinds[begun] = (byte) kind;
            open[kind] = begun++;
            next[kind] = 0;
        }
        int slot = open[kind] << UNIT_BITS | next[kind] / UNIT;
        next[kind] += SIZES[kind];
        return slot;
    }

    void give(int slot) {
        int kind = kinds[slot >>> UNIT_BITS];
        free[kind][freeCount[kind]++] = slot;
        if (--used == 0) reset();
    }

    private void reset() {
        begun = 0;
        for (int kind = 0; kind < SIZES.length; kind++) {
            freeCount[kind] = 0;
            open[kind] = NONE;
        }
    }

    ByteBuffer segment(int slot) {
        return segments[slot >>> UNIT_BITS];
    }

    int offset(int slot) {
        return (slot & (1 << UNIT_BITS) - 1) * UNIT;
    }
}
