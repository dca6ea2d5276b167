// SPDX-License-Identifier: Apache-2.0
package org.violin.conditions;

/**
 * Random numbers that depend on nothing but seed, packet number and effect: the finaliser of SplitMix64 over a counter (Steele, Lea,
 * Flood 2014). Each effect has a stream of its own, so that one setting does not change the fates that another one deals.
 */
final class Fates {
    static final int LOSS = 1;
    static final int STATE = 2;
    static final int CORRUPT = 3;
    static final int BIT = 4;
    static final int DUPLICATE = 5;
    static final int REORDER = 6;
    static final int JITTER = 7;
    static final int JITTER_TOO = 8;
    static final int RED = 9;

    private static final long GOLDEN = 0x9e37_79b9_7f4a_7c15L;
    private static final double UNIT = 0x1p-53;

    private Fates() {}

    /** 64 bits. */
    static long bits(long seed, long packet, int effect) {
        return mix(mix(seed + effect * 0xd1b5_4a32_d192_ed03L) + (packet + 1) * GOLDEN);
    }

    /** Evenly in [0, 1). */
    static double uniform(long seed, long packet, int effect) {
        return (bits(seed, packet, effect) >>> 11) * UNIT;
    }

    /** True with that probability, 0 to 1. */
    static boolean happens(double probability, long seed, long packet, int effect) {
        return probability > 0 && uniform(seed, packet, effect) < probability;
    }

    private static long mix(long value) {
        long z = value;
        z = (z ^ z >>> 30) * 0xbf58_476d_1ce4_e5b9L;
        z = (z ^ z >>> 27) * 0x94d0_49bb_1331_11ebL;
        return z ^ z >>> 31;
    }
}
