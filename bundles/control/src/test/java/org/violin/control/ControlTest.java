// SPDX-License-Identifier: Apache-2.0
package org.violin.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.violin.api.cluster.HostInfo;
import org.violin.api.control.Report;
import org.violin.api.control.SpecReader;
import org.violin.api.model.Cidr;
import org.violin.api.model.Endpoint;
import org.violin.api.model.LinkSpec;
import org.violin.api.model.Limits;
import org.violin.api.model.Mistake;
import org.violin.api.model.NicSpec;
import org.violin.api.model.NodeId;
import org.violin.api.model.NodeKind;
import org.violin.api.model.NodeSpec;
import org.violin.api.guest.GuestException;
import org.violin.api.model.PortId;
import org.violin.api.model.Refused;
import org.violin.api.model.ViolinSpec;
import org.violin.api.placement.Answer;
import org.violin.api.placement.Demand;
import org.violin.api.placement.PlacementStrategy;
import org.violin.api.placement.Substrate;
import org.violin.api.placement.Terms;
import org.violin.placement.Answers;
import org.violin.placement.Problem;
import org.violin.testkit.cluster.Eventually;
import org.violin.testkit.cluster.MemoryMembers;
import org.violin.testkit.cluster.MemoryState;
import org.violin.testkit.cluster.MemoryView;

/** Two overlay hosts with fake guests and data planes around one shared state in memory. */
class ControlTest {
    @TempDir
    Path folder;

    private final MemoryState state = new MemoryState();
    private final Map<String, ViolinSpec> files = new ConcurrentHashMap<>();
    private final List<HostInfo> infos = List.of(MemoryMembers.host("host1"), MemoryMembers.host("host2"));
    private final Map<String, Host> hosts = new TreeMap<>();

    /** What outlives a container: guests and files; and the container's own parts. */
    private final class Host {
        final String name;
        final FakeRuntime runtime = new FakeRuntime();
        final MemoryMembers members;
        FakeDataPlane dataPlane;
        MemoryView view;
        ControlService control;

        Host(String name) {
            this.name = name;
            this.members = new MemoryMembers(name, infos);
            start();
        }

        void start() {
            dataPlane = new FakeDataPlane();
            view = state.view(name);
            Providers providers = new Providers();
            providers.addRuntime(runtime);
            providers.addPlacement(new ByPin());
            control = new ControlService(members, new SpecStore(view), dataPlane, new TestReader(), providers, (t, s, x) -> {},
                    folder.resolve(name), "pins", 2, 3000);
            control.start();
        }

        /** As kill -9: nothing is told to anybody. */
        void kill() throws Exception {
            control.close();
            view.close();
        }

        Report apply(String file) throws Refused {
            return control.apply(file, file, Map.of(), false, line -> {});
        }
    }

    private final class TestReader implements SpecReader {
        @Override
        public Reading read(String file, String text, java.util.function.Function<String, Optional<ViolinSpec>> current) {
            ViolinSpec spec = files.get(text);
            List<Mistake> mistakes = spec == null ? List.of(new Mistake(file, 1, text, "no such test file")) : List.of();
            return new Reading(Optional.ofNullable(spec), "test", mistakes, List.of());
        }
    }

    private static final class ByPin implements PlacementStrategy {
        @Override
        public String kind() {
            return "pins";
        }

        @Override
        public Answer place(Demand demand, Substrate substrate, Map<String, String> current, Terms terms) {
            Problem problem = new Problem(demand, substrate, current);
            int[] at = new int[problem.entities];
            Map<String, String> refusals = new TreeMap<>();
            for (int i = 0; i < at.length; i++) {
                if (problem.allowed[i] != null && problem.allowed[i].length == 0) refusals.put(problem.entity(i).name(), problem.entity(i).why());
                else at[i] = problem.allowed[i] == null ? 0 : problem.allowed[i][0];
            }
            return refusals.isEmpty() ? Answers.of(problem, at, OptionalDouble.empty(), false) : Answer.refused(refusals, false);
        }
    }

    @BeforeEach
    void startHosts() {
        for (String name : List.of("host1", "host2")) hosts.put(name, new Host(name));
    }

