// SPDX-License-Identifier: Apache-2.0
package org.violin.api.placement;

/**
 * What a placement costs, part by part. Over all traffic between different hosts p and q, with {@code r} megabits per second:
 *
 * @param latency sum of r * RTT(p, q), Mbit/s * ms
 * @param loss sum of r * weight * loss(p, q)
 * @param access sum of r * weight * (1/up(p) + 1/down(p) + 1/up(q) + 1/down(q)) / 2
 * @param balance weight * sum over hosts of (load of others + loads placed)^2 / capacity, minus what it is with nothing placed
 * @param moves weight * sum of the move prices of what is not where it was
 */
public record Cost(double latency, double loss, double access, double balance, double moves) {
    public static final Cost NONE = new Cost(0, 0, 0, 0, 0);

    /** The objective; less is better. */
    public double total() {
        return latency + loss + access + balance + moves;
    }
}
