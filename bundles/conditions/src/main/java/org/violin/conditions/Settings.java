// SPDX-License-Identifier: Apache-2.0
package org.violin.conditions;

/**
 * What a stage does, as numbers. Times in nanoseconds, probabilities 0 to 1. Made by {@link Words}.
 *
 * @param early probability that a packet does not wait for the delay
 */
record Settings(long seed, long delay, Jitter jitter, Loss loss, double corrupt, double duplicate, double early, Rate rate) {
    static final Settings NONE = new Settings(0, 0, Jitter.NONE, Loss.NONE, 0, 0, 0, Rate.NONE);

    /** Only the constant delay acts, if any: super-frames need no look inside. */
    boolean isPlain() {
        return jitter.kind() == Jitter.Kind.NONE && loss.kind() == Loss.Kind.NONE && corrupt == 0 && duplicate == 0 && early == 0
                && rate.bitsPerSecond() == 0;
    }

    /** Packets leave as they came, but those of {@link #early}. */
    boolean keepsOrder() {
        return jitter.keepsOrder();
    }

    /** There is something that early packets do not wait for; without, they change places with the next. */
    boolean waits() {
        return delay > 0 || jitter.kind() != Jitter.Kind.NONE;
    }
}
