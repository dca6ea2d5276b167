// SPDX-License-Identifier: Apache-2.0
package org.violin.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.violin.api.cluster.HostInfo;
import org.violin.api.control.Report;
import org.violin.api.control.Routing;
import org.violin.api.control.SpecReader;
import org.violin.api.model.Cidr;
import org.violin.api.model.Endpoint;
import org.violin.api.model.Limits;
import org.violin.api.model.LinkSpec;
import org.violin.api.model.NicSpec;
import org.violin.api.model.NodeId;
import org.violin.api.model.NodeKind;
import org.violin.api.model.NodeSpec;
import org.violin.api.model.Refused;
import org.violin.api.model.RouteSpec;
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

/** Runtime, routing and placement are stopped, replaced or break while a violin runs on one host. */
class PluginsComeAndGoTest {
    @TempDir
    Path folder;

    private final List<HostInfo> infos = List.of(MemoryMembers.host("host1"));
    private final AtomicReference<ViolinSpec> file = new AtomicReference<>();
    private final Providers providers = new Providers();
    private final FakeDataPlane dataPlane = new FakeDataPlane();
    private FakeRuntime runtime = new FakeRuntime();
    private final Routing routing = new ByName();
    private ControlService control;

    /** One route for each node, whose destination tells the node. */
    private static class ByName implements Routing {
        @Override
        public String kind() {
            return "kernel";
        }

        @Override
        public Map<String, List<RouteSpec>> routes(ViolinSpec spec, Set<String> nodes) {
            Map<String, List<RouteSpec>> routes = new HashMap<>();
            for (String n : nodes) routes.put(n, List.of(new RouteSpec(Cidr.parse("10." + n.length() + ".0.0/16"), "10.0.0.9", "eth0", 0)));
            return routes;
        }
    }

    private record OnFirst(String kind) implements PlacementStrategy {
        @Override
        public Answer place(Demand demand, Substrate substrate, Map<String, String> current, Terms terms) {
            if (kind.equals("broken")) throw new NoClassDefFoundError("gone");
            return Answers.of(new Problem(demand, substrate, current), new int[demand.entities().size()], OptionalDouble.empty(), false);
        }
    }

    @BeforeEach
    void aViolinRuns() throws Exception {
        SpecReader reader = (name, text, current) -> new SpecReader.Reading(Optional.of(file.get()), "test", List.of(), List.of());
        providers.addRuntime(runtime);
        providers.addRouting(routing);
        providers.addPlacement(new OnFirst("first"));
        providers.addPlacement(new OnFirst("broken"));
        MemoryState state = new MemoryState();
        control = new ControlService(new MemoryMembers("host1", infos), new SpecStore(state.view("host1")), dataPlane, reader, providers,
                (t, s, x) -> {}, folder, "first", 2, 3000);
        control.start();
        assertEquals(List.of(), apply(2, Map.of()).failures());
        assertEquals("ready", control.list().get(0).state());
        runtime.calls.clear();
    }

    @AfterEach
    void stop() throws Exception {
        control.close();
    }

    private Report apply(int guests, Map<String, String> attributes) throws Refused {
        List<NodeSpec> nodes = new ArrayList<>();
        List<LinkSpec> links = new ArrayList<>();
        nodes.add(new NodeSpec("lan", NodeKind.VSWITCH, Optional.empty(), "learning", Limits.NONE, List.of(), List.of(), List.of(), Map.of()));
        for (int i = 1; i <= guests; i++) {
            NicSpec nic = new NicSpec("eth0", "02:00:00:00:00:0" + i, 1500, List.of(Cidr.parse("10.0.0." + i + "/24")));
            nodes.add(new NodeSpec("n" + i, i == 1 ? NodeKind.VROUTER : NodeKind.VHOST, Optional.empty(), "netns", Limits.NONE, List.of(nic),
                    List.of(), List.of(), Map.of()));
            links.add(new LinkSpec(new Endpoint("n" + i, "eth0"), new Endpoint("lan", "p" + i), 1, 0, Map.of()));
        }
        file.set(new ViolinSpec("a", nodes, links, attributes));
        return control.apply("a", "a", false, line -> {});
    }

    private FakeRuntime.FakeGuest guest(String node) {
        return runtime.guests.get(new NodeId("a", node));
    }

    private void ready() throws Exception {
        Eventually.eventually("ready", () -> "ready".equals(control.list().get(0).state()));
    }

