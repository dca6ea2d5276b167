// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.placement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.violin.api.placement.Answer;
import org.violin.api.placement.Demand.Entity;
import org.violin.api.placement.Demand.Rule;
import org.violin.api.placement.PlacementStrategy;

/** What every {@link PlacementStrategy} must keep. Extend it and give a fresh instance. */
public abstract class PlacementContract {
    private static final double NONE = Double.POSITIVE_INFINITY;

    protected abstract PlacementStrategy strategy();

    protected final Answer placed(Ask ask) {
        Answer answer = ask.to(strategy());
        assertEquals(Map.of(), answer.refusals());
        assertEquals("", ask.model().broken(answer.placement()));
        assertEquals(ask.model().cost(answer.placement()), answer.cost().total(), 1e-6 * (1 + answer.cost().total()));
        assertEquals(ask.entities.size(), answer.reasons().size());
        assertFalse(answer.cut());
        return answer;
    }

    protected final String refused(Ask ask, String... words) {
        Answer answer = ask.to(strategy());
        assertFalse(answer.complete());
        assertEquals(Map.of(), answer.placement());
        String all = answer.refusals().toString();
        for (String word : words) assertTrue(all.contains(word), word + " in " + all);
        return all;
    }

    private static Ask lan() {
        return Ask.hosts(3).free("s", "a", "b", "c", "d").link("s", "a", 1, NONE).link("s", "b", 1, NONE).link("s", "c", 1, NONE)
                .link("s", "d", 1, NONE);
    }

    @Test
    public void allArePlacedAndTheSameQuestionHasTheSameAnswer() {
        assertEquals(placed(lan()), placed(lan()));
        assertEquals(Map.of(), placed(Ask.hosts(2)).placement());
    }

    @Test
    public void aPinnedEntityGoesToItsHostEvenIfItIsElsewhereNow() {
        Ask ask = lan().pinned("p", "host3");
        ask.current.put("p", "host1");
        assertEquals("host3", placed(ask).placement().get("p"));
    }

    @Test
    public void anUnknownHostIsRefusedWithTheKnownOnes() {
        refused(lan().pinned("p", "mars"), "p", "mars", "host1", "host2", "host3");
    }

    @Test
    public void severalMistakesAreToldAtOnce() {
        refused(lan().pinned("p", "mars").pinned("q", "venus").big("x", 64, 0), "mars", "venus", "x asks for 64.00 cpus");
    }

    @Test
    public void aLabelThatNoHostHasIsRefused() {
        Ask ask = lan();
        ask.entities.add(new Entity("l", 0, 0, 0, List.of(), "site = moon", 0));
        refused(ask, "l", "site = moon", "host1");
    }

    @Test
    public void whatRunsStaysAndOnlyThoseOfAHostThatIsGoneMove() {
        Ask first = lan();
        Map<String, String> was = placed(first).placement();
        Ask more = lan().free("e").link("s", "e", 1, NONE);
        more.current.putAll(was);
        Map<String, String> after = placed(more).placement();
        was.forEach((e, h) -> assertEquals(h, after.get(e), e));
        Ask less = lan();
        was.forEach((e, h) -> less.current.put(e, e.equals("a") ? "host3" : e.equals("b") ? "host1" : h.equals("host3") ? "host2" : h));
        less.hosts.remove(2);
        Map<String, String> moved = placed(less).placement();
        less.current.forEach((e, h) -> assertTrue(h.equals("host3") || h.equals(moved.get(e)), e));
    }

    @Test
    public void coresAndMemoryAreNeverExceededAndWhatIsTooMuchIsNamed() {
        Ask ask = Ask.hosts(3);
        for (int i = 0; i < 6; i++) ask.big("e" + i, 1, Ask.GIB);
        placed(ask);
        ask.big("e6", 1, Ask.GIB);
        String all = refused(ask, "ask for 1.00 cpus", "host1 has 2.00 cpus");
        assertTrue(all.contains("7.00 cpus"), all);
        refused(Ask.hosts(2).big("m", 0, 8 * Ask.GIB), "m asks for", "8192 MiB", "host1 has", "4096 MiB left", "host2 has");
    }

