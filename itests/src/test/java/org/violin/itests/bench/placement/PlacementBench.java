// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.bench.placement;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.violin.api.placement.Answer;
import org.violin.api.placement.Demand;
import org.violin.api.placement.PlacementStrategy;
import org.violin.api.placement.Substrate;
import org.violin.api.placement.Terms;

/**
 * How good placements are: public instances, the product's strategies and two peers without thought, ratio to the best bound known.
 * Arguments: folder of the data, parts joined by commas, table or json, runs (times are medians), seconds for the scale's bounds (0: none).
 */
public final class PlacementBench {
    /** In this order they run. */
    static final List<String> PARTS = List.of("zoo", "sndlib", "scale", "vne", "tight", "moves");

    final Report report = new Report();
    private final Path data;
    private final int runs;
    private final Map<String, PlacementStrategy> strategies;
    private double[] first;

    PlacementBench(Path data, int runs, Map<String, PlacementStrategy> strategies) {
        this.data = data;
        this.runs = runs;
        this.strategies = strategies;
    }

    /** See the class. Status 1 when the checker found a fault. */
    public static void main(String[] words) throws IOException {
        Locale.setDefault(Locale.ROOT);
        PlacementBench bench = new PlacementBench(Path.of(words[0]), Integer.parseInt(words[3]), Peers.strategies());
        Report report = bench.report;
        report.about.put("machine", Runtime.getRuntime().availableProcessors() + " cores, JDK " + Runtime.version() + ", load "
                + String.format("%.1f", java.lang.management.ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
        report.about.put("generators", "version " + Instance.VERSION);
        report.about.put("strategies", String.join(", ", bench.strategies.keySet()));
        bench.warm();
        for (String part : words[1].split(",")) {
            System.err.println(part);
            switch (part) {
                case "zoo" -> bench.zoo(List.of(), Duration.ofSeconds(10));
                case "sndlib" -> bench.sndlib(Duration.ofSeconds(10));
                case "scale" -> bench.scale(Integer.parseInt(words[4]));
                case "vne" -> bench.vne(Integer.MAX_VALUE);
                case "tight" -> bench.tight();
                case "moves" -> bench.moves(List.of());
                default -> throw new IllegalArgumentException("part " + part);
            }
        }
        report.about.put("load at the end", String.format("%.1f", java.lang.management.ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
        System.out.print(words[2].equals("json") ? report.json() : report.table());
        System.exit(report.faults.isEmpty() ? 0 : 1);
    }

    /** One answer of each strategy before any time is taken. */
    private void warm() {
        double[] millis = new double[30 * 30];
        for (int i = 0; i < millis.length; i++) millis[i] = i / 30 == i % 30 ? 0 : 1 + Math.abs(i / 30 - i % 30);
        Instance small = Instance.scale(200, Instance.mesh(30, millis, Integer.MAX_VALUE));
        for (PlacementStrategy s : strategies.values()) {
            for (int k = 0; k < 10; k++) ask(s, small.demand(), small.substrate(), Map.of(), new Terms(k, Duration.ofSeconds(1), true));
        }
    }

    /** Topology Zoo networks on the hosts of the first slice; empty names: all files. */
    void zoo(List<String> names, Duration deadline) throws IOException {
        if (missing("topology-zoo", "zoo") || missing("netlatency", "zoo")) return;
        Substrate mesh = planetLab(1, Integer.MAX_VALUE);
        List<double[]> found = new ArrayList<>();
        for (Net net : networks(names)) found.add(compare("zoo", Instance.of(net, mesh, 4, 4), new Terms(1, deadline, true)));
        if (found.isEmpty() || Double.isNaN(found.get(0)[0])) return;
        double worst = found.stream().mapToDouble(f -> f[0]).max().orElseThrow();
        long near = found.stream().filter(f -> f[0] <= 1.001).count();
        double[] millis = found.stream().mapToDouble(f -> f[1]).sorted().toArray();
        report.goal("zoo", "at most 1.01 x bound on all", worst <= 1.01, "worst %.5f of %d", worst, found.size());
        report.goal("zoo", "1.001 x on nine in ten", near >= 0.9 * found.size(), "%d of %d", near, found.size());
        report.goal("zoo", "median at most 100 ms", middle(millis) <= 100, "%.1f ms", middle(millis));
        report.goal("zoo", "worst at most 10 s", millis[millis.length - 1] <= 10_000, "%.1f ms", millis[millis.length - 1]);
    }

    /** SNDlib's networks with their demands. */
    void sndlib(Duration deadline) throws IOException {
        if (missing("sndlib", "sndlib") || missing("netlatency", "sndlib")) return;
        Substrate mesh = planetLab(1, Integer.MAX_VALUE);
        double worst = 0;
        for (Path file : files("sndlib", ".txt")) {
            Net net = Readers.sndlib(name(file), Readers.text(file));
            worst = Math.max(worst, compare("sndlib", Instance.of(net, mesh, 4, 4), new Terms(1, deadline, true))[0]);
        }
        if (worst > 0) report.goal("sndlib", "at most 1.001 x bound", worst <= 1.001, "worst %.5f", worst);
    }

    /** A thousand and ten thousand entities; bounds from runs of their own, of so many seconds. */
    void scale(int proofSeconds) throws IOException {
        if (missing("netlatency", "scale")) return;
        PlacementStrategy message = strategies.get("message");
        for (int size : new int[] {1000, 10_000}) {
            int hosts = size == 1000 ? 490 : 1000;
            double[] millis = slice(1);
            Instance i = Instance.scale(size, Instance.mesh(hosts, hosts == 490 ? millis : Instance.grown(millis, hosts), Integer.MAX_VALUE));
            double deadline = size == 1000 ? 0.5 : 2;
            Checker checker = new Checker(i.demand(), i.substrate());
            double bound = Double.NaN;
            if (message != null && proofSeconds > 0) {
                double before = cpu();
                long begin = System.nanoTime();
                Answer proof = ask(message, i.demand(), i.substrate(), Map.of(), new Terms(1, Duration.ofSeconds(proofSeconds), true));
                bound = proof.bound().orElse(Double.NaN);
                row("scale", i, "message, proof", proof, checker, bound, (System.nanoTime() - begin) / 1e6, cpu() - before);
            }
            double[] mine = {Double.NaN, Double.NaN};
            for (Map.Entry<String, PlacementStrategy> s : strategies.entrySet()) {
                Timed t = timed(s.getValue(), i, new Terms(1, Duration.ofMillis((long) (deadline * 1000)), false));
                row("scale", i, s.getKey(), t.answer, checker, bound, t.millis, t.cpuMillis);
                if (s.getKey().equals("message") && t.answer.complete()) mine = new double[] {checker.cost(t.answer.placement(), Map.of()) / bound, t.millis};
            }
            blind("scale", i, checker, bound);
            if (Double.isNaN(mine[1])) continue;
            String what = String.format(Locale.ROOT, "%d x %d: at most 1.05 x bound in %.1f s", size, hosts, deadline);
            report.goal("scale", what, mine[0] <= 1.05 && mine[1] <= deadline * 1050, Double.isNaN(mine[0]) ? "no bound is known, %2$.0f ms" : "%.4f in %.0f ms", mine[0], mine[1]);
        }
    }

    /** Virne's requests, so many of each file at most. */
    void vne(int most) throws IOException {
        PlacementStrategy greedy = strategies.get("greedy");
        if (missing("vne", "vne")) return;
        if (greedy == null) {
            report.skipped.add("vne: the strategy greedy is not built");
            return;
        }
        for (Path file : files("vne", ".gz")) {
            String text = Readers.text(file);
            String name = name(file).replaceAll("\\.(json|txt)$", "");
            Requests all = file.toString().endsWith(".json.gz") ? Requests.json(name, text) : Requests.text(name, text);
            Embedding.run(all, greedy, 20, Duration.ofSeconds(1));
            double before = cpu();
            Embedding.Outcome o = Embedding.run(all, greedy, most, Duration.ofSeconds(1));
            o.faults().forEach(f -> report.faults.add(name + ": " + f));
            report.rows.add(new Report.Row("vne", name, "greedy", o.spent(), Double.NaN, o.meanMillis(), (cpu() - before) / o.asked(), -1,
                    String.format(Locale.ROOT, "accepted %.3f, revenue/cost %.3f, worst %.1f ms", o.acceptance(), o.revenueToCost(), o.worstMillis())));
            String kind = name.toLowerCase(Locale.ROOT);
            double goal = kind.contains("wx100") ? .97 : kind.contains("geant") ? .80 : .76;
            if (most < all.requests().size()) continue;
            report.goal("vne", String.format(Locale.ROOT, "%s: acceptance at least %.2f", name, goal), o.acceptance() >= goal, "%.3f", o.acceptance());
            report.goal("vne", name + ": mean at most 5 ms", o.meanMillis() <= 5, "%.2f ms", o.meanMillis());
        }
    }

    /** Slots on each host that hardly suffice; what the prototype of the method had is printed beside. */
    void tight() throws IOException {
        if (missing("topology-zoo", "tight") || missing("netlatency", "tight")) return;
        Object[][] set = {{"Nsfnet", 2, 30, 3, 1.586}, {"Abilene", 3, 24, 4, 2.111}, {"Abilene", 3, 490, 1, 1.71}, {"Abilene", 3, 490, 2, 1.31}, {"Abilene", 3, 490, 8, 1.08}};
        for (Object[] one : set) {
            Net net = networks(List.of((String) one[0])).get(0);
            int hosts = (int) one[2];
            int slots = (int) one[3];
            Instance i = Instance.of(net, Instance.mesh(hosts, Instance.part(slice(1), hosts), slots), (int) one[1], 1);
            Instance named = new Instance(net.name() + " " + hosts + "/" + slots, i.demand(), i.substrate(), Map.of(), i.demand().entities().size() + " entities");
            double ratio = compare("tight", named, new Terms(1, Duration.ofSeconds(10), true))[0];
            if (Double.isFinite(ratio)) report.goal("tight", named.name() + ": gap no wider than the prototype's " + one[4] + " (instance of the same recipe)", ratio <= (double) one[4], "%.4f", ratio);
        }
    }

    /**
     * Placed on the first slice, then the ninth comes: what is lost by moving little. Regret is taken over the bound of the ninth's free
     * optimum, so that an optimum that was not found makes it greater, never less.
     */
    void moves(List<String> names) throws IOException {
        if (missing("topology-zoo", "moves") || missing("netlatency", "moves")) return;
        PlacementStrategy message = strategies.get("message");
        if (message == null) {
            report.skipped.add("moves: the strategy message is not built");
            return;
        }
        double[] prices = {0.002, 0.001, 0.0005};
        double[][] regret = new double[prices.length][];
        double[][] share = new double[prices.length][];
        Substrate before = planetLab(1, Integer.MAX_VALUE);
        Substrate now = planetLab(9, Integer.MAX_VALUE);
        Terms terms = new Terms(1, Duration.ofSeconds(5), true);
        List<Net> nets = networks(names);
        for (int k = 0; k < prices.length; k++) {
            regret[k] = new double[nets.size()];
            share[k] = new double[nets.size()];
        }
        for (double[] row : regret) Arrays.fill(row, Double.POSITIVE_INFINITY);
        for (int n = 0; n < nets.size(); n++) {
            Instance i = Instance.of(nets.get(n), before, 4, 4);
            Map<String, String> was = ask(message, i.demand(), before, Map.of(), terms).placement();
            if (was.isEmpty()) continue;
            Checker checker = new Checker(i.demand(), now);
            Answer best = ask(message, i.demand(), now, Map.of(), terms);
            if (!best.complete()) continue;
            double free = checker.cost(best.placement(), Map.of());
            double bound = best.bound().orElse(Double.NaN);
            row("moves", i, "free", best, checker, bound, Double.NaN, Double.NaN);
            set(moved(was, best.placement()), String.format(Locale.ROOT, "%.2f %% of the free", 100.0 * moved(was, best.placement()) / i.free()));
            report.rows.add(new Report.Row("moves", i.name(), "stay", checker.cost(was, Map.of()), bound, Double.NaN, Double.NaN, 0, String.format(Locale.ROOT, "regret %.2f %%", 100 * (checker.cost(was, Map.of()) / bound - 1))));
            for (int k = 0; k < prices.length; k++) {
                Instance priced = i.priced(was, now, prices[k] * free);
                Timed t = timed(message, priced, terms);
                String by = String.format(Locale.ROOT, "price %.2f %%", 100 * prices[k]);
                Checker full = new Checker(priced.demand(), now);
                for (String f : full.faults(t.answer, was)) report.faults.add(i.name() + ", " + by + ": " + f);
                if (!t.answer.complete()) continue;
                int count = moved(was, t.answer.placement());
                double cost = checker.cost(t.answer.placement(), Map.of());
                regret[k][n] = cost / bound - 1;
                share[k][n] = (double) count / i.free();
                report.rows.add(new Report.Row("moves", i.name(), by, cost, bound, t.millis, t.cpuMillis, count, String.format(Locale.ROOT, "regret %.2f %%, moved %.2f %% of the free; with its price %.5f x its bound", 100 * regret[k][n], 100 * share[k][n],
                        full.cost(t.answer.placement(), was) / t.answer.bound().orElse(Double.NaN))));
            }
        }
        for (int k = 0; k < prices.length; k++) {
            double lost = Arrays.stream(regret[k]).average().orElse(0);
            double went = Arrays.stream(share[k]).average().orElse(0);
            int both = 0;
            for (int n = 0; n < regret[k].length; n++) if (regret[k][n] <= 0.005 && share[k][n] <= 0.04) both++;
            report.goal("moves", String.format(Locale.ROOT, "price %.2f %%: mean regret at most 0.5 %%, mean moved at most 4 %% of the free", 100 * prices[k]), lost <= 0.005 && went <= 0.04,
                    "%.2f %%, %.2f %%; both kept on %d of %d networks", 100 * lost, 100 * went, both, regret[k].length);
        }
    }

    /** All strategies and peers on one instance; ratio and time of message, NaN without it. */
    double[] compare(String part, Instance i, Terms terms) {
        Checker checker = new Checker(i.demand(), i.substrate());
        Map<String, Timed> all = new LinkedHashMap<>();
        double bound = Double.NEGATIVE_INFINITY;
        for (Map.Entry<String, PlacementStrategy> s : strategies.entrySet()) {
            Timed t = timed(s.getValue(), i, terms);
            all.put(s.getKey(), t);
            if (t.answer.bound().isPresent()) bound = Math.max(bound, t.answer.bound().getAsDouble());
        }
        double best = bound > Double.NEGATIVE_INFINITY ? bound : Double.NaN;
        all.forEach((kind, t) -> row(part, i, kind, t.answer, checker, best, t.millis, t.cpuMillis));
        blind(part, i, checker, best);
        Timed mine = all.get("message");
        if (mine == null || !mine.answer.complete()) return new double[] {Double.NaN, Double.NaN};
        return new double[] {checker.cost(mine.answer.placement(), i.current()) / mine.answer.bound().orElse(Double.NaN), mine.millis};
    }

    private void blind(String part, Instance i, Checker checker, double bound) {
        report.rows.add(new Report.Row(part, i.name(), "random", checker.cost(Peers.random(i, 1), Map.of()), bound, Double.NaN, Double.NaN, -1, ""));
        if (i.substrate().hosts().get(0).slots() < i.demand().entities().size()) return;
        double one = checker.cost(Peers.oneHost(i), Map.of());
        report.rows.add(new Report.Row(part, i.name(), "one best host", one, bound, Double.NaN, Double.NaN, -1, ""));
        if (one < bound * (1 - 1e-9)) report.faults.add(i.name() + ": the bound " + bound + " is above a placement of " + one);
    }

    private void row(String part, Instance i, String kind, Answer answer, Checker checker, double bound, double millis, double cpuMillis) {
        for (String f : checker.faults(answer, i.current())) report.faults.add(i.name() + ", " + kind + ": " + f);
        double cost = answer.complete() ? checker.cost(answer.placement(), i.current()) : Double.NaN;
        if (cost < bound * (1 - 1e-9)) report.faults.add(i.name() + ", " + kind + ": cost " + cost + " is below the bound " + bound + " of another");
        String note = answer.complete() ? (answer.cut() ? "cut; " : "") + i.note() : "refused: " + answer.refusals().values().stream().findFirst().orElse("");
        report.rows.add(new Report.Row(part, i.name(), kind, cost, bound, millis, cpuMillis, -1, note));
    }

    /** Moves and note of the row that was added last. */
    private void set(int moves, String note) {
        Report.Row r = report.rows.remove(report.rows.size() - 1);
        report.rows.add(new Report.Row(r.part(), r.instance(), r.strategy(), r.cost(), r.bound(), r.millis(), r.cpuMillis(), moves, note));
    }

    private record Timed(Answer answer, double millis, double cpuMillis) {}

    private Timed timed(PlacementStrategy strategy, Instance i, Terms terms) {
        double[] millis = new double[runs];
        Answer answer = null;
        double before = cpu();
        for (int k = 0; k < runs; k++) {
            long begin = System.nanoTime();
            answer = ask(strategy, i.demand(), i.substrate(), i.current(), terms);
            millis[k] = (System.nanoTime() - begin) / 1e6;
        }
        double used = (cpu() - before) / runs;
        Arrays.sort(millis);
        return new Timed(answer, middle(millis), used);
    }

    /** What throws has refused, and is a fault. */
    private Answer ask(PlacementStrategy strategy, Demand demand, Substrate substrate, Map<String, String> current, Terms terms) {
        try {
            return strategy.place(demand, substrate, current, terms);
        } catch (RuntimeException e) {
            String at = e.getStackTrace().length > 0 ? " at " + e.getStackTrace()[0] : "";
            report.faults.add(strategy.kind() + " throws on " + demand.entities().size() + " x " + substrate.hosts().size() + " within " + terms.deadline() + ": " + e + at);
            return Answer.refused(Map.of("all", "throws " + e), false);
        }
    }

    /** Processor time of this JVM, milliseconds. */
    private static double cpu() {
        return ((com.sun.management.OperatingSystemMXBean) java.lang.management.ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime() / 1e6;
    }

    private static int moved(Map<String, String> was, Map<String, String> is) {
        return (int) was.entrySet().stream().filter(e -> !e.getValue().equals(is.get(e.getKey()))).count();
    }

    private static double middle(double[] sorted) {
        int n = sorted.length;
        return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
    }

    private boolean missing(String folder, String part) {
        if (java.nio.file.Files.isDirectory(data.resolve(folder))) return false;
        String line = part + ": no folder " + folder + " in VIOLIN_DATA";
        if (!report.skipped.contains(line)) report.skipped.add(line);
        return true;
    }

    private Substrate planetLab(int slice, int slots) throws IOException {
        double[] millis = slice(slice);
        return Instance.mesh((int) Math.round(Math.sqrt(millis.length)), millis, slots);
    }

    private double[] slice(int slice) throws IOException {
        if (slice == 1 && first != null) return first;
        Path file = data.resolve("netlatency/PlanetLabData_" + slice + ".txt.gz");
        double[] millis = Readers.matrix(name(file), Readers.text(file));
        if (slice == 1) first = millis;
        return millis;
    }

    private List<Net> networks(List<String> names) throws IOException {
        List<Net> all = new ArrayList<>();
        for (Path file : files("topology-zoo", ".graphml")) {
            if (names.isEmpty() || names.contains(name(file))) all.add(Readers.graphml(name(file), Readers.text(file)));
        }
        return all;
    }

    private List<Path> files(String folder, String end) throws IOException {
        try (Stream<Path> all = java.nio.file.Files.list(data.resolve(folder))) {
            return all.filter(f -> f.toString().endsWith(end)).sorted().toList();
        }
    }

    private static String name(Path file) {
        return file.getFileName().toString().replaceAll("\\.(graphml|gz|txt)$", "").replaceAll("\\.txt$", "");
    }
}
