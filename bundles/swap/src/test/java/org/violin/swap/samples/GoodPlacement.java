// SPDX-License-Identifier: Apache-2.0
package org.violin.swap.samples;

import java.util.HashMap;
import java.util.Map;
import org.violin.api.control.PlacementStrategy;

/** All on the first host. */
public final class GoodPlacement implements PlacementStrategy {
    @Override
    public String kind() {
        return "first";
    }

    @Override
    public Answer place(Question question) {
        Map<String, String> placement = new HashMap<>();
        question.spec().nodes().forEach(n -> placement.put(n.name(), question.hosts().get(0).name()));
        return new Answer(placement, Map.of());
    }
}
