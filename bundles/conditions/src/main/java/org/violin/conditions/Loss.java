// SPDX-License-Identifier: Apache-2.0
package org.violin.conditions;

/**
 * Which packets the line loses.
 *
 * @param kind the model
 * @param good probability of loss; in the good state for Gilbert-Elliott
 * @param bad probability of loss in the bad state
 * @param into probability that a packet finds the line gone bad
 * @param out probability that it finds it good again
 * @param every the last of so many is lost
 */
record Loss(Kind kind, double good, double bad, double into, double out, long every) {
    enum Kind { NONE, RANDOM, GILBERT_ELLIOTT, EVERY }

    static final Loss NONE = new Loss(Kind.NONE, 0, 0, 0, 0, 0);

    static Loss random(double probability) {
        return new Loss(probability > 0 ? Kind.RANDOM : Kind.NONE, probability, 0, 0, 0, 0);
    }

    static Loss gilbertElliott(double into, double out, double bad, double good) {
        return new Loss(Kind.GILBERT_ELLIOTT, good, bad, into, out, 0);
    }

    static Loss every(long n) {
        return new Loss(Kind.EVERY, 0, 0, 0, 0, n);
    }

    /** Whether the line is bad for this packet: first it changes its state, then it decides. */
    boolean isBad(boolean wasBad, long seed, long packet) {
        if (kind != Kind.GILBERT_ELLIOTT) return false;
        double u = Fates.uniform(seed, packet, Fates.STATE);
        return wasBad ? u >= out : u < into;
    }

    /** Whether it is lost. */
    boolean loses(boolean isBad, long seed, long packet) {
        return switch (kind) {
            case NONE -> false;
            case EVERY -> packet % every == every - 1;
            case RANDOM, GILBERT_ELLIOTT -> Fates.happens(isBad ? bad : good, seed, packet, Fates.LOSS);
        };
    }
}
