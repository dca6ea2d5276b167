// SPDX-License-Identifier: Apache-2.0
package org.violin.conditions;

/**
 * How much the delay of a packet differs from the constant one.
 *
 * @param kind the distribution
 * @param nanos its width; see {@link org.violin.api.model.Conditions}
 * @param samples for {@link Kind#SAMPLES}, nanoseconds; not changed by anyone
 * @param keepsOrder no packet overtakes another one by jitter
 */
record Jitter(Kind kind, long nanos, long[] samples, boolean keepsOrder) {
    enum Kind { NONE, UNIFORM, NORMAL, PARETO, SAMPLES }

    static final Jitter NONE = new Jitter(Kind.NONE, 0, new long[0], true);
    /** Nothing waits longer for jitter: tails of Pareto are long. */
    static final long MOST_NANOS = 60_000_000_000L;
    /** Shape of the Pareto distribution: mean and variance are finite. */
    static final double SHAPE = 3;

    /** What this packet waits more, or less. */
    long of(long seed, long packet) {
        return switch (kind) {
            case NONE -> 0;
            case UNIFORM -> Math.round((2 * Fates.uniform(seed, packet, Fates.JITTER) - 1) * nanos);
            case NORMAL -> Math.round(normal(seed, packet) * nanos);
            case PARETO -> Math.min(MOST_NANOS, Math.round(pareto(Fates.uniform(seed, packet, Fates.JITTER)) * nanos));
            case SAMPLES -> samples[(int) (Fates.uniform(seed, packet, Fates.JITTER) * samples.length)];
        };
    }

    /** Standard normal, by two uniforms (Box and Muller 1958). */
    private static double normal(long seed, long packet) {
        double radius = Math.sqrt(-2 * Math.log(1 - Fates.uniform(seed, packet, Fates.JITTER)));
        return radius * Math.cos(2 * Math.PI * Fates.uniform(seed, packet, Fates.JITTER_TOO));
    }

    /** Pareto of the second kind (Lomax 1954): begins at 0, mean 1. */
    private static double pareto(double uniform) {
        return (SHAPE - 1) * (Math.pow(1 - uniform, -1 / SHAPE) - 1);
    }
}
