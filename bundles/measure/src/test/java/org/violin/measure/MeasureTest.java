// SPDX-License-Identifier: Apache-2.0
package org.violin.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.violin.api.cluster.HostInfo;
import org.violin.api.cluster.SharedState;
import org.violin.api.cluster.StateException;
import org.violin.api.dataplane.DataPlane;
import org.violin.api.dataplane.DataPlaneView;
import org.violin.api.dataplane.PortStatus;
import org.violin.api.dataplane.TunnelStatus;
import org.violin.api.measure.PathFigure;
import org.violin.api.measure.PathFigure.Source;
import org.violin.api.placement.Distances;
import org.violin.testkit.cluster.MemoryMembers;
import org.violin.testkit.cluster.MemoryState;
import org.violin.testkit.cluster.MemoryView;
import org.violin.testkit.dataplane.ManualClock;

/** Hosts with tunnels that count what they are told, and a clock by hand. */
class MeasureTest {
    private final ManualClock clock = new ManualClock();
    private final MemoryState shared = new MemoryState();
    private final Map<String, Host> hosts = new TreeMap<>();
    private long wall = 1_700_000_000_000L;
    private int writes;

    /** One tunnel, as its counters. */
    private static final class Path {
        boolean up = true;
        double rttMicros;
        long probes;
        long answers;
        long lost;
        long datagrams;
        long bytes;
        String violin = "";
    }

    private final class Host implements DataPlaneView {
        final String name;
        final MemoryMembers members;
        final Map<String, Path> paths = new HashMap<>();
        final MemoryView state;
        final Measure measure;
        Set<String> touch;
        /** What the watch calls, here on the test's thread. */
        Consumer<String> told;
        Map<String, byte[]> before = Map.of();

