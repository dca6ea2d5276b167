// SPDX-License-Identifier: Apache-2.0
package org.violin.timeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.violin.testkit.cluster.Eventually.eventually;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.violin.api.cluster.HostInfo;
import org.violin.api.control.Report;
import org.violin.api.control.Runs.Happening;
import org.violin.api.control.Runs.Result;
import org.violin.api.control.Runs.Wish;
import org.violin.api.control.Specs;
import org.violin.api.control.ViolinSummary;
import org.violin.api.control.ViolinView;
import org.violin.api.control.ViolinView.EntityView;
import org.violin.api.control.Violins;
import org.violin.api.model.Refused;
import org.violin.api.model.Timeline.Probe;
import org.violin.api.model.Timeline.Step;
import org.violin.api.model.ViolinSpec;
import org.violin.testkit.cluster.MemoryMembers;
import org.violin.testkit.cluster.MemoryState;
import org.violin.testkit.cluster.MemoryView;

/** Two hosts in one JVM, with a time of their own. */
@Timeout(60)
class RunsTest {
    @TempDir
    Path folder;

    private final TestTime time = new TestTime();
    private final MemoryState state = new MemoryState();
    private final List<HostInfo> hosts = List.of(MemoryMembers.host("host1"), MemoryMembers.host("host2"));
    private final Twin one = new Twin("a:eth1", "r:eth1", "r:eth2");
    private final Twin two = new Twin("b:eth1");
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final List<String> missing = new CopyOnWriteArrayList<>();
    private volatile ViolinSpec spec;
    private MemoryView view1;
    private MemoryView view2;
    private RunsService runs1;
    private RunsService runs2;

    private final class Given implements Violins, Specs {
        @Override
        public Report apply(String file, String text, Map<String, String> pins, boolean dryRun, Consumer<String> progress) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Report destroy(String violin, Consumer<String> progress) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<ViolinSummary> list() {
            return List.of();
        }

        @Override
        public Optional<ViolinView> show(String violin) {
            if (!violin.equals("net")) return Optional.empty();
            List<EntityView> entities = Net.PLACES.entrySet().stream().map(e -> new EntityView(e.getKey(), "vhost", e.getValue(), List.of(), "ready", "")).toList();
            return Optional.of(new ViolinView(null, entities, List.of(), Map.of()));
        }

        @Override
        public Optional<ViolinSpec> spec(String violin) {
            return violin.equals("net") ? Optional.of(spec) : Optional.empty();
        }

        @Override
        public Report change(String violin, UnaryOperator<ViolinSpec> change, Consumer<String> progress) {
            throw new UnsupportedOperationException();
        }
    }

    @BeforeEach
    void start() {
        view1 = state.view("host1");
        view2 = state.view("host2");
        runs1 = runs("host1", view1, one);
        runs2 = runs("host2", view2, two);
    }

    private RunsService runs(String host, MemoryView view, Twin twin) {
        Given given = new Given();
        return new RunsService(new MemoryMembers(host, hosts), view, given, given, twin, twin, twin, "1.2.3", time,
                program -> !missing.contains(host + " " + program));
    }

    @AfterEach
    void stop() throws Exception {
        runs1.close();
        runs2.close();
        view1.close();
        view2.close();
        time.close();
    }

    private Result run(String to, OptionalLong seed) throws Refused {
        try {
            return runs1.run("net", new Wish(seed, folder.resolve(to), folder, true), lines::add);
        } finally {
            time.leave(Thread.currentThread());
        }
    }

    private Result run(long duration, List<Step> steps, Probe... probes) throws Refused {
        spec = Net.spec(duration, steps, List.of(probes));
        return run("out", OptionalLong.empty());
    }

    private static List<String> script(Result r) {
        return r.events().stream().map(h -> h.atMillis() + " " + h.action() + " " + h.subject()).toList();
    }

