// SPDX-License-Identifier: Apache-2.0
package org.violin.placement.pack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.violin.api.placement.PlacementStrategy;
import org.violin.testkit.placement.Ask;
import org.violin.testkit.placement.PlacementContract;

class PackStrategyTest extends PlacementContract {
    @Override
    protected PlacementStrategy strategy() {
        return new PackStrategy();
    }

    @Test
    void asFewHostsAsHoldAllAreUsed() {
        Ask ask = Ask.hosts(6);
        for (int i = 0; i < 4; i++) ask.big("big" + i, 1.2, 0).big("small" + i, 0.8, 0);
        assertEquals(4, Set.copyOf(placed(ask).placement().values()).size());
        assertEquals(1, Set.copyOf(placed(Ask.hosts(6).free("a", "b", "c")).placement().values()).size());
    }

    @Test
    void hostsInUseComeFirst() {
        Ask ask = Ask.hosts(4).pinned("p", "host3").free("a", "b");
        Map<String, String> all = new HashMap<>(placed(ask).placement());
        assertTrue(all.values().stream().allMatch("host3"::equals), all.toString());
    }
}
