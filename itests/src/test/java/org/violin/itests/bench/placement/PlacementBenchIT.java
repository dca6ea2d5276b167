// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.bench.placement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.violin.api.placement.Answer;
import org.violin.api.placement.PlacementStrategy;
import org.violin.api.placement.Substrate;
import org.violin.api.placement.Terms;

/**
 * The benchmark of placement in small: every answer keeps the rules, bounds are none above the optimum, and costs are near the bounds. Parts
 * of public instances need the folder VIOLIN_DATA (or ../shared/data) and are skipped without it. No time is asserted.
 */
class PlacementBenchIT {
    private static final Path ROOT = Path.of(System.getProperty("violin.root", "..")).toAbsolutePath().normalize();
    private static final Path DATA = Path.of(System.getenv().getOrDefault("VIOLIN_DATA", ROOT.resolve("../shared/data").toString()));
    private static Map<String, PlacementStrategy> strategies;

    @BeforeAll
    static void there() {
        strategies = Peers.strategies();
        assertNotNull(strategies.get("greedy"), "the strategy greedy is not on the class path");
        assertNotNull(strategies.get("message"), "the strategy message is not on the class path");
    }

    private static PlacementBench bench(String folder) {
        Assumptions.assumeTrue(java.nio.file.Files.isDirectory(DATA.resolve(folder)), "no folder " + folder + " in VIOLIN_DATA");
        return new PlacementBench(DATA, 1, strategies);
    }

    private static double[] millis(int hosts, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] x = random.doubles(hosts).toArray();
        double[] y = random.doubles(hosts).toArray();
        double[] all = new double[hosts * hosts];
        for (int i = 0; i < hosts; i++) {
            for (int j = 0; j < i; j++) {
                all[i * hosts + j] = 200 * Math.hypot(x[i] - x[j], y[i] - y[j]) * (0.5 + random.nextDouble());
                all[j * hosts + i] = all[i * hosts + j];
            }
        }
        return all;
    }

    @Test
    void bounds_are_none_above_the_true_optimum() {
        int proved = 0;
        for (int seed = 1; seed <= 12; seed++) {
            Instance i = Instance.scale(60, Instance.mesh(6, millis(6, seed), Integer.MAX_VALUE));
            double optimum = new Referee(i.demand(), i.substrate()).optimum();
            for (Map.Entry<String, PlacementStrategy> s : strategies.entrySet()) {
                Answer answer = s.getValue().place(i.demand(), i.substrate(), Map.of(), new Terms(seed, Duration.ofSeconds(5), true));
                assertEquals(List.of(), new Checker(i.demand(), i.substrate()).faults(answer, Map.of()), s.getKey() + ", seed " + seed);
                assertTrue(answer.cost().total() >= optimum * (1 - 1e-9), s.getKey() + " is below the optimum, seed " + seed);
                if (answer.bound().isEmpty()) continue;
                proved++;
                assertTrue(answer.bound().getAsDouble() <= optimum * (1 + 1e-12), s.getKey() + ": bound " + answer.bound() + " above " + optimum + ", seed " + seed);
            }
        }
        assertTrue(proved > 0, "nobody gave a bound");
    }

    @Test
    void bounds_with_slots_are_none_above_the_true_optimum() {
        for (int seed = 1; seed <= 12; seed++) {
            Instance i = Instance.scale(10, Instance.mesh(4, millis(4, seed), 3));
            double optimum = new Referee(i.demand(), i.substrate()).optimumWithSlots();
            for (Map.Entry<String, PlacementStrategy> s : strategies.entrySet()) {
                Answer answer = s.getValue().place(i.demand(), i.substrate(), Map.of(), new Terms(seed, Duration.ofSeconds(2), true));
                assertTrue(answer.complete(), s.getKey() + " refuses what fits, seed " + seed + ": " + answer.refusals());
                assertEquals(List.of(), new Checker(i.demand(), i.substrate()).faults(answer, Map.of()), s.getKey() + ", seed " + seed);
                if (answer.bound().isPresent()) assertTrue(answer.bound().getAsDouble() <= optimum * (1 + 1e-12), s.getKey() + ", seed " + seed);
            }
        }
    }

    @Test
    void small_networks_of_the_zoo_are_placed_within_a_hundredth_of_the_bound() throws Exception {
        PlacementBench bench = bench("topology-zoo");
        bench.zoo(List.of("Abilene", "Aarnet", "Compuserve", "DeutscheTelekom", "Internet2", "Nsfnet", "Sinet", "Arpanet196912"), Duration.ofSeconds(2));
        assertEquals(List.of(), bench.report.faults);
        double[] ratios = bench.report.rows.stream().filter(r -> r.strategy().equals("message")).mapToDouble(Report.Row::ratio).toArray();
        assertEquals(8, ratios.length);
        for (double ratio : ratios) assertTrue(ratio <= 1.01, bench.report.table());
        assertTrue(bench.report.json().contains("\"instance\" : \"Abilene\""));
    }

    @Test
    void a_network_of_the_zoo_on_few_hosts_has_the_optimum_of_the_referee() throws Exception {
        PlacementBench bench = bench("topology-zoo");
        Net net = Readers.graphml("Abilene", Readers.text(DATA.resolve("topology-zoo/Abilene.graphml")));
        double[] all = Readers.matrix("slice", Readers.text(DATA.resolve("netlatency/PlanetLabData_1.txt.gz")));
        Substrate few = Instance.mesh(24, Instance.part(all, 24), Integer.MAX_VALUE);
        Instance i = Instance.of(net, few, 4, 4);
        double optimum = new Referee(i.demand(), few).optimum();
        Answer answer = strategies.get("message").place(i.demand(), few, Map.of(), new Terms(1, Duration.ofSeconds(5), true));
        assertTrue(answer.bound().getAsDouble() <= optimum * (1 + 1e-12), answer.bound() + " above " + optimum);
        assertTrue(new Checker(i.demand(), few).cost(answer.placement(), Map.of()) <= optimum * 1.001, answer.cost() + ", optimum " + optimum);
        assertEquals(List.of(), bench.report.faults);
    }

    @Test
    void a_hundred_requests_are_embedded_by_the_rules() throws Exception {
        PlacementBench bench = bench("vne");
        bench.vne(100);
        assertEquals(List.of(), bench.report.faults);
        assertEquals(6, bench.report.rows.size());
        for (Report.Row row : bench.report.rows) {
            assertTrue(Double.parseDouble(row.note().replaceAll("accepted ([0-9.]+),.*", "$1")) >= (row.instance().toLowerCase(java.util.Locale.ROOT).contains("wx100") ? 0.9 : 0.7), row.toString());
        }
    }

    @Test
    void parts_without_data_are_named() throws Exception {
        PlacementBench bench = new PlacementBench(Path.of("/nowhere"), 1, Map.of());
        bench.zoo(List.of(), Duration.ofSeconds(1));
        bench.sndlib(Duration.ofSeconds(1));
        bench.scale(0);
        bench.vne(1);
        bench.tight();
        bench.moves(List.of());
        assertEquals(6, bench.report.skipped.size(), bench.report.skipped.toString());
        assertTrue(bench.report.table().contains("0 goals met, 0 missed"));
    }
}
