// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class RttMeterTest {
    private static final long MS = 1_000_000;
    private final RttMeter rtt = new RttMeter();

    @Test
    void theFirstSamplesFollowRfc6298() {
        rtt.sample(80 * MS);
        assertEquals(80 * MS, rtt.nanos());
        assertEquals(40 * MS, rtt.variationNanos());
        rtt.sample(160 * MS);
        assertEquals(90 * MS, rtt.nanos());
        assertEquals(50 * MS, rtt.variationNanos(), "3/4 of 40 and 1/4 of 80");
        assertEquals(80 * MS, rtt.minNanos());
        assertEquals(290 * MS, rtt.timeoutNanos());
    }

    @Test
    void absurdValuesAreIgnored() {
        for (long absurd : new long[] {0, -1, Long.MIN_VALUE, Long.MAX_VALUE, RttMeter.ABSURD_NANOS + 1}) rtt.sample(absurd);
        assertEquals(0, rtt.nanos());
        assertEquals(RttMeter.UNKNOWN_TIMEOUT_NANOS, rtt.timeoutNanos());
        rtt.sample(5 * MS);
        for (long absurd : new long[] {0, -1, Long.MIN_VALUE, Long.MAX_VALUE, RttMeter.ABSURD_NANOS + 1}) rtt.sample(absurd);
        assertEquals(5 * MS, rtt.nanos());
        assertEquals(5 * MS, rtt.minNanos());
        assertEquals(RttMeter.MIN_TIMEOUT_NANOS, rtt.timeoutNanos());
        rtt.reset();
        assertEquals(0, rtt.nanos());
    }

    @Test
    void aTimeoutIsSeldomTooShort() {
        Random random = new Random(21);
        int tooShort = 0;
        for (int i = 0; i < 10_000; i++) {
            long sample = (long) (MS * (100 + 20 * random.nextGaussian()));
            if (i > 10 && sample > rtt.timeoutNanos()) tooShort++;
            rtt.sample(sample);
        }
        assertEquals(0, tooShort);
        assertTrue(Math.abs(rtt.nanos() - 100 * MS) < 30 * MS, "smoothed " + rtt.nanos());
    }
}
