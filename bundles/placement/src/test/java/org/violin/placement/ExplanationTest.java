// SPDX-License-Identifier: Apache-2.0
package org.violin.placement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.violin.api.placement.Demand;
import org.violin.api.placement.Demand.Entity;
import org.violin.api.placement.Demand.Group;
import org.violin.api.placement.Demand.Rule;
import org.violin.api.placement.Demand.Traffic;
import org.violin.api.placement.Distances;
import org.violin.api.placement.Substrate;
import org.violin.api.placement.Terms;

class ExplanationTest {
    private static final Deadline NEVER = Deadline.of(new Terms(1, Duration.ofDays(1), true), () -> 0);

    @Test
    void theSearchFindsAPlacementExactlyWhenThereIsOne() {
        int none = 0;
        for (long seed = 0; seed < 500; seed++) {
            Random r = new Random(seed);
            Problem p = Questions.random(r, 2 + r.nextInt(4), 2 + r.nextInt(3), seed % 3 > 0);
            boolean any = any(p, new int[p.entities], 0);
            Search search = new Search(p, 1_000_000, NEVER);
            assertEquals(any ? Search.Outcome.FOUND : Search.Outcome.NONE, search.run(), "seed " + seed);
            if (any) assertEquals(List.of(), Rules.broken(p.demand, p.substrate, names(p, search.found()), Map.of()), "seed " + seed);
            if (any) continue;
            none++;
            Map<String, String> why = Explanation.of(p, NEVER);
            assertFalse(why.isEmpty());
            why.values().forEach(s -> assertFalse(s.isBlank() || s.contains("no placement was found"), s));
            if (seed % 50 == 1) System.out.println(why);
        }
        assertTrue(none > 40, none + " impossible");
    }

    @Test
    void theSmallestSetIsNamedAndNothingElse() {
        List<Entity> es = new ArrayList<>();
        for (int i = 0; i < 60; i++) es.add(entity("e" + i, i % 2, List.of(), ""));
        es.add(entity("a", 0, List.of("h0"), "pinned to h0"));
        es.add(entity("b", 0, List.of("h1"), "pinned to h1"));
        List<Traffic> ts = List.of(new Traffic("a", "b", 1, 0, 10), new Traffic("e1", "e2", 1, 0, 10), new Traffic("a", "e3", 1, 0, 30));
        Map<String, String> why = Explanation.of(problem(es, ts, List.of(), 20), NEVER);
        assertEquals(Map.of("b", "a -- b at most 10 ms round trip (least possible: 20 ms, h0 -- h1); a: pinned to h0; b: pinned to h1"), why);
    }

    @Test
    void severalMistakesAreToldAtOnce() {
        List<Entity> es = List.of(entity("a", 0, List.of("mars"), "pinned to mars"), entity("b", 90, List.of(), ""),
                entity("c", 0, List.of(), "owner = nobody"), entity("d", 1, List.of(), ""));
        List<Group> gs = List.of(new Group("pair", Rule.APART, "site", List.of("d", "e"), 0));
        es = new ArrayList<>(es);
        es.add(entity("e", 1, List.of(), ""));
        Map<String, String> why = Explanation.of(problem(es, List.of(), gs, 20), NEVER);
        assertEquals("a: there is no overlay host 'mars' (pinned to mars); joined are h0, h1, h2", why.get("a"));
        assertTrue(why.get("b").startsWith("b asks for 90.00 cpus and fits nowhere; h0 has 20.00 cpus"), why.get("b"));
        assertTrue(why.get("c").startsWith("c: owner = nobody; of the hosts joined there is none such"), why.get("c"));
        assertEquals("group pair wants d, e each on another site (there are 1)", why.get("pair"));
        assertEquals(4, why.size(), why.toString());
        assertNotEquals(Map.of(), why);
    }

    @Test
    void moreThanAllHaveIsCounted() {
        List<Entity> es = new ArrayList<>();
        for (int i = 0; i < 61; i++) es.add(entity("e" + i, 1, List.of(), ""));
        String why = Explanation.of(problem(es, List.of(), List.of(), 1), NEVER).values().iterator().next();
        assertTrue(why.contains("61.00 cpus") || why.contains("ask for 1.00 cpus"), why);
    }

    @Test
    void tooFewPlacesForAGroupOfManyAreProvedWithoutTryingAll() {
        List<Entity> es = new ArrayList<>();
        for (int i = 0; i < 400; i++) es.add(entity("e" + i, 0, List.of(), ""));
        List<Group> gs = List.of(new Group("ring", Rule.APART, "", List.of("e1", "e2", "e3", "e4", "e5", "e6", "e7", "e8"), 0),
                new Group("wide", Rule.SPREAD, "", List.of("e11", "e12", "e13", "e14", "e15"), 4));
        assertEquals(Map.of("ring", "group ring wants e1, e2, e3, e4, e5, e6 and 2 more each on another host (there are 3)", "wide",
                "group wide wants e11, e12, e13, e14, e15 on at least 4 different ones of host (there are 3)"),
                Explanation.of(problem(es, List.of(), gs, 1), NEVER));
    }

    @Test
    void whatIsKnownWhenTheTimeIsOverIsToldAndThatItIs() {
        List<Entity> es = new ArrayList<>();
        List<Traffic> ts = new ArrayList<>();
        for (int i = 0; i < 300; i++) es.add(entity("e" + i, 0, List.of("h" + i % 2), "pinned to h" + i % 2));
        for (int i = 1; i < 300; i++) ts.add(new Traffic("e" + i, "e" + (i - 1), 1, 0, 10));
        Problem p = problem(es, ts, List.of(), 20);
        for (int looks : new int[] {0, 1, 2, 5}) {
            AtomicLong now = new AtomicLong();
            Deadline soon = Deadline.of(new Terms(1, Duration.ofNanos(looks), true), now::getAndIncrement);
            Map<String, String> why = Explanation.of(p, soon);
            assertFalse(why.isEmpty());
            assertTrue(soon.cut() && now.get() < looks + 60, looks + " allowed, looked at the clock " + now + " times");
            why.values().forEach(s -> assertTrue((s.contains("the time was over") || s.contains("found in time")) && s.length() < 900, s));
        }
    }

    private static Entity entity(String name, double cpus, List<String> hosts, String why) {
        return why.isEmpty() || !hosts.isEmpty() ? new Entity(name, cpus, 0, 0, hosts, why, 0) : new Entity(name, cpus, 0, 0, List.of(), why, 0);
    }

    private static Problem problem(List<Entity> es, List<Traffic> ts, List<Group> gs, double millis) {
        List<Substrate.Host> hs = new ArrayList<>();
        for (int h = 0; h < 3; h++) {
            hs.add(new Substrate.Host("h" + h, 20, Long.MAX_VALUE, 20, 0, Integer.MAX_VALUE, 1e9, 1e9, Map.of("site", "s")));
        }
        return new Problem(new Demand(es, ts, gs, Demand.Weights.LATENCY, true), new Substrate(hs, Distances.even(3, millis), List.of()), Map.of());
    }

    private static boolean any(Problem p, int[] at, int i) {
        if (i == p.entities) return Rules.broken(p.demand, p.substrate, names(p, at), Map.of()).isEmpty();
        for (at[i] = 0; at[i] < p.hosts; at[i]++) if (any(p, at, i + 1)) return true;
        return false;
    }

    private static Map<String, String> names(Problem p, int[] at) {
        Map<String, String> names = new HashMap<>();
        for (int i = 0; i < p.entities; i++) names.put(p.entity(i).name(), p.host(at[i]).name());
        return names;
    }
}