    @Test
    void guestsAndTheirCablesStayWhileTheirRuntimeIsReplaced() throws Exception {
        FakeRuntime old = runtime;
        providers.removeRuntime(old);
        Report report = apply(3, Map.of());
        assertTrue(report.failures().stream().anyMatch(f -> f.contains("no runtime 'netns'")), report.failures().toString());
        assertEquals(List.of(), old.calls, "the one that went is not called");
        assertTrue(control.status(new NodeId("a", "n1")).orElseThrow().running());
        runtime = old.successor();
        providers.addRuntime(runtime);
        ready();
        assertEquals(List.of("start a/n3", "plug a/n3:eth0"), runtime.calls);
        assertEquals(List.of(), old.calls);
        assertEquals(3, dataPlane.plugged.size());
        assertNotSame(old.guests.get(new NodeId("a", "n1")), guest("n1"));
        assertEquals(List.of(), control.destroy("a", line -> {}).failures());
        assertEquals(List.of("stop a/n1", "stop a/n2", "stop a/n3"), runtime.calls.stream().filter(c -> c.startsWith("stop")).sorted().toList());
        assertEquals(List.of(), old.calls);
    }

    @Test
    void whatTheNextRuntimeDoesNotFindIsStartedAgain() throws Exception {
        FakeRuntime old = runtime;
        runtime = old.successor();
        runtime.guests.remove(new NodeId("a", "n2"));
        providers.removeRuntime(old);
        providers.addRuntime(runtime);
        Eventually.eventually("n2 is back", () -> guest("n2") != null && guest("n2").readyCalls >= 0 && dataPlane.plugged.size() == 2);
        ready();
        assertTrue(runtime.calls.contains("start a/n2") && !runtime.calls.contains("start a/n1"), runtime.calls.toString());
    }

    @Test
    void aSecondRuntimeOfTheSameKindIsOnlyUsedWhenTheFirstGoes() throws Exception {
        FakeRuntime second = runtime.successor();
        providers.addRuntime(second);
        assertEquals(List.of(), apply(3, Map.of()).failures());
        assertEquals(List.of(), second.calls);
        second.guests.putAll(runtime.successor().guests);
        providers.removeRuntime(runtime);
        runtime = second;
        Eventually.eventually("the second one makes a guest", () -> apply(4, Map.of()).failures().isEmpty());
        assertTrue(second.calls.contains("start a/n4"), second.calls.toString());
    }

    @Test
    void routesStayWithoutTheirRoutingAndTheNextOneSetsWhatIsMissing() throws Exception {
        assertEquals(1, guest("n1").routes.size());
        providers.removeRouting(routing);
        Report report = apply(3, Map.of());
        assertTrue(report.failures().stream().allMatch(f -> f.contains("n3") && f.contains("no routing 'kernel'")), report.failures().toString());
        assertEquals(1, report.failures().size());
        assertEquals(1, guest("n1").routes.size());
        assertEquals(List.of(), List.copyOf(guest("n3").routes));
        providers.addRouting(routing);
        ready();
        assertEquals(1, guest("n3").routes.size());
    }

    @Test
    void aRoutingThatBreaksTakesNoRoutesAway() throws Exception {
        providers.removeRouting(routing);
        Routing broken = new ByName() {
            @Override
            public Map<String, List<RouteSpec>> routes(ViolinSpec spec, Set<String> nodes) {
                throw new NoClassDefFoundError("gone");
            }
        };
        providers.addRouting(broken);
        Report report = apply(3, Map.of());
        assertTrue(report.failures().stream().allMatch(f -> f.contains("routing kernel failed") && f.contains("gone")), report.failures().toString());
        assertEquals(1, guest("n1").routes.size());
        providers.removeRouting(broken);
        providers.addRouting(routing);
        ready();
    }

    @Test
    void thePlacementIsChosenWithoutARestartAndABrokenOneChangesNothing() throws Exception {
        control.configure("broken", 3, 3000);
        Refused refused = assertThrows(Refused.class, () -> apply(3, Map.of()));
        assertTrue(refused.getMessage().contains("placement broken failed"), refused.getMessage());
        control.configure("first", 1, 3000);
        assertEquals(List.of(), apply(3, Map.of()).failures());
    }

    @Test
    void oneThingOfAStoredSpecIsChangedAsAnApplyWould() throws Exception {
        Report report = control.change("a", s -> new ViolinSpec("a", s.nodes(), s.links(), Map.of("cipher", "none")), line -> {});
        assertEquals(List.of(), report.failures());
        assertEquals(List.of("transport"), report.steps().stream().map(s -> s.kind()).toList());
        assertEquals("1 none", dataPlane.transports.get("a"));
        assertEquals("none", control.spec("a").orElseThrow().attributes().get("cipher"));
        assertTrue(control.change("a", s -> s, line -> {}).nothingToDo());
        assertThrows(Refused.class, () -> control.change("b", s -> s, line -> {}));
        assertEquals(List.of(), runtime.calls);
    }
}
