// SPDX-License-Identifier: Apache-2.0
package org.violin.placement.message;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.violin.api.placement.Demand;
import org.violin.api.placement.Distances;
import org.violin.api.placement.Substrate;
import org.violin.api.placement.Terms;
import org.violin.placement.Deadline;
import org.violin.placement.Problem;

class CertificateTest {
    private static Softened soft(Questions q) {
        Problem p = new Problem(q.demand(), q.substrate(), q.current());
        return new Softened(p, new MinPlus(p.hosts, p.between()));
    }

    @Test
    void theBoundOfAPassIsWhatTheMessagesSayInDoubleButForRoundingDown() {
        for (long seed = 0; seed < 200; seed++) {
            Softened s = soft(Questions.small(seed, false));
            Passes passes = new Core(s.field(null, new double[s.p.hosts]), null).passes;
            for (int round = 0; round < 10; round++) {
                double printed = passes.pass(true);
                double counted = Certificate.bound(passes);
                assertTrue(printed <= counted + 1e-9 * (1 + Math.abs(counted)), "seed " + seed + ": " + printed + " above " + counted);
                assertEquals(counted, printed, 1e-5 * (1 + Math.abs(counted)), "seed " + seed);
                passes.pass(false);
            }
        }
    }

    @Test
    void messagesOfAnyOriginGiveABound() {
        for (long seed = 0; seed < 200; seed++) {
            Questions q = Questions.small(seed, false);
            Softened s = soft(q);
            Passes passes = new Core(s.field(null, new double[s.p.hosts]), null).passes;
            Random r = new Random(seed);
            for (double[][] side : new double[][][] {passes.toA, passes.toB}) {
                for (double[] m : side) if (m != null) Arrays.setAll(m, k -> 100 * r.nextGaussian());
            }
            double optimum = q.optimum();
            assertTrue(Certificate.bound(passes) <= optimum + 1e-9 * (1 + optimum), "seed " + seed);
            assertTrue(passes.pass(true) <= optimum + 1e-9 * (1 + optimum), "seed " + seed);
        }
    }

    @Test
    void aMessageIsNeverAboveTheTrueOneAndHardlyBelow() {
        for (long seed = 0; seed < 60; seed++) {
            Random r = new Random(seed);
            int n = 3 + r.nextInt(80);
            double[] w = new double[n * n];
            for (int p = 0; p < n; p++) for (int q = 0; q < p; q++) w[p * n + q] = w[q * n + p] = Math.exp(3 * r.nextGaussian());
            MinPlus m = new MinPlus(n, w);
            double[] in = r.doubles(n, -50, 50).map(v -> v * Math.exp(r.nextGaussian())).toArray();
            double rate = Math.exp(2 * r.nextGaussian());
            double[] out = new double[n];
            double low = m.send(in, rate, out, new MinPlus.Desk(n));
            for (int q = 0; q < n; q++) {
                double truth = Double.POSITIVE_INFINITY;
                for (int p = 0; p < n; p++) truth = Math.min(truth, in[p] + rate * w[p * n + q]);
                assertTrue(low + out[q] <= truth + 1e-12 * (1 + Math.abs(truth)), "seed " + seed);
                assertEquals(truth, low + out[q], 1e-7 * (1 + rate * m.largest()), "seed " + seed);
            }
        }
    }

    @Test
    void twoThreadsCountAsOne() {
        Questions q = grid(7);
        ExecutorService second = Executors.newSingleThreadExecutor();
        try {
            Softened s = soft(q);
            Passes one = new Core(s.field(null, new double[s.p.hosts]), null).passes;
            Passes two = new Core(s.field(null, new double[s.p.hosts]), second).passes;
            for (int round = 0; round < 6; round++) assertEquals(one.pass(round % 2 == 0), two.pass(round % 2 == 0));
            for (int e = 0; e < one.toA.length; e++) assertArrayEquals(one.toA[e], two.toA[e]);
        } finally {
            second.shutdown();
        }
    }

    @Test
    void aCoarseStartFindsAPlacementAndLeavesTheBoundTrue() {
        Softened s = soft(grid(9));
        Core core = new Core(s.field(null, new double[s.p.hosts]), null);
        core.coarse(Deadline.of(new Terms(1, Duration.ofSeconds(1), true), () -> 0));
        double coarse = core.cost;
        core.run(400, Deadline.of(new Terms(1, Duration.ofSeconds(1), true), () -> 0));
        assertTrue(core.cost <= coarse && core.bound <= core.cost * (1 + 1e-9));
        assertTrue(coarse <= 1.05 * core.bound, coarse + " over " + core.bound);
    }

    /** A grid of routers over hosts of a plane, each with one pinned vHost. */
    private static Questions grid(int side) {
        Random r = new Random(side);
        int n = 60;
        double[] x = r.doubles(n, 0, 100).toArray();
        double[] y = r.doubles(n, 0, 100).toArray();
        double[] millis = new double[n * n];
        List<Substrate.Host> hosts = new ArrayList<>();
        for (int p = 0; p < n; p++) {
            hosts.add(Substrate.Host.free("h" + p));
            for (int q = 0; q < n; q++) millis[p * n + q] = p == q ? 0 : 1 + Math.hypot(x[p] - x[q], y[p] - y[q]);
        }
        var entities = new ArrayList<Demand.Entity>();
        var traffic = new ArrayList<Demand.Traffic>();
        for (int i = 0; i < side * side; i++) {
            entities.add(new Demand.Entity("r" + i, 0, 0, 0, List.of(), "", 0));
            entities.add(new Demand.Entity("v" + i, 0, 0, 0, List.of("h" + r.nextInt(n)), "pinned", 0));
            traffic.add(link("r" + i, "v" + i, r));
            if (i % side > 0) traffic.add(link("r" + i, "r" + (i - 1), r));
            if (i >= side) traffic.add(link("r" + i, "r" + (i - side), r));
        }
        var demand = new Demand(entities, traffic, List.of(), Demand.Weights.LATENCY, true);
        var distances = new Distances(n, millis, null);
        return new Questions(demand, new Substrate(hosts, distances, List.of()), Map.of());
    }

    private static Demand.Traffic link(String a, String b, Random r) {
        return new Demand.Traffic(a, b, Math.exp(r.nextGaussian()), 0, Double.POSITIVE_INFINITY);
    }
}
