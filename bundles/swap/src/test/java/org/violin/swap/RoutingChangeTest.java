// SPDX-License-Identifier: Apache-2.0
package org.violin.swap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which words a kind takes the place of. */
class RoutingChangeTest {
    private final RoutingChange change = new RoutingChange(word -> Map.of("bird", Set.of(Half.CONTROL), "vpp", Set.of(Half.FORWARDING),
            "click", Set.of(Half.FORWARDING), "kernel", Set.of(Half.ROUTES), "sample", Set.of(Half.ROUTES)).getOrDefault(word, Set.of()));

    @ParameterizedTest
    @CsvSource({
        "kernel, click, click", "click, kernel, kernel", "ospf, click, ospf+click", "ospf+click, kernel, ospf", "ospf+click, vpp, ospf+vpp",
        "kernel, zebra, zebra", "ospf+click, zebra, ospf+zebra+click", "ospf+zebra+click, bird, ospf+bird+click", "ospf+bird, click, ospf+bird+click",
        "sample, kernel, kernel", "kernel, sample, sample", "sample, click, sample+click", "sample+click, zebra, zebra+click",
        "bgp+ospf+zebra+click, sample, sample+click", "ospf+zebra, kernel, ospf+zebra", "ospf, kernel, ospf", "unknown, kernel, kernel",
        "unknown, zebra, zebra+unknown", "ospf+unknown, click, ospf+click", "sample, other, other", "ospf+vpp, click, ospf+click", "click, click, click"})
    void onlyItsHalfIsReplaced(String before, String kind, String after) {
        assertEquals(after, change.with(before, kind));
        assertEquals(after, change.with(after, kind), "twice is once");
    }

    @Test
    void whatIsNoRoutingIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> change.with("OSPF", "click"));
    }
}
