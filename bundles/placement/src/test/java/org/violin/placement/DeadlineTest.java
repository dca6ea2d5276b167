// SPDX-License-Identifier: Apache-2.0
package org.violin.placement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.violin.api.placement.Terms;

class DeadlineTest {
    private final AtomicLong now = new AtomicLong(77);

    private Deadline of(Duration time) {
        return Deadline.of(new Terms(1, time, true), now::get);
    }

    @Test
    void aHundredthAndWhatTheAnswerTakesAreKeptBackATenthAtMost() {
        Problem p = Questions.random(new Random(1), 5, 4, false);
        Deadline call = of(Duration.ofSeconds(10));
        now.addAndGet(1_000_000_000);
        assertEquals(9_000_000_000L, call.left());
        assertEquals(9_000_000_000L - 100_000_000 - 20 * p.entities * p.hosts, call.closing(p).left());
        assertEquals(900, of(Duration.ofNanos(1000)).closing(p).left());
        assertEquals(0, of(Duration.ZERO).closing(p).left());
    }

    @Test
    void workThatWouldEndTooLateIsNotBegunAndThatIsRemembered() {
        Deadline d = of(Duration.ofNanos(1000));
        assertFalse(d.over() || d.over(999));
        assertFalse(d.cut());
        assertTrue(d.over(1000));
        assertTrue(d.cut() && d.over());
    }

    @Test
    void theHalfOfWhatIsLeftEndsByItself() {
        Deadline d = of(Duration.ofNanos(1000));
        now.addAndGet(200);
        Deadline half = d.half();
        now.addAndGet(400);
        assertTrue(half.over());
        assertFalse(d.over());
        assertEquals(400, d.left());
        now.addAndGet(1000);
        assertEquals(0, d.half().left());
    }

    @Test
    void aDeadlineOfAgesDoesNotOverflow() {
        Deadline ages = of(Duration.ofSeconds(Long.MAX_VALUE));
        assertFalse(ages.over() || ages.half().over());
    }
}