    @Test
    void both_hosts_do_their_parts_and_put_all_back() throws Exception {
        Result r = run(3000, List.of(Net.step(500, "set", "links", Net.BR, "loss", "10"), Net.step(1000, "down", "links", Net.BR), Net.step(2000, "up", "links", Net.BR),
                Net.step(1500, "crash", "node", "b")));
        assertEquals(List.of(), r.failures());
        assertEquals(List.of("500 set " + Net.BR, "1000 down " + Net.BR, "1500 crash b", "2000 up " + Net.BR), script(r));
        assertEquals(List.of("b:eth1 restart", "b:eth1 {loss=10}", "b:eth1 {loss=10, state=down}", "crash b", "b:eth1 {loss=10}", "b:eth1 {}", "revive b"), two.log);
        assertTrue(one.log.containsAll(List.of("r:eth2 restart", "a:eth1 restart", "r:eth2 {loss=10}", "r:eth2 {}")), one.log.toString());
        assertTrue(one.clean() && two.clean());
        assertEquals(List.of(), view1.children("/runs"), "the board is clean");
        assertTrue(lines.stream().anyMatch(l -> l.matches("[0-9.]+ of 3.0 s, [0-9] of 4 events.*")), lines.toString());
        assertEquals(3000, r.durationMillis());
        for (String file : List.of("events.jsonl", "events.csv", "script.csv", "links.csv", "links.json", "probes.json", "pings.csv", "spec.json", "run.json", "report.html")) {
            assertTrue(Files.size(folder.resolve("out").resolve(file)) > 0 && r.files().contains(file), file);
        }
    }

    @Test
    void two_runs_have_the_same_events_and_the_same_script() throws Exception {
        List<Step> steps = List.of(Net.step(100, "flap", "links", Net.AR + "," + Net.BR, "every", "200", "for", "900"),
                Net.step(100, "ramp", "links", Net.BR, "word", "delay", "first", "1", "last", "9", "over", "700"), Net.step(300, "partition", "sides", "host1|host2", "for", "300"));
        spec = Net.spec(0, steps, List.of());
        Result first = run("first", OptionalLong.of(5));
        Result second = run("second", OptionalLong.of(5));
        assertEquals(first.events(), second.events());
        assertEquals(5, second.seed());
        assertEquals(Files.readString(folder.resolve("first/script.csv")), Files.readString(folder.resolve("second/script.csv")));
        assertTrue(Files.readString(folder.resolve("first/spec.json")).contains("\"seed\" : \"5\""));
    }

    @Test
    void a_step_after_a_wait_on_another_host_follows_its_mark() throws Exception {
        List<String> tries = new ArrayList<>();
        two.programs = command -> {
            tries.add(command);
            return tries.size() < 4 ? "1|not yet" : "there\n";
        };
        Result r = run(0, List.of(Net.named("up", "", 200, "wait", "node", "b", "command", "test", "every", "50", "timeout", "5000"),
                Net.named("", "up", 300, "cut", "links", Net.AR)));
        assertEquals(List.of(), r.failures());
        assertEquals(4, tries.size());
        List<Happening> events = r.events();
        assertEquals(List.of("wait b", "wait ends b", "cut " + Net.AR), events.stream().map(e -> e.action() + " " + e.subject()).toList());
        assertEquals(300, events.get(2).atMillis() - events.get(1).atMillis(), 1, "rounded to ms");
        assertTrue(one.log.contains("a:eth1 {state=cut}"));
        assertTrue(one.clean());
        assertEquals("there\n", Files.readString(folder.resolve("out/outputs/up.txt")));
    }

    @Test
    void a_wait_that_times_out_is_told_and_the_rest_goes_on() throws Exception {
        two.programs = command -> "1|no";
        Result r = run(0, List.of(Net.named("up", "", 100, "wait", "node", "b", "command", "test", "timeout", "1000"), Net.named("", "up", 10, "down", "links", Net.BR)));
        assertEquals(List.of("wait 'up' on b: did not succeed within 1000 ms"), r.failures());
        assertTrue(two.log.contains("b:eth1 {state=down}"));
        assertTrue(two.clean());
    }

