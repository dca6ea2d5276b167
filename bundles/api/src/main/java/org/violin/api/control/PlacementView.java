// SPDX-License-Identifier: Apache-2.0
package org.violin.api.control;

import java.util.List;
import org.violin.api.placement.Cost;

/**
 * How good a placement is, and why each node is where it is.
 *
 * @param strategy the plugin's word
 * @param cost of the new placement, Mbit/s * ms
 * @param total of it
 * @param before what the placement that runs costs now, in all; 0: nothing runs yet
 * @param bound no placement costs less; null: the strategy knows none
 * @param gapPercent how far the cost is above the bound at most; null: not known
 * @param cut whether the deadline ended the search
 * @param millis the search took
 * @param matrix where the distances come from, in words, such as {@code 6 of 6 pairs measured}
 * @param choices by node, in the order of the file
 */
public record PlacementView(String strategy, Cost cost, double total, double before, Double bound, Double gapPercent, boolean cut,
        long millis, String matrix, List<Choice> choices) {
    public PlacementView {
        choices = List.copyOf(choices);
    }

    /** How many nodes change their host. */
    public long moves() {
        return choices.stream().filter(c -> !c.from().isEmpty() && !c.from().equals(c.host())).count();
    }

    /**
     * @param from the host it runs on now; empty: it is new
     * @param why one sentence: what its place costs and what the next best would cost more, or the rule that ties it there
     */
    public record Choice(String node, String kind, String host, String from, String why) {}
}
