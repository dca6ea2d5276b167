// SPDX-License-Identifier: Apache-2.0
package org.violin.api.placement;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * What a strategy says to a question.
 *
 * @param placement host by entity; complete when there are no refusals, else empty
 * @param cost of the placement
 * @param bound no placement that keeps the rules costs less than this; empty: none is known
 * @param refusals by entity (or group) why it cannot be placed, with what it collides: the smallest set of rules found that contradict
 *     each other, in words
 * @param reasons by entity, one sentence why it is where it is: what its place costs, and what the next best would cost more
 * @param paths by index of the traffic, hosts from one end to the other; only where the substrate has wires
 * @param cut whether the deadline ended the work
 */
public record Answer(Map<String, String> placement, Cost cost, OptionalDouble bound, Map<String, String> refusals,
        Map<String, String> reasons, Map<Integer, List<String>> paths, boolean cut) {
    public Answer {
        placement = java.util.Collections.unmodifiableMap(new TreeMap<>(placement));
        refusals = java.util.Collections.unmodifiableMap(new TreeMap<>(refusals));
        reasons = java.util.Collections.unmodifiableMap(new TreeMap<>(reasons));
        paths = java.util.Collections.unmodifiableMap(new TreeMap<>(paths));
    }

    /** Nothing is placed. */
    public static Answer refused(Map<String, String> refusals, boolean cut) {
        return new Answer(Map.of(), Cost.NONE, OptionalDouble.empty(), refusals, Map.of(), Map.of(), cut);
    }

    public boolean complete() {
        return refusals.isEmpty();
    }
}
