// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class LossMeterTest {
    private static final long SECOND = 1_000_000_000;
    private final LossMeter meter = new LossMeter();
    private long now = Long.MAX_VALUE - 5 * SECOND;
    private int stream = 1;
    private long accepted;
    private long next;

    /** A second in which so many were sent and so many of them lost. */
    private void second(long sent, long lost) {
        now += SECOND;
        next += sent;
        accepted += sent - lost;
        meter.report(stream, accepted & 0xFFFF_FFFFL, next, now);
    }

    @Test
    void aCleanPathIsNotLossy() {
        for (int i = 0; i < 100; i++) second(100_000, 0);
        assertFalse(meter.lossy());
        assertEquals(0, meter.loss());
    }

    @Test
    void theRateIsThatOfThePath() {
        System.out.println("seed 23");
        Random random = new Random(23);
        for (int i = 0; i < 200; i++) second(10_000, 90 + random.nextInt(21));
        assertEquals(0.01, meter.loss(), 0.0008);
        assertEquals(0.01, meter.slowLoss(), 0.0003);
        assertTrue(meter.lossy());
    }

    @Test
    void aRateAboveTheLimitMakesItLossyForTenSeconds() {
        for (int i = 0; i < 5; i++) second(1_000_000, 0);
        second(1_000_000, 100);
        second(1_000_000, 0);
        assertFalse(meter.lossy(), "a few among millions");
        second(1_000_000, 2000);
        second(1_000_000, 0);
        assertTrue(meter.lossy(), "known one report later");
        assertEquals(2100, meter.lost());
        for (int i = 0; i < 9; i++) second(1_000_000, 0);
        assertTrue(meter.lossy());
        second(1_000_000, 0);
        assertFalse(meter.lossy());
    }

    @Test
    void aHighRateLastsLongerAndAQuietPathForgetsAfterAMinute() {
        for (int i = 0; i < 5; i++) second(1000, 10);
        for (int i = 0; i < 11; i++) second(1000, 0);
        assertTrue(meter.lossy(), "rate above the limit: " + meter.slowLoss());
        for (int i = 0; i < 50; i++) second(0, 0);
        assertFalse(meter.lossy());
    }

    @Test
    void aFewDatagramsSayNothing() {
        for (int i = 0; i < 100; i++) second(1, i % 10 == 0 ? 1 : 0);
        assertFalse(meter.lossy());
    }

    @Test
    void datagramsUnderwayOrOutOfOrderAreNotLost() {
        System.out.println("seed 24");
        Random random = new Random(24);
        for (int i = 0; i < 1000; i++) {
            long underway = random.nextInt(50);
            accepted -= underway;
            second(1000, 0);
            accepted += underway;
        }
        assertTrue(meter.lost() <= 1000 * 50, "counted " + meter.lost());
        second(1000, 0);
        second(1000, 0);
        long before = meter.lost();
        for (int i = 0; i < 1000; i++) {
            long underway = i % 2 == 0 ? 50 : 0;
            accepted -= underway;
            second(1000, 0);
            accepted += underway;
        }
        assertEquals(before, meter.lost());
    }

    @Test
    void whatWasFoundAgainDoesNotHideALaterLoss() {
        second(1000, 0);
        second(1000, 3);
        second(1000, 0);
        accepted += 3;
        second(1000, 0);
        second(1000, 2);
        second(1000, 0);
        assertEquals(5, meter.lost());
    }

    @Test
    void twoReportsOfOneMomentAreOne() {
        second(1000, 0);
        accepted -= 5;
        second(1000, 0);
        meter.report(stream, accepted + 1, next + 1, now + 1000);
        accepted += 5;
        second(1000, 0);
        second(1000, 0);
        assertEquals(0, meter.lost());
    }

    @Test
    void anOvertakenReportDoesNotHideALoss() {
        second(1000, 0);
        second(1000, 0);
        meter.report(stream, accepted - 500, next, now + SECOND / 2);
        second(1000, 3);
        second(1000, 0);
        assertEquals(3, meter.lost());
    }

    @Test
    void countersWrap() {
        accepted = 0xFFFF_FFFFL - 1500;
        next = 0x1_0000_0000L;
        for (int i = 0; i < 10; i++) second(1000, 0);
        assertEquals(0, meter.lost());
        for (int i = 0; i < 10; i++) second(1000, 5);
        second(1000, 0);
        assertEquals(50, meter.lost());
    }

    @Test
    void anotherStreamOrRestartedCountersAreNoLoss() {
        for (int i = 0; i < 10; i++) second(1000, 0);
        stream = 2;
        next = 5000;
        accepted = 17;
        for (int i = 0; i < 10; i++) second(1000, 0);
        assertEquals(0, meter.lost());
        accepted = 0;
        next += 100_000;
        for (int i = 0; i < 10; i++) second(1000, 0);
        assertEquals(0, meter.lost());
        assertFalse(meter.lossy());
        for (int i = 0; i < 3; i++) second(1000, 1);
        assertEquals(2, meter.lost(), "and it goes on counting; the last is not sure yet");
    }

    @Test
    void overtakenAndCrossingReportsAreIgnored() {
        for (int i = 0; i < 10; i++) second(1000, 0);
        meter.report(stream, accepted - 500, next - 500, now + SECOND / 2);
        meter.report(stream, accepted - 500, next, now + SECOND / 2);
        meter.report(stream, accepted, next + 7, now + 1000);
        second(1000, 0);
        second(1000, 0);
        assertEquals(0, meter.lost());
        next = 0;
        accepted = 0;
        for (int i = 0; i < 10; i++) second(10, 0);
        for (int i = 0; i < 10; i++) second(1000, 100);
        assertEquals(900, meter.lost(), "a sequence that stays lower is where counting begins anew");
    }

    @Test
    void noReportMakesItFailOrLeaveItsRange() {
        System.out.println("seed 25");
        Random random = new Random(25);
        for (int i = 0; i < 100_000; i++) {
            now += random.nextInt((int) SECOND);
            meter.report(random.nextInt(3), random.nextLong() >>> 32, random.nextLong() >>> random.nextInt(64), now);
            assertTrue(meter.loss() >= 0 && meter.loss() <= 1, "loss " + meter.loss());
            assertTrue(meter.slowLoss() >= 0 && meter.slowLoss() <= 1);
        }
        meter.reset();
        assertFalse(meter.lossy());
    }
}