    @Test
    public void slotsAndOneToOneAreKept() {
        Ask ask = new Ask().host("h1", 2, 1, "x").host("h2", 2, 2, "x").free("a", "b", "c").link("a", "b", 9, NONE);
        placed(ask);
        refused(ask.free("d"), "slot");
        Ask single = Ask.hosts(2).free("a", "b").link("a", "b", 9, NONE);
        single.colocation = false;
        assertEquals(2, Set.copyOf(placed(single).placement().values()).size());
        refused(single.free("c"), "no two on one host");
    }

    @Test
    public void groupsAreKept() {
        Map<String, String> at = placed(lan().group("pair", Rule.APART, "site", 0, "a", "b").group("lan", Rule.TOGETHER, "", 0, "c", "d", "s"))
                .placement();
        assertNotEquals(at.get("a").equals("host3"), at.get("b").equals("host3"));
        assertEquals(List.of(at.get("s"), at.get("s")), List.of(at.get("c"), at.get("d")));
        placed(Ask.hosts(6).free("a", "b", "c", "d").group("g", Rule.SPREAD, "site", 3, "a", "b", "c", "d"));
    }

    @Test
    public void contradictionsAreNamedWithNothingElse() {
        String all = refused(lan().group("pair", Rule.APART, "site", 0, "a", "b", "c"), "pair", "site");
        assertFalse(all.contains("d,") || all.contains("s,"), all);
        refused(lan().group("x", Rule.APART, "", 0, "a", "b").group("y", Rule.TOGETHER, "", 0, "a", "b"), "group x", "group y");
        refused(lan().pinned("p", "host1").pinned("q", "host2").group("t", Rule.TOGETHER, "", 0, "p", "q"), "pinned to host1", "pinned to host2");
    }

    @Test
    public void latencyLimitsAreHard() {
        Ask ask = Ask.hosts(3).pinned("p", "host1").pinned("q", "host3").free("m").link("p", "m", 1, 12).link("q", "m", 100, 12);
        ask.millis = new double[] {0, 11, 20, 11, 0, 11, 20, 11, 0};
        assertEquals("host2", placed(ask).placement().get("m"));
        ask.link("p", "q", 1, 15);
        String all = refused(ask, "p -- q", "15 ms", "20 ms", "host1", "host3");
        assertFalse(all.contains("m at"), all);
    }

    @Test
    public void withoutAnyHostAllAreRefused() {
        assertEquals(Set.of("s", "a", "b", "c", "d"), lanOn(0).to(strategy()).refusals().keySet());
    }

    private static Ask lanOn(int hosts) {
        Ask ask = lan();
        ask.hosts.subList(hosts, 3).clear();
        return ask;
    }

    @Test
    public void smallRandomQuestionsArePlacedWhenThatIsPossibleAndBoundsHold() {
        int none = 0;
        double over = 0;
        int n = 0;
        for (long seed = 0; seed < 400; seed++) {
            Random r = new Random(seed);
            Ask ask = Ask.random(r, 2 + r.nextInt(4), 2 + r.nextInt(3), seed % 2 == 0);
            Map<String, String> best = ask.model().best();
            Answer answer = ask.to(strategy());
            String where = "seed " + seed + " " + answer.refusals();
            assertEquals(best != null, answer.complete(), where);
            assertEquals(answer, ask.to(strategy()), where);
            if (best == null) {
                none++;
                continue;
            }
            assertEquals("", ask.model().broken(answer.placement()), where);
            double least = ask.model().cost(best);
            double cost = ask.model().cost(answer.placement());
            assertEquals(cost, answer.cost().total(), 1e-6, where);
            assertTrue(cost >= least - 1e-6, where);
            assertTrue(answer.bound().isEmpty() || answer.bound().getAsDouble() <= least + 1e-6, where + ": bound " + answer.bound() + " over " + least);
            over += least < 1e-6 ? 0 : cost / least - 1;
            n++;
        }
        System.out.println(strategy().kind() + ": " + n + " placed, " + none + " impossible, on average " + over / n + " above the optimum");
        assertTrue(n > 100 && none > 20, n + " and " + none);
    }
}
