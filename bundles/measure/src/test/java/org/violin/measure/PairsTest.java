// SPDX-License-Identifier: Apache-2.0
package org.violin.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PairsTest {
    private static List<String> hosts(int n) {
        return IntStream.rangeClosed(1, n).mapToObj(i -> "host" + i).sorted().toList();
    }

    private static Map<String, Set<String>> all(int n, long turn) {
        Map<String, Set<String>> map = new HashMap<>();
        for (String host : hosts(n)) map.put(host, Pairs.of(host, hosts(n), 16, turn));
        return map;
    }

    @Test
    void few_hosts_watch_all() {
        all(16, 7).forEach((host, others) -> {
            assertEquals(15, others.size());
            assertTrue(!others.contains(host));
        });
        assertEquals(Set.of(), Pairs.of("stranger", hosts(4), 16, 0));
        assertEquals(Set.of(), Pairs.of("host1", hosts(1), 16, 0));
    }

    @ParameterizedTest
    @ValueSource(ints = {17, 18, 31, 100, 257, 490})
    void many_watch_at_most_n_log_n_pairs_both_ends_agree_and_all_have_their_turn(int n) {
        Set<String> seen = new HashSet<>();
        for (long turn = 1_000_003; turn < 1_000_003 + Pairs.turns(n); turn++) {
            Map<String, Set<String>> all = all(n, turn);
            Set<String> now = new HashSet<>();
            all.forEach((a, others) -> others.forEach(b -> {
                assertTrue(all.get(b).contains(a), a + " watches " + b + ", not the other way round");
                assertTrue(!a.equals(b));
                now.add(a.compareTo(b) < 0 ? a + b : b + a);
            }));
            assertTrue(now.size() <= n * Math.ceil(Math.log(n) / Math.log(2)), now.size() + " pairs of " + n + " hosts");
            assertTrue(all.values().stream().allMatch(o -> o.size() <= 2 * Pairs.steps(n)));
            seen.addAll(now);
        }
        assertEquals(n * (n - 1) / 2, seen.size());
    }

    @Test
    void a_few_turns_join_all_hosts_to_one_another() {
        int n = 100;
        Map<String, Set<String>> edges = all(n, 5);
        all(n, 6).forEach((host, others) -> edges.get(host).addAll(others));
        Set<String> reached = new HashSet<>(Set.of("host1"));
        ArrayDeque<String> queue = new ArrayDeque<>(reached);
        while (!queue.isEmpty()) for (String next : edges.get(queue.poll())) if (reached.add(next)) queue.add(next);
        assertEquals(n, reached.size());
    }
}
