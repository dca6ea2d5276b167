// SPDX-License-Identifier: Apache-2.0
package org.violin.swap.samples;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import org.violin.api.placement.Answer;
import org.violin.api.placement.Cost;
import org.violin.api.placement.Demand;
import org.violin.api.placement.PlacementStrategy;
import org.violin.api.placement.Substrate;
import org.violin.api.placement.Terms;

/** All on the first host. */
public final class GoodPlacement implements PlacementStrategy {
    @Override
    public String kind() {
        return "first";
    }

    @Override
    public Answer place(Demand demand, Substrate substrate, Map<String, String> current, Terms terms) {
        Map<String, String> placement = new HashMap<>();
        demand.entities().forEach(e -> placement.put(e.name(), substrate.hosts().get(0).name()));
        return new Answer(placement, Cost.NONE, OptionalDouble.empty(), Map.of(), Map.of(), Map.of(), false);
    }
}
