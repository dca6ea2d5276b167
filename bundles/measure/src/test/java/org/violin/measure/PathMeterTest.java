// SPDX-License-Identifier: Apache-2.0
package org.violin.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class PathMeterTest {
    private static final long SECOND = 1_000_000_000L;
    private final PathMeter meter = new PathMeter(60);
    private long now;

    private void each(int samples, double micros) {
        for (int i = 0; i < samples; i++) meter.rtt(micros, now += SECOND);
    }

    @Test
    void the_slow_one_is_the_plain_mean_at_first_and_then_fades() {
        meter.rtt(100_000, now);
        meter.rtt(102_000, now += SECOND);
        meter.rtt(104_000, now += SECOND);
        assertEquals(102_000, meter.slowMicros(), 1);
        each(300, 104_000);
        assertEquals(104_000, meter.slowMicros(), 50);
    }

    @Test
    void the_fast_one_has_63_per_cent_of_a_step_after_its_time_constant() {
        each(50, 10_000);
        each(5, 11_000);
        assertEquals(10_632, meter.fastMicros(), 5);
    }

    @Test
    void one_wild_sample_hardly_moves_the_slow_one() {
        each(100, 10_000);
        each(1, 3_000_000);
        assertTrue(meter.slowMicros() < 10_300, "it is " + meter.slowMicros());
        assertTrue(meter.fastMicros() > 100_000, "the fast one saw it");
    }

    @Test
    void a_new_delay_of_the_path_takes_over_after_ten_samples() {
        each(600, 300);
        each(PathMeter.CHANGE - 1, 80_000);
        assertTrue(meter.slowMicros() < 40_000);
        each(1, 80_000);
        assertEquals(80_000, meter.slowMicros(), 1);
        each(PathMeter.CHANGE, 300);
        assertEquals(300, meter.slowMicros(), 1);
    }

    @Test
    void noise_gives_the_mean_within_a_per_cent() {
        long seed = 42;
        Random random = new Random(seed);
        for (int i = 0; i < 2000; i++) meter.rtt(50_000 + 2_000 * random.nextGaussian(), now += SECOND);
        assertEquals(50_000, meter.slowMicros(), 1_000, "seed " + seed);
    }

    @Test
    void what_cannot_be_is_refused_and_changes_nothing() {
        each(3, 1_000);
        for (double bad : new double[] {Double.NaN, 0, -1, Double.POSITIVE_INFINITY, 60_000_001}) assertFalse(meter.rtt(bad, now += SECOND));
        for (double[] bad : new double[][] {{Double.NaN, 1}, {1, Double.NaN}, {2, 1}, {-1, 1}, {1, Double.POSITIVE_INFINITY}}) {
            assertFalse(meter.loss(bad[0], bad[1], now));
        }
        assertEquals(1_000, meter.slowMicros(), 1e-9);
        assertEquals(0, meter.lossSlow());
    }

    @Test
    void loss_is_the_share_of_the_last_minutes() {
        for (int i = 0; i < 1000; i++) meter.loss(i % 20 == 0 ? 1 : 0, 1, now += SECOND);
        assertEquals(0.05, meter.lossSlow(), 0.005);
    }

    @Test
    void a_path_that_falls_silent_loses_all_and_does_not_age() {
        each(10, 1_000);
        meter.loss(0, 10, now);
        for (int i = 0; i < 300; i++) meter.silent(now += SECOND);
        assertEquals(1, meter.lossFast());
        assertTrue(meter.lossSlow() > 0.5, "it is " + meter.lossSlow());
        assertEquals(0, meter.ageNanos(now));
        meter.loss(0, 1, now += SECOND);
        assertTrue(meter.lossFast() < 1);
    }

    @Test
    void the_peak_rate_is_remembered_for_its_window() {
        PeakRate rate = new PeakRate(600);
        rate.add(999_999_999, 1, now);
        assertEquals(0, rate.megabits(now), "the first look only begins");
        rate.add(12_500_000, 1, now += SECOND);
        rate.add(1_000, 1, now += SECOND);
        assertEquals(100, rate.megabits(now), 1e-6);
        rate.add(12_500_000, 0.5, now += SECOND / 2);
        rate.add(0, 1, now += SECOND / 2);
        assertEquals(100, rate.megabits(now), 1e-6, "half of it was lost");
        now += 500 * SECOND;
        assertEquals(100, rate.megabits(now), 1e-6);
        now += 110 * SECOND;
        assertEquals(0, rate.megabits(now), "the window is over");
    }
}
