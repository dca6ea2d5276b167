// SPDX-License-Identifier: Apache-2.0
package org.violin.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class EstimateTest {
    /** Estimates of the pairs that were not watched in the first turns, as errors relative to the truth, sorted. */
    private static double[] errors(double[][] micros, int turns) {
        int n = micros.length;
        List<String> names = new ArrayList<>();
        Map<String, Integer> index = new HashMap<>();
        for (int i = 0; i < n; i++) {
            names.add("host" + i);
            index.put("host" + i, i);
        }
        Map<Long, double[]> pairs = new TreeMap<>();
        for (int i = 0; i < n; i++) {
            for (int turn = 0; turn < turns; turn++) {
                Set<String> others = Pairs.of(names.get(i), names, 16, turn);
                for (String other : others) {
                    int j = index.get(other);
                    if (micros[i][j] > 0) pairs.put((long) Math.min(i, j) << 32 | Math.max(i, j), new double[] {micros[i][j], 0, 1});
                }
            }
        }
        Estimate estimate = new Estimate(index, pairs, 1);
        List<Double> errors = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            for (int j = i + 1; j < n; j++) {
                if (micros[i][j] <= 0 || pairs.containsKey((long) i << 32 | j)) continue;
                double guess = estimate.micros("host" + i, "host" + j);
                assertEquals(guess, estimate.micros("host" + j, "host" + i), 1e-6);
                errors.add(Math.abs(guess - micros[i][j]) / micros[i][j]);
            }
        }
        double[] sorted = errors.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return sorted;
    }

    @Test
    void hosts_on_a_plane_with_access_delays_are_found_within_some_per_cent() {
        long seed = 11;
        Random random = new Random(seed);
        int n = 60;
        double[][] at = new double[n][];
        for (int i = 0; i < n; i++) at[i] = new double[] {random.nextDouble() * 100_000, random.nextDouble() * 100_000, random.nextDouble() * 5_000};
        double[][] micros = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) if (i != j) micros[i][j] = Math.hypot(at[i][0] - at[j][0], at[i][1] - at[j][1]) + at[i][2] + at[j][2];
        }
        double[] errors = errors(micros, 3);
        assertTrue(errors[errors.length / 2] < 0.05, "seed " + seed + ": median error " + errors[errors.length / 2]);
    }

    @Test
    void planetlab_is_found_within_12_per_cent_from_three_turns() throws IOException {
        Path file = Path.of(System.getenv().getOrDefault("VIOLIN_DATA", "../../../shared/data"), "netlatency/PlanetLabData_1.txt.gz");
        Assumptions.assumeTrue(Files.isReadable(file), "no file " + file + " of public data; set VIOLIN_DATA");
        double[] all;
        try (BufferedReader in = new BufferedReader(new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.US_ASCII))) {
            all = Arrays.stream(in.lines().collect(Collectors.joining(" ")).trim().split("\\s+")).mapToDouble(Double::parseDouble).toArray();
        }
        int n = (int) Math.sqrt(all.length);
        double[][] micros = new double[n][n];
        for (int i = 0; i < n; i++) for (int j = 0; j < n; j++) micros[i][j] = 500 * (all[i * n + j] + all[j * n + i]);
        double[] errors = errors(micros, 3);
        System.out.printf("PlanetLab, %d hosts, three turns: error of estimates, median %.3f, 90th percentile %.3f%n", n,
                errors[errors.length / 2], errors[errors.length * 9 / 10]);
        assertTrue(errors[errors.length / 2] < 0.12, "median error " + errors[errors.length / 2]);
    }

    @Test
    void of_a_host_that_nothing_is_known_of_the_median_is_told() {
        Map<Long, double[]> pairs = new TreeMap<>(Map.of(1L, new double[] {20_000, 0.1, 2}));
        Estimate estimate = new Estimate(Map.of("a", 0, "b", 1), pairs, 1);
        assertEquals(10_000, estimate.micros("a", "stranger"));
        assertEquals(0.05, estimate.loss("a", "stranger"), 1e-9);
        Estimate nothing = new Estimate(Map.of(), Map.of(), 1);
        assertEquals(1000 * Matrix.UNKNOWN_MILLIS, nothing.micros("a", "b"));
        assertEquals(0, nothing.loss("a", "b"));
    }
}
