// SPDX-License-Identifier: Apache-2.0
package org.violin.api.placement;

import java.time.Duration;

/**
 * How a question is to be worked on.
 *
 * @param seed of all choices that are drawn
 * @param deadline from the call on; the best answer known then is given. Strategies look at the clock for nothing else
 * @param proof whether time beyond the first good answer goes to a lower bound; without it a bound is given only if it comes for nothing
 */
public record Terms(long seed, Duration deadline, boolean proof) {
    /** What {@code apply} asks with. */
    public static final Terms USUAL = new Terms(1, Duration.ofSeconds(2), true);
}