        Host(String name, List<HostInfo> all, Settings settings) {
            this.name = name;
            members = new MemoryMembers(name, all);
            members.setLeader(name.equals("host1"));
            state = shared.view(name);
            DataPlane plane = (DataPlane) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {DataPlane.class}, (p, method, args) -> {
                if (method.getName().equals("keepInTouch")) touch = args[0] == null ? null : names((Set<?>) args[0]);
                return null;
            });
            SharedState counted = (SharedState) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {SharedState.class}, (p, method, args) -> {
                if (method.getName().equals("write")) writes++;
                if (method.getName().equals("watch")) {
                    told = path(args[1]);
                    return (AutoCloseable) () -> { };
                }
                return call(method, args);
            });
            measure = new Measure(members, counted, plane, this, settings, clock, () -> wall);
        }

        private Object call(java.lang.reflect.Method method, Object[] args) throws Throwable {
            try {
                return method.invoke(state, args);
            } catch (java.lang.reflect.InvocationTargetException e) {
                throw e.getCause();
            }
        }

        @SuppressWarnings("unchecked")
        private Consumer<String> path(Object consumer) {
            return (Consumer<String>) consumer;
        }

        @Override
        public List<PortStatus> ports() {
            return List.of();
        }

        @Override
        public List<TunnelStatus> tunnels() {
            List<TunnelStatus> all = new ArrayList<>();
            paths.forEach((peer, p) -> all.add(new TunnelStatus("udp", peer, p.violin, "none", "", p.up, 1500, 0, 0, 0, p.bytes, 0, p.datagrams,
                    (long) p.rttMicros, Map.of("probes-out", p.probes, "answers-in", p.answers, "lost", p.lost, "rtt-last-micros",
                            (long) p.rttMicros), Map.of())));
            all.add(new TunnelStatus("udp", "(unknown)", "", "", "*", false, 1500, 0, 0, 0, 0, 0, 0, 0, Map.of(), Map.of()));
            return all;
        }

        @Override
        public Map<String, Long> drops() {
            return Map.of();
        }
    }

    @AfterEach
    void close() {
        hosts.values().forEach(h -> h.measure.close());
        assertTrue(hosts.values().stream().allMatch(h -> h.touch == null), "all are kept in touch with again");
    }

    private void lab(int n, Settings settings) {
        List<HostInfo> all = IntStream.rangeClosed(1, n).mapToObj(i -> MemoryMembers.host("host" + i)).toList();
        for (HostInfo one : all) hosts.put(one.name(), new Host(one.name(), all, settings));
    }

    private Path path(int from, int to, double millis) {
        Path path = hosts.get("host" + from).paths.computeIfAbsent("host" + to, h -> new Path());
        path.rttMicros = 1000 * millis;
        return path;
    }

    private void mesh(int n, double millis) {
        for (int i = 1; i <= n; i++) for (int j = 1; j <= n; j++) if (i != j) path(i, j, millis);
    }

    /** Seconds with a probe, an answer and a sign of life on each path that is up. */
    private void pass(int seconds) {
        for (int s = 0; s < seconds; s++) {
            clock.advance(Duration.ofSeconds(1));
            wall += 1000;
            for (Host host : hosts.values()) {
                host.paths.forEach((peer, p) -> {
                    if (host.touch != null && !host.touch.contains(peer)) return;
                    p.datagrams++;
                    if (!p.up) return;
                    p.probes++;
                    p.answers++;
                });
                host.measure.sample();
                tell(host);
                host.measure.exchange();
            }
        }
    }

    /** The shared state's watch, as far as that host can reach it. */
    private void tell(Host host) {
        try {
            Map<String, byte[]> now = new HashMap<>();
            for (String child : host.state.children("/measure")) now.put(child, host.state.read("/measure/" + child).orElseThrow().data());
            Set<String> all = new java.util.TreeSet<>(now.keySet());
            all.addAll(host.before.keySet());
            for (String one : all) if (!Arrays.equals(now.get(one), host.before.get(one))) host.told.accept("/measure/" + one);
            host.before = now;
        } catch (StateException e) {
            assertTrue(!e.conflict());
        }
    }

    private static Set<String> names(Set<?> names) {
        return names.stream().map(String::valueOf).collect(java.util.stream.Collectors.toSet());
    }

    private PathFigure figure(int at, int from, int to) {
        return hosts.get("host" + at).measure.figures().stream()
                .filter(f -> f.from().equals("host" + from) && f.to().equals("host" + to)).findFirst().orElseThrow();
    }

    private long counter(int at, String name) {
        return hosts.get("host" + at).measure.counters().get(name);
    }

    @Test
    void every_host_knows_all_paths_in_seconds() {
        lab(3, Settings.USUAL);
        mesh(3, 10);
        path(2, 3, 80);
        path(3, 2, 80);
        pass(8);
        for (int at = 1; at <= 3; at++) {
            PathFigure seen = figure(at, 2, 3);
            assertEquals(Source.MEASURED, seen.source());
            assertEquals(80_000, seen.rttSlowMicros(), 1);
            assertEquals(80_000, seen.rttFastMicros(), 1);
            assertEquals(0, seen.lossSlow());
            assertEquals(6, hosts.get("host" + at).measure.figures().size());
            Distances d = hosts.get("host" + at).measure.distances(List.of("host3", "host1", "host2"));
            assertEquals(80, d.millis(0, 2), 0.01);
            assertEquals(10, d.millis(0, 1), 0.01);
        }
        assertNull(hosts.get("host1").touch, "few hosts watch all");
    }

    @Test
    void a_new_delay_is_told_to_all() {
        lab(3, Settings.USUAL);
        mesh(3, 0.3);
        pass(120);
        path(1, 2, 40);
        path(2, 1, 40);
        pass(20);
        assertEquals(40_000, figure(3, 1, 2).rttSlowMicros(), 400);
        assertEquals(300, figure(3, 2, 3).rttSlowMicros(), 3);
    }

    @Test
    void records_are_written_rarely_when_nothing_changes_and_never_too_often() {
        lab(3, Settings.USUAL);
        mesh(3, 10);
        pass(10);
        writes = 0;
        pass(600);
        assertTrue(writes <= 3 * 11, writes + " writes in 10 minutes of calm");
        writes = 0;
        for (int i = 0; i < 600; i++) {
            mesh(3, i % 40 < 20 ? 10 : 100);
            pass(1);
        }
        assertTrue(writes <= 3 * 121, writes + " writes in 10 minutes of storm");
    }

    @Test
    void a_silent_path_loses_all_and_is_still_measured() {
        lab(3, Settings.USUAL);
        mesh(3, 10);
        pass(30);
        path(1, 2, 10).up = false;
        path(2, 1, 10).up = false;
        pass(200);
        PathFigure seen = figure(3, 1, 2);
        assertEquals(Source.MEASURED, seen.source());
        assertEquals(1, seen.lossFast());
        assertEquals(1, hosts.get("host3").measure.distances(List.of("host1", "host2")).loss(0, 1));
    }

    @Test
    void loss_and_rate_are_of_that_direction() {
        lab(2, Settings.USUAL);
        mesh(2, 10);
        pass(5);
        Path there = path(1, 2, 10);
        for (int i = 0; i < 100; i++) {
            there.datagrams += 1000;
            there.lost += 20;
            there.bytes += 1_250_000;
            pass(1);
        }
        PathFigure seen = figure(2, 1, 2);
        assertEquals(0.02, seen.lossSlow(), 0.001);
        assertEquals(10 * 0.98, seen.megabitsPerSecond(), 0.2);
        PathFigure back = figure(2, 2, 1);
        assertEquals(0, back.lossSlow());
        assertEquals(0, back.megabitsPerSecond());
    }

    @Test
    void counters_that_begin_anew_are_no_loss_and_no_traffic() {
        lab(2, Settings.USUAL);
        mesh(2, 10);
        Path there = path(1, 2, 10);
        there.datagrams = 1_000_000;
        there.bytes = 1L << 40;
        pass(10);
        there.datagrams = there.bytes = there.probes = there.answers = 0;
        there.lost = 0;
        pass(10);
        PathFigure seen = figure(1, 1, 2);
        assertEquals(0, seen.lossSlow());
        assertEquals(0, seen.megabitsPerSecond());
        assertEquals(0, seen.probesLost());
        assertEquals(18, seen.probesSent());
    }

    @Test
    void many_hosts_watch_some_in_turn_and_estimate_the_rest() {
        int n = 24;
        lab(n, new Settings(1000, 60, 16, 10, 120, 5, 60, 600));
        hosts.values().forEach(h -> h.measure.sample());
        for (int i = 1; i <= n; i++) for (int j = 1; j <= n; j++) if (i != j) path(i, j, 10 + Math.abs(i - j));
        pass(10);
        Set<String> first = hosts.get("host1").touch;
        assertTrue(first.size() <= 2 * Pairs.steps(n) && first.size() >= 2 * Pairs.steps(n) - 1, first.toString());
        Map<Source, Integer> sources = new HashMap<>();
        for (PathFigure f : hosts.get("host9").measure.figures()) sources.merge(f.source(), 1, Integer::sum);
        assertTrue(sources.get(Source.ESTIMATED) > 100, "sources: " + sources);
        assertTrue(sources.get(Source.MEASURED) <= 2 * 2 * n * Pairs.steps(n), "sources: " + sources);
        pass(10);
        assertTrue(!first.equals(hosts.get("host1").touch), "another turn");
        pass(10 * Pairs.turns(n));
        for (PathFigure f : hosts.get("host9").measure.figures()) assertEquals(Source.MEASURED, f.source(), f.toString());
    }

    @Test
    void a_path_that_a_violin_uses_needs_no_other_tunnel() {
        lab(18, Settings.USUAL);
        mesh(18, 10);
        pass(2);
        String watched = hosts.get("host1").touch.iterator().next();
        hosts.get("host1").paths.get(watched).violin = "figure2";
        pass(2);
        assertTrue(!hosts.get("host1").touch.contains(watched));
        assertTrue(!hosts.get("host1").touch.isEmpty());
    }

    @Test
    void hostile_records_are_refused_and_counted() throws Exception {
        lab(3, Settings.USUAL);
        mesh(3, 10);
        pass(8);
        byte[] good = hosts.get("host1").state.read("/measure/host2").orElseThrow().data();
        long before = counter(1, "refused");
        String text = new String(good, StandardCharsets.US_ASCII);
        SharedState evil = hosts.get("host3").state;
        evil.write("/measure/host2", text.replace("host host2", "host host3").getBytes(StandardCharsets.US_ASCII), SharedState.ANY);
        pass(1);
        assertEquals(before + 1, counter(1, "refused"), "it speaks for another host");
        evil.write("/measure/host2", text.replaceAll("(?m)^host3 \\d+", "host3 NaN").getBytes(StandardCharsets.US_ASCII), SharedState.ANY);
        pass(1);
        assertEquals(before + 2, counter(1, "refused"), "NaN");
        evil.write("/measure/host2", text.replaceFirst("host host2 1", "host host2 99").replaceAll("(?m)^host3 \\d+ \\d+", "host3 9 9")
                .getBytes(StandardCharsets.US_ASCII), SharedState.ANY);
        pass(1);
        assertEquals(10_000, figure(1, 2, 3).rttSlowMicros(), 1, "of another life, such as an old one played again");
        evil.write("/measure/host2", new byte[100_000], SharedState.ANY);
        evil.write("/measure/host77", good, SharedState.ANY);
        pass(1);
        assertEquals(6, hosts.get("host1").measure.figures().size());
        assertEquals(10_000, figure(1, 2, 3).rttSlowMicros(), 1);
        pass(70);
        assertTrue(evil.read("/measure/host77").isEmpty(), "the leader removes what is of no joined host");
    }

    @Test
    void a_record_that_was_removed_is_written_again() throws Exception {
        lab(2, Settings.USUAL);
        mesh(2, 10);
        pass(8);
        hosts.get("host1").state.delete("/measure/host2");
        pass(3);
        assertTrue(hosts.get("host1").state.read("/measure/host2").isPresent());
    }

    @Test
    void without_the_shared_state_own_figures_go_on_and_the_others_grow_old() {
        lab(3, Settings.USUAL);
        mesh(3, 10);
        pass(8);
        hosts.get("host1").state.reachable(false);
        pass(200);
        assertEquals(Source.MEASURED, figure(1, 1, 2).source());
        assertEquals(Source.ESTIMATED, figure(1, 2, 3).source());
        assertTrue(counter(1, "exchange-failed") > 0);
        hosts.get("host1").state.reachable(true);
        pass(70);
        assertEquals(Source.MEASURED, figure(1, 2, 3).source());
    }

    @Test
    void a_host_that_left_is_forgotten_and_nothing_is_known_at_first() {
        lab(3, Settings.USUAL);
        assertEquals(Source.NONE, figure(1, 1, 2).source());
        assertEquals(Matrix.UNKNOWN_MILLIS, hosts.get("host1").measure.distances(List.of("host1", "host2")).millis(0, 1));
        mesh(3, 10);
        pass(8);
        Host gone = hosts.remove("host3");
        gone.measure.close();
        for (Host host : hosts.values()) host.members.setHosts(List.of(MemoryMembers.host("host1"), MemoryMembers.host("host2")));
        pass(6);
        assertEquals(2, hosts.get("host1").measure.figures().size());
        assertEquals(10, hosts.get("host1").measure.distances(List.of("host1", "host3")).millis(0, 1), 0.01);
    }
}
