// SPDX-License-Identifier: Apache-2.0
package org.violin.switching.learning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The fast table against maps: with room it is the same; without, it floods rather than leave a member out. */
final class GroupTableModelTest {
    private static final long LASTS = 260;

    @ParameterizedTest
    @CsvSource({"1,1000,30,6", "2,1000,30,6", "3,16,40,3", "4,16,12,20", "5,16,200,20"})
    void membersAreThoseOfTheModelOrTheGroupIsFlooded(long seed, int capacity, int groupCount, int portCount) {
        Random random = new Random(seed);
        GroupTable table = new GroupTable(capacity, seed);
        Map<Long, Map<Integer, Long>> model = new HashMap<>();
        boolean roomy = capacity >= groupCount && capacity * 4 >= groupCount * portCount;
        int known = 0;
        long now = -1000;
        for (int step = 0; step < 60_000; step++) {
            String where = "seed " + seed + ", step " + step;
            long group = 1 + random.nextInt(groupCount);
            int port = random.nextInt(portCount);
            Map<Integer, Long> members = model.computeIfAbsent(group, g -> new HashMap<>());
            switch (random.nextInt(12)) {
                case 0 -> now += random.nextInt(20);
                case 1 -> {
                    long until = now + 3;
                    table.leave(group, port, until);
                    members.computeIfPresent(port, (p, u) -> Math.min(u, until));
                }
                case 2 -> {
                    if (random.nextInt(20) > 0) break;
                    table.forget(port);
                    model.values().forEach(m -> m.remove(port));
                }
                case 3, 4, 5 -> {
                    table.join(group, port, now, now + LASTS);
                    members.put(port, now + LASTS);
                }
                default -> table.sweep(now);
            }
            long time = now;
            Set<Integer> live = members.entrySet().stream().filter(m -> m.getValue() > time && m.getKey() != port).map(Map.Entry::getKey)
                    .collect(Collectors.toCollection(TreeSet::new));
            boolean anybody = members.values().stream().anyMatch(until -> until > time);
            Set<Integer> found = new TreeSet<>();
            boolean listed = table.collect(group, port, now, found::add);
            if (listed) assertEquals(live, found, where);
            if (listed) known++;
            if (roomy) assertEquals(anybody, listed, where);
            assertTrue(table.size() <= capacity);
        }
        assertTrue(known > 100, "the table must be of use: " + known);
        assertEquals(roomy, table.refused() == 0);
    }
}