    @AfterEach
    void stopHosts() throws Exception {
        for (Host host : hosts.values()) host.control.close();
    }

    private Host host(int number) {
        return hosts.get("host" + number);
    }

    /** A LAN on host1 with that many guests, alternating between the hosts. */
    private ViolinSpec lan(String name, int guests) {
        List<NodeSpec> nodes = new ArrayList<>();
        List<LinkSpec> links = new ArrayList<>();
        nodes.add(new NodeSpec("lan", NodeKind.VSWITCH, Optional.of("host1"), "learning", Limits.NONE, List.of(), List.of(), List.of(), Map.of()));
        for (int i = 1; i <= guests; i++) {
            NicSpec nic = new NicSpec("eth0", "02:00:00:00:00:0" + i, 1500, List.of(Cidr.parse("10.0.0." + i + "/24")));
            nodes.add(new NodeSpec("h" + i, NodeKind.VHOST, Optional.of("host" + (1 + i % 2)), "netns", Limits.NONE, List.of(nic), List.of(),
                    List.of("echo hello"), Map.of()));
            links.add(new LinkSpec(new Endpoint("h" + i, "eth0"), new Endpoint("lan", "p" + i), 1, 0, Map.of()));
        }
        return new ViolinSpec(name, nodes, links, Map.of());
    }

    @Test
    void appliesOnEveryHostAndTheSecondTimeThereIsNothingToDo() throws Exception {
        files.put("a", lan("a", 3));
        Report first = host(1).apply("a");
        assertEquals(List.of(), first.failures());
        assertFalse(first.nothingToDo());
        assertEquals(1, host(1).runtime.guests.size());
        assertEquals(2, host(2).runtime.guests.size());
        assertEquals(3, host(1).dataPlane.links.size());
        assertEquals(2, host(2).dataPlane.links.size());
        assertEquals(1, host(2).runtime.guests.get(new NodeId("a", "h1")).readyCalls);
        assertEquals("10.0.0.3/24", host(1).runtime.names.get("a").get("h3").get(0).toString());
        List<String> calls = List.copyOf(host(1).runtime.calls);
        Report second = host(2).apply("a");
        assertTrue(second.nothingToDo());
        assertEquals(first.revision(), second.revision());
        assertEquals(calls, host(1).runtime.calls);
        assertEquals("ready", host(1).control.list().get(0).state());
    }

    private static ViolinSpec conditioned(ViolinSpec spec, Map<String, String> attributes) {
        List<LinkSpec> links = new ArrayList<>();
        for (LinkSpec l : spec.links()) links.add(new LinkSpec(l.a(), l.b(), 1, links.isEmpty() ? 20 : 0, links.isEmpty() ? attributes : Map.of()));
        return spec.withLinks(links);
    }

    @Test
    void eachHostImposesWhatBeginsThereAndChangesOnlyThat() throws Exception {
        // Of the link between h1 (on host2) and the LAN (on host1).
        files.put("a", conditioned(lan("a", 2), Map.of("loss", "1", "from.lan:p1.loss", "3")));
        assertEquals(List.of(), host(1).apply("a").failures());
        String seed = host(2).dataPlane.conditions.get(PortId.parse("a/h1:eth0")).get("seed");
        assertEquals(Map.of(PortId.parse("a/h1:eth0"), Map.of("delay", "20", "loss", "1", "seed", seed)), host(2).dataPlane.conditions);
        assertEquals("3", host(1).dataPlane.conditions.get(PortId.parse("a/lan:p1")).get("loss"));
        files.put("a", conditioned(lan("a", 2), Map.of("loss", "2", "from.lan:p1.loss", "3")));
        Report changed = host(1).apply("a");
        assertEquals(1, changed.steps().size(), changed.steps().toString());
        assertEquals("change conditions h1:eth0 host2 on the running link", changed.steps().get(0).verb() + " " + changed.steps().get(0).kind() + " "
                + changed.steps().get(0).entity() + " " + changed.steps().get(0).host() + " " + changed.steps().get(0).why());
        assertEquals("2", host(2).dataPlane.conditions.get(PortId.parse("a/h1:eth0")).get("loss"));
        host(1).kill();
        host(1).start();
        Eventually.eventually("it is so", () -> host(1).dataPlane.conditions.size() == 1);
        files.put("a", conditioned(lan("a", 2), Map.of("loss", "bad")));
        assertTrue(host(1).apply("a").failures().toString().contains("loss 'bad'"));
        files.put("a", lan("a", 2));
        assertEquals(List.of(), host(1).apply("a").failures());
        assertTrue(host(1).dataPlane.conditions.isEmpty() && host(2).dataPlane.conditions.isEmpty());
    }

