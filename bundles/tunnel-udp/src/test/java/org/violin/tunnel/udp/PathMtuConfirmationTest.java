// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What counts as a black hole, probe by probe: a path of 1500 and 10 ms, so the time-out is 100 ms. */
final class PathMtuConfirmationTest {
    private static final long MS = 1_000_000;
    private static final long TIMEOUT = RttMeter.MIN_TIMEOUT_NANOS;
    private final RttMeter rtt = new RttMeter();
    private final PathMtu prober = new PathMtu(1500, 1000 * MS, 60_000 * MS, rtt, mtu -> {});
    private long now = -5;

    private List<Integer> due() {
        List<Integer> sizes = new ArrayList<>();
        for (int size = prober.next(now); size != 0; size = prober.next(now)) sizes.add(size);
        return sizes;
    }

    private void answer(int size, long sent) {
        prober.answered(size, sent, now);
    }

    /** The next confirmation goes out, and nothing else. */
    private void confirmation() {
        now += 1000 * MS;
        assertEquals(List.of(1500), due());
    }

    /** The confirmation is lost, and its repetition goes out together with a witness. */
    private void lostOne() {
        now += TIMEOUT;
        assertEquals(List.of(1500, 1280), due());
    }

    @BeforeEach
    void atFullSize() {
        rtt.sample(10 * MS);
        prober.reset(now);
        assertEquals(List.of(1280, 1500), due());
        answer(1500, now);
        assertEquals(List.of(), due());
        assertEquals(1500, prober.current());
    }

    @Test
    void threeLostInARowAreOneAndTwoAreNot() {
        confirmation();
        lostOne();
        answer(1280, now);
        lostOne();
        answer(1280, now);
        assertEquals(1500, prober.current());
        now += TIMEOUT;
        assertEquals(List.of(1280, 1500), due(), "the base is confirmed and the former size tried once more");
        assertEquals(1280, prober.current());
        assertEquals(1, prober.blackHoles());
    }

    @Test
    void aSuccessInBetweenForgetsWhatWasLost() {
        confirmation();
        lostOne();
        answer(1280, now);
        lostOne();
        answer(1500, now);
        confirmation();
        for (int i = 0; i < 7; i++) {
            now += TIMEOUT;
            due();
        }
        assertEquals(1500, prober.current(), "an outage: no witness came back since");
    }

    @Test
    void onlyAWitnessAsOldAsTheLostProbeCounts() {
        confirmation();
        lostOne();
        long early = now;
        lostOne();
        answer(1280, early);
        lostOne();
        now += TIMEOUT;
        due();
        assertEquals(0, prober.blackHoles());
    }

    @Test
    void whenTheLargeOnesWereOnlySlowItIsUpAgainWithTheirFirstAnswer() {
        confirmation();
        long first = now;
        for (int i = 0; i < 2; i++) {
            lostOne();
            answer(1280, now);
        }
        now += TIMEOUT;
        due();
        assertEquals(1280, prober.current());
        now += 10 * MS;
        answer(1500, first - 1);
        assertEquals(1280, prober.current(), "that was before");
        answer(1500, first);
        assertEquals(1500, prober.current());
    }

    @Test
    void lossMakesItMoreCarefulAndThatWearsOff() {
        confirmation();
        for (int i = 0; i < 10; i++) {
            lostOne();
            answer(1500, now);
            confirmation();
            assertTrue(prober.tries() > 3);
        }
        assertEquals(8, prober.tries());
        for (int i = 0; i < 120; i++) {
            answer(1500, now);
            confirmation();
        }
        assertEquals(3, prober.tries());
    }
}