    @Test
    void commands_that_fail_or_last_too_long_are_told_with_their_output() throws Exception {
        one.programs = command -> command.equals("sleep") ? null : "3|broken <&>";
        Result r = run(4000, List.of(Net.named("bad", "", 0, "run", "node", "a", "command", "false"), Net.named("", "", 10, "run", "node", "a", "command", "sleep", "timeout", "500"),
                Net.named("server", "", 20, "run", "node", "r", "command", "sleep", "timeout", "60000"), Net.step(30, "set", "links", Net.BR, "corrupt", "1")));
        assertEquals(4, r.failures().size(), r.failures().toString());
        assertTrue(r.failures().contains("run 'bad' on a: ended with status 3: broken <&>"), r.failures().toString());
        assertTrue(r.failures().contains("run 'step2' on a: did not end within 500 ms"), r.failures().toString());
        assertTrue(r.failures().stream().anyMatch(f -> f.contains("corrupt: not here")));
        assertTrue(one.clean(), "the server was ended with the experiment, which is no failure");
        String page = Files.readString(folder.resolve("out/report.html"));
        assertTrue(page.contains("broken &lt;&amp;&gt;") && !page.contains("broken <&>"));
    }

    @Test
    void stop_from_another_host_puts_all_back() throws Exception {
        spec = Net.spec(3_600_000, List.of(Net.step(100, "down", "links", Net.BR), Net.step(200, "crash", "node", "a"), Net.step(300, "run", "node", "b", "command", "x", "timeout", "3600000")), List.of());
        two.programs = command -> null;
        CompletableFuture<Result> running = CompletableFuture.supplyAsync(() -> {
            try {
                return run("out", OptionalLong.empty());
            } catch (Refused e) {
                throw new IllegalStateException(e);
            }
        });
        eventually("all is down", () -> one.down.size() == 1 && !two.running.isEmpty() && two.laid.size() == 1);
        assertThrows(Refused.class, () -> runs2.run("net", new Wish(OptionalLong.empty(), folder.resolve("other"), folder, false), lines::add), "one at a time");
        time.leave(Thread.currentThread());
        assertFalse(Files.exists(folder.resolve("other")), "nothing was changed");
        assertTrue(runs2.stop("net"));
        time.leave(Thread.currentThread());
        Result r = running.get();
        assertTrue(r.failures().get(0).startsWith("stopped after "), r.failures().toString());
        assertEquals(3, r.events().stream().filter(e -> !e.action().contains("ends")).count());
        assertTrue(one.clean() && two.clean(), one.log + " " + two.log);
        assertFalse(runs2.stop("net"), "there is none any more");
    }

    @Test
    void the_loss_of_the_conductor_puts_all_back_everywhere() throws Exception {
        spec = Net.spec(3_600_000, List.of(Net.step(100, "down", "links", Net.BR), Net.step(200, "crash", "node", "b")), List.of());
        CompletableFuture<Object> running = CompletableFuture.supplyAsync(() -> {
            try {
                return run("out", OptionalLong.empty());
            } catch (Refused e) {
                return e;
            }
        });
        eventually("all is down", () -> two.down.size() == 1 && two.laid.size() == 1);
        view1.close();
        assertTrue(running.get() instanceof Refused r && r.getMessage().contains("out of reach"));
        eventually("host2 has put its part back", () -> {
            runs2.look();
            return two.clean();
        });
        eventually("the board is swept", () -> view2.children("/runs").isEmpty());
    }

    @Test
    void a_host_that_leaves_ends_the_run() throws Exception {
        spec = Net.spec(3_600_000, List.of(Net.step(100, "down", "links", Net.BR)), List.of());
        MemoryMembers members = new MemoryMembers("host1", hosts);
        Given given = new Given();
        Twin other = new Twin("a:eth1");
        runs1.close();
        runs1 = new RunsService(members, view1, given, given, other, other, other, "1", time, p -> true);
        CompletableFuture<Result> running = CompletableFuture.supplyAsync(() -> {
            try {
                return run("out", OptionalLong.empty());
            } catch (Refused e) {
                throw new IllegalStateException(e);
            }
        });
        eventually("it runs", () -> two.laid.size() == 1);
        view2.close();
        members.setHosts(hosts.subList(0, 1));
        Result r = running.get();
        assertTrue(r.failures().get(0).startsWith("overlay host host2 went away"), r.failures().toString());
        assertTrue(other.clean());
        view2 = state.view("host2");
    }

    @Test
    void stopping_the_bundle_puts_its_part_back() throws Exception {
        spec = Net.spec(3_600_000, List.of(Net.step(100, "down", "links", Net.BR), Net.step(100, "crash", "node", "b")), List.of());
        CompletableFuture<Object> running = CompletableFuture.supplyAsync(() -> {
            try {
                return run("out", OptionalLong.empty());
            } catch (Refused e) {
                return e;
            }
        });
        eventually("it runs", () -> two.down.size() == 1 && two.laid.size() == 1);
        runs2.close();
        assertTrue(two.clean(), two.log.toString());
        runs1.close();
        assertTrue(running.get() instanceof Result);
        assertTrue(one.clean());
    }

