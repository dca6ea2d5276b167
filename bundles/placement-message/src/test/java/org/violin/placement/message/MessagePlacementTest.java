// SPDX-License-Identifier: Apache-2.0
package org.violin.placement.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.violin.api.placement.Answer;
import org.violin.api.placement.Demand;
import org.violin.api.placement.Substrate;
import org.violin.api.placement.Terms;
import org.violin.placement.Rules;

class MessagePlacementTest {
    private static final Terms TERMS = new Terms(1, Duration.ofSeconds(60), true);

    private static Answer ask(Questions q) {
        return new MessagePlacement().place(q.demand(), q.substrate(), q.current(), TERMS);
    }

    @Test
    void withoutRulesTheAnswerIsTheOptimumAndTheBoundBelowIt() {
        int proved = 0;
        for (long seed = 0; seed < 300; seed++) {
            Questions q = Questions.small(seed, false);
            double optimum = q.optimum();
            Answer a = ask(q);
            assertTrue(a.complete(), "seed " + seed);
            assertEquals(optimum, a.cost().total(), 1e-6 * (1 + optimum), "seed " + seed);
            assertTrue(a.bound().orElseThrow() <= optimum + 1e-9 * optimum, "seed " + seed);
            if (a.bound().getAsDouble() >= 0.9999 * optimum) proved++;
        }
        assertTrue(proved > 200, proved + " of 300 proved");
    }

    @Test
    void withRulesTheBoundIsBelowTheOptimumAndTheAnswerKeepsThemAll() {
        int best = 0;
        int possible = 0;
        for (long seed = 0; seed < 400; seed++) {
            Questions q = Questions.small(seed, true);
            double optimum = q.optimum();
            Answer a = ask(q);
            assertEquals(optimum < Double.POSITIVE_INFINITY, a.complete(), "seed " + seed + ": " + a.refusals());
            if (!a.complete()) continue;
            possible++;
            assertEquals(List.of(), Rules.broken(q.demand(), q.substrate(), a.placement(), a.paths()), "seed " + seed);
            double total = a.cost().total();
            assertTrue(a.bound().isEmpty() || a.bound().getAsDouble() <= optimum + 1e-7 * (1 + Math.abs(optimum)),
                    "seed " + seed + ": bound " + a.bound() + " optimum " + optimum);
            assertTrue(total >= optimum - 1e-7 * (1 + Math.abs(optimum)), "seed " + seed);
            if (total <= optimum + 1e-7 * (1 + Math.abs(optimum))) best++;
        }
        assertTrue(possible > 150 && best >= 0.97 * possible, best + " optimal of " + possible);
    }

    @Test
    void theSameQuestionHasTheSameAnswer() {
        for (long seed = 0; seed < 20; seed++) {
            Questions q = Questions.small(seed, true);
            assertEquals(ask(q), ask(q), "seed " + seed);
        }
    }

    @Test
    void aDeadlineOfNothingStillGivesAPlacement() {
        int cut = 0;
        for (long seed = 0; seed < 60; seed++) {
            Questions q = Questions.small(seed, seed % 2 == 0);
            if (q.optimum() == Double.POSITIVE_INFINITY) continue;
            Answer a = new MessagePlacement(() -> 0).place(q.demand(), q.substrate(), q.current(), new Terms(1, Duration.ZERO, true));
            assertTrue(a.complete(), "seed " + seed);
            if (a.cut()) cut++;
        }
        assertTrue(cut > 5, cut + " cut");
    }

    @Test
    void littleIsDoneOnceTheTimeIsOver() {
        int cut = 0;
        for (long seed = 0; seed < 60; seed++) {
            Questions q = Questions.small(seed, true);
            for (int looks : new int[] {10, 40, 120, 400, 900, 1500}) {
                AtomicLong now = new AtomicLong();
                Answer a = new MessagePlacement(now::getAndIncrement).place(q.demand(), q.substrate(), q.current(),
                        new Terms(1, Duration.ofNanos(looks), true));
                if (a.cut()) cut++;
                assertTrue(now.get() <= looks + 40, "seed " + seed + ": " + now + " looks at the clock, " + looks + " in time");
            }
        }
        assertTrue(cut > 20, cut + " cut");
    }

    @Test
    void nothingToPlaceCostsNothing() {
        Demand none = new Demand(List.of(), List.of(), List.of(), Demand.Weights.LATENCY, true);
        Substrate one = new Substrate(List.of(Substrate.Host.free("h")), org.violin.api.placement.Distances.even(1, 0), List.of());
        Answer a = new MessagePlacement().place(none, one, Map.of(), TERMS);
        assertTrue(a.complete());
        assertEquals(0, a.cost().total());
    }

    @Test
    void wiresAreRefusedInWords() {
        Questions q = Questions.small(3, false);
        Substrate wired = new Substrate(q.substrate().hosts(), q.substrate().distances(), List.of(new Substrate.Wire("h0", "h1", 10)));
        Answer a = new MessagePlacement().place(q.demand(), wired, Map.of(), TERMS);
        assertFalse(a.complete());
        assertTrue(a.refusals().get("e0").contains("wires"));
    }
}