    @Test
    void conditionsThatAreOnlyFactsAreNotImposed() throws Exception {
        files.put("a", conditioned(lan("a", 2), Map.of("loss", "1", "state", "down")).withAttributes(Map.of("emulate", "false")));
        assertEquals(List.of(), host(1).apply("a").failures());
        assertEquals(Map.of(PortId.parse("a/h1:eth0"), Map.of("state", "down")), host(2).dataPlane.conditions);
    }

    @Test
    void aCrashedGuestStaysDownUntilItIsRevived() throws Exception {
        files.put("a", lan("a", 2));
        host(1).apply("a");
        NodeId id = new NodeId("a", "h1");
        assertThrows(GuestException.class, () -> host(1).control.crash(id), "it is on host2");
        host(2).control.crash(id);
        Eventually.eventually("it is so", () -> host(2).dataPlane.plugged.isEmpty());
        files.put("a", lan("a", 3));
        assertEquals(List.of(), host(1).apply("a").failures());
        assertFalse(host(2).runtime.guests.containsKey(id), "also by an apply");
        host(2).control.revive(id);
        Eventually.eventually("it is so", () -> host(2).runtime.guests.containsKey(id) && host(2).dataPlane.plugged.size() == 2);
        assertEquals(1, host(2).runtime.guests.get(id).readyCalls, "its commands run again");
        host(2).control.revive(id);
    }

    @Test
    void changesOnlyTheDifferenceAndDestroyLeavesNothing() throws Exception {
        files.put("a", lan("a", 2));
        host(1).apply("a");
        host(1).runtime.calls.clear();
        files.put("a", lan("a", 3));
        Report report = host(1).apply("a");
        assertEquals(List.of(), host(1).runtime.calls, "h3 is host2's; nothing happens on host1 but the link");
        assertTrue(report.steps().stream().anyMatch(s -> s.verb().equals("create") && s.kind().equals("vhost") && s.entity().equals("h3")));
        assertTrue(report.steps().stream().noneMatch(s -> s.entity().equals("h1")), report.steps().toString());
        Report destroyed = host(2).control.destroy("a", l -> {});
        assertEquals(List.of(), destroyed.failures());
        for (Host host : hosts.values()) {
            assertTrue(host.dataPlane.empty(), host.name);
            assertEquals(Map.of(), host.runtime.guests);
            assertEquals(Map.of(), host.runtime.names);
        }
        assertThrows(Refused.class, () -> host(1).control.destroy("a", l -> {}));
        Eventually.eventually("both hosts forget it", () -> host(1).control.list().isEmpty() && host(2).control.list().isEmpty());
    }

    @Test
    void theCipherChangesInPlaceAndEachViolinHasItsChannel() throws Exception {
        ViolinSpec plain = lan("a", 2);
        files.put("a", plain);
        files.put("b", lan("b", 2));
        host(1).apply("a");
        host(2).apply("b");
        for (Host host : hosts.values()) assertEquals(Map.of("a", "1 ", "b", "2 "), host.dataPlane.transports, host.name);
        host(1).runtime.calls.clear();
        files.put("a", new ViolinSpec("a", plain.nodes(), plain.links(), Map.of("cipher", "none")));
        Report report = host(1).apply("a");
        assertEquals(List.of("change transport a host1", "change transport a host2"),
                report.steps().stream().map(s -> s.verb() + " " + s.kind() + " " + s.entity() + " " + s.host()).toList());
        for (Host host : hosts.values()) assertEquals("1 none", host.dataPlane.transports.get("a"), host.name);
        assertEquals(List.of(), host(1).runtime.calls);
    }

