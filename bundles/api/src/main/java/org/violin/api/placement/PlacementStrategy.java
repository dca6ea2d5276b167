// SPDX-License-Identifier: Apache-2.0
package org.violin.api.placement;

import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Chooses the overlay host of each node. Pure: no I/O, no randomness beyond {@link Terms#seed}; the same question has the same answer
 * unless the deadline cut the work short, which {@link Answer#cut} says. Called by: control, under its apply lock; benchmarks. Any thread.
 */
@ConsumerType
public interface PlacementStrategy {
    /** The word in files and configuration, such as {@code greedy}. */
    String kind();

    /**
     * Places all, or refuses with reasons. A placement that is given keeps every hard rule: allowed hosts, CPU, memory, slots, reserved
     * rates, latency limits and groups.
     *
     * @param current overlay host by entity, of those that run already; hosts that are gone may be named
     */
    Answer place(Demand demand, Substrate substrate, Map<String, String> current, Terms terms);
}
