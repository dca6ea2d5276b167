// SPDX-License-Identifier: Apache-2.0
package org.violin.placement.spread;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.violin.api.placement.PlacementStrategy;
import org.violin.testkit.placement.Ask;
import org.violin.testkit.placement.PlacementContract;

class SpreadStrategyTest extends PlacementContract {
    @Override
    protected PlacementStrategy strategy() {
        return new SpreadStrategy();
    }

    @Test
    void loadIsEvenOverSitesThenHosts() {
        Ask ask = new Ask().host("a1", 2, 99, "a").host("a2", 2, 99, "a").host("b1", 4, 99, "b");
        for (int i = 0; i < 8; i++) ask.free("e" + i).link("e0", "e" + i, 1, Double.POSITIVE_INFINITY);
        Map<String, Integer> many = new HashMap<>();
        placed(ask).placement().values().forEach(h -> many.merge(h, 1, Integer::sum));
        assertEquals(Map.of("a1", 2, "a2", 2, "b1", 4), many);
    }

    @Test
    void ofEqualHostsTheNearerIsTaken() {
        Ask ask = Ask.hosts(3).pinned("a", "host1").free("b").link("a", "b", 1, Double.POSITIVE_INFINITY);
        ask.hosts.clear();
        for (int h = 1; h <= 3; h++) ask.host("host" + h, 2, 99, "s" + h);
        ask.millis = new double[] {0, 9, 5, 9, 0, 5, 5, 5, 0};
        assertEquals("host3", placed(ask).placement().get("b"));
    }
}