    @Test
    void aDryRunChangesNothing() throws Exception {
        files.put("a", lan("a", 2));
        Report report = host(1).control.apply("a", "a", true, l -> {});
        assertFalse(report.nothingToDo());
        assertFalse(report.done());
        assertEquals(List.of(), host(1).control.list());
        assertEquals(List.of(), host(1).runtime.calls);
    }

    @Test
    void mistakesChangeNothingAndNameThemselves() {
        Refused refused = assertThrows(Refused.class, () -> host(1).apply("missing"));
        assertTrue(refused.getMessage().contains("missing:1"), refused.getMessage());
        assertEquals(List.of(), host(1).control.list());
    }

    @Test
    void aKilledHostAdoptsItsGuestsAndTheirCommandsAreNotRunAgain() throws Exception {
        files.put("a", lan("a", 3));
        host(1).apply("a");
        FakeRuntime.FakeGuest guest = host(2).runtime.guests.get(new NodeId("a", "h1"));
        host(2).kill();
        host(2).runtime.calls.clear();
        guest.nics.put("own0", new org.violin.api.model.NicSpec("own0", "02:00:00:00:00:99", 1500, List.of()));
        host(2).start();
        Eventually.eventually("links are back", () -> host(2).dataPlane.links.size() == 2 && host(2).dataPlane.plugged.size() == 2);
        assertTrue(host(2).runtime.calls.stream().noneMatch(c -> c.startsWith("start") || c.startsWith("stop")), host(2).runtime.calls.toString());
        assertTrue(guest.nics.containsKey("own0"), "an interface of the guest's own making is left alone");
        assertEquals(1, guest.readyCalls);
    }

    @Test
    void whatWasDestroyedWhileAHostWasAwayIsRemovedWhenItComesBack() throws Exception {
        files.put("a", lan("a", 3));
        host(1).apply("a");
        host(2).kill();
        hosts.values().forEach(h -> h.members.setHosts(List.of(infos.get(0))));
        assertEquals(List.of(), host(1).control.destroy("a", l -> {}).failures());
        host(2).members.setHosts(infos);
        host(2).start();
        Eventually.eventually("host2 stops its guests", () -> host(2).runtime.guests.isEmpty());
    }

    @Test
    void aDeadGuestIsStartedAgain() throws Exception {
        files.put("a", lan("a", 1));
        host(1).apply("a");
        FakeRuntime.FakeGuest first = host(2).runtime.guests.get(new NodeId("a", "h1"));
        first.running = false;
        Eventually.eventually("another guest runs", () -> {
            FakeRuntime.FakeGuest now = host(2).runtime.guests.get(new NodeId("a", "h1"));
            return now != null && now != first && now.readyCalls == 1;
        });
    }

    @Test
    void aFailureIsReportedWithItsReasonAndMendedLater() throws Exception {
        files.put("a", lan("a", 2));
        host(1).runtime.refuseNode = "h2";
        Report report = host(1).apply("a");
        assertTrue(report.failures().stream().anyMatch(f -> f.contains("host1") && f.contains("h2") && f.contains("no space")), report.failures().toString());
        assertEquals("degraded", host(1).control.list().get(0).state());
        host(1).runtime.refuseNode = "";
        Eventually.eventually("it is tried again", () -> "ready".equals(host(1).control.list().get(0).state()));
    }

    @Test
    void twoOrdersAtOnceNeverMix() throws Exception {
        files.put("one", lan("a", 2));
        files.put("two", lan("a", 5));
        for (int round = 0; round < 5; round++) {
            CompletableFuture<Report> one = async(1, "one");
            CompletableFuture<Report> two = async(2, "two");
            one.get(30, TimeUnit.SECONDS);
            two.get(30, TimeUnit.SECONDS);
            long size = host(1).control.show("a").orElseThrow().entities().size();
            assertTrue(size == 3 || size == 6, "entities: " + size);
            Eventually.eventually("the hosts agree", () -> host(1).runtime.guests.size() + host(2).runtime.guests.size() == size - 1);
        }
    }

    private CompletableFuture<Report> async(int number, String file) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return host(number).apply(file);
            } catch (Refused e) {
                throw new IllegalStateException(e);
            }
        });
    }
}