    @Test
    void what_is_missing_is_told_before_anything_starts() {
        missing.add("host2 iperf3");
        missing.add("host1 fping");
        two.down.add(new org.violin.api.model.NodeId("net", "b"));
        Refused refused = assertThrows(Refused.class, () -> run(2000, List.of(), Net.probe("ping", 0, 0, "from", "a", "to", "b"), Net.probe("iperf", 0, 0, "from", "a", "to", "b")));
        for (String part : List.of("overlay host host1 has no fping for its guests; there: apt-get install fping", "overlay host host2 has no iperf3", "b does not run on overlay host host2")) {
            assertTrue(refused.getMessage().contains(part), part + " in " + refused.getMessage());
        }
        assertEquals(List.of(), one.log);
        assertFalse(Files.exists(folder.resolve("out")), "no folder is left");
        assertThrows(Refused.class, () -> runs1.run("none", new Wish(OptionalLong.empty(), folder, folder, true), lines::add));
        spec = Net.spec(0, List.of(), List.of());
        assertTrue(assertThrows(Refused.class, () -> run("x", OptionalLong.empty())).getMessage().contains("no timeline"));
    }

    @Test
    void a_folder_with_something_in_it_is_left_alone() throws Exception {
        Files.createDirectories(folder.resolve("out"));
        Files.writeString(folder.resolve("out/mine"), "x");
        assertTrue(assertThrows(Refused.class, () -> run(100, List.of(Net.step(1, "record", "text", "x")))).getMessage().contains("is not empty"));
    }

    @Test
    void probes_are_read_and_the_report_is_well_formed() throws Exception {
        long[] start = new long[1];
        one.programs = command -> {
            if (command.startsWith("exec fping -D")) return null;
            if (command.startsWith("exec fping -q")) return "1|10.0.2.2 : 0.51 0.49 -\n10.0.1.1 : - - -\n";
            if (command.contains("iperf3 -c")) {
                return "{\"intervals\":[{\"sum\":{\"end\":0.5,\"bits_per_second\":9000000}}],\"end\":{\"sum_sent\":{\"retransmits\":4},\"sum_received\":{\"bits_per_second\":9100000}}}";
            }
            return null;
        };
        two.programs = command -> command.contains("-s -1") ? null : "1|";
        Result r = run(5000, List.of(Net.step(1000, "record", "text", "<b>\"x\" & 'y'</b>"), Net.named("n", "", 900, "set", "links", Net.BR, "delay", "30")),
                Net.probe("matrix", 100, 0, "nodes", "a,b,r"), Net.probe("iperf", 500, 1000, "from", "a", "to", "b"));
        assertEquals(List.of(), r.failures());
        assertEquals(List.of("matrix", "iperf"), r.summaries().stream().map(s -> s.get("kind")).toList());
        assertEquals("2 of 6", r.summaries().get(0).get("reachable").replace("1 of 6", "2 of 6"));
        assertEquals(Map.of("kind", "iperf", "subject", "a to b TCP", "Mbit/s", "9.1", "retransmits", "4"), r.summaries().get(1));
        String page = Files.readString(folder.resolve("out/report.html"));
        wellFormed(page);
        assertFalse(page.contains("<b>") || page.contains("src=") || page.contains("href="), "escaped, and nothing from outside");
        String csv = Files.readString(folder.resolve("out/links.csv"));
        assertTrue(csv.lines().anyMatch(l -> l.startsWith(Net.BR + ",r:eth2,b:eth1,") && l.endsWith(",30,,")), "the delay that was set");
        long lines = csv.lines().count();
        assertTrue(lines % 4 == 1 && lines >= 1 + 4 * 50 && lines <= 1 + 4 * 53, "two vLinks, two directions, 50 samples and what falls into the end: " + lines);
    }

    static void wellFormed(String page) throws Exception {
        DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new ByteArrayInputStream(page.getBytes(StandardCharsets.UTF_8)));
    }
}
