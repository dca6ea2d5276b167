// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.violin.api.model.Cidr;

/** Routing protocols as a user sees them: real FRR in real guests, spread over three overlay hosts. Needs root. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RoutingIT {
    private static final String SQUARE = """
            name: square
            routing: ospf
            topology:
              nodes:
                r1: {kind: vrouter, host: host1}
                r2: {kind: vrouter, host: host2}
                r3: {kind: vrouter, host: host3}
                r4: {kind: vrouter, host: host1}
                a: {kind: vhost, host: host1}
                b: {kind: vhost, host: host3}
              links:
                - endpoints: ["a:eth0", "r1:eth0"]
                - endpoints: ["b:eth0", "r3:eth0"]
                - {endpoints: ["r1:eth1", "r2:eth1"], cost: 10}
                - {endpoints: ["r2:eth2", "r3:eth2"], cost: 10}
                - {endpoints: ["r1:eth3", "r4:eth3"], cost: 15}
                - {endpoints: ["r4:eth4", "r3:eth4"], cost: 15}
            """;

    private static OwnLab lab;
    private static Violin violin;

    @BeforeAll
    static void labUp() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root: network namespaces");
        lab = new OwnLab("rt", 3);
        violin = lab.violin;
    }

    @AfterAll
    static void labDown() throws IOException {
        if (lab != null) lab.close();
    }

    private static String file(String name, String text) throws IOException {
        return lab.file(name, text);
    }

    private static JsonNode json(String... words) throws IOException {
        return lab.json(words);
    }

    private static Map<String, JsonNode> routers(String of) throws IOException {
        return lab.routers(of);
    }

    private static boolean settled(String of, int routers, int adjacencies) throws IOException {
        Map<String, JsonNode> all = routers(of);
        int up = 0;
        for (JsonNode one : all.values()) {
            if (!one.at("/learnt/state").asText().equals("ready")) return false;
            for (JsonNode adjacency : one.at("/learnt/adjacencies")) {
                if (!adjacency.get("up").asBoolean()) return false;
                up++;
            }
        }
        return all.size() == routers && up == adjacencies;
    }

    private static JsonNode adjacency(String of, String router, String nic) throws IOException {
        for (JsonNode one : routers(of).get(router).at("/learnt/adjacencies")) {
            if (one.get("protocol").asText().equals("ospf") && one.get("nic").asText().equals(nic)) return one;
        }
        throw new AssertionError(router + " has no OSPF neighbour at " + nic);
    }

    /** Of the routes that are used, the metric by destination; IPv4 only. */
    private static Map<String, Long> metrics(JsonNode routes) {
        Map<String, Long> metrics = new HashMap<>();
        for (JsonNode route : routes) {
            String destination = route.at("/fib/destination").asText();
            if (route.get("selected").asBoolean() && !destination.contains(":")) metrics.put(destination, route.get("metric").asLong());
        }
        return metrics;
    }

    @ParameterizedTest
    @ValueSource(strings = {"Abilene", "Geant2012", "Bellcanada", "Cesnet201006"})
    @Order(1)
    void aNetworkOfTheZooFindsItsShortestPathsByOspf(String name) throws Exception {
        String data = System.getenv().getOrDefault("VIOLIN_DATA", Violin.ROOT.resolve("../shared/data").normalize().toString());
        Path file = Path.of(data, "topology-zoo", name + ".graphml");
        assumeTrue(Files.exists(file), "no data folder: " + file);
        ZooGraph graph = new ZooGraph(file);
        violin.ok("apply", "--routing", "ospf", file.toString());
        int routers = graph.nodes().size();
        Violin.eventually("all neighbours are up", 90, () -> settled(name, routers, 4 * graph.links()));
        Violin.eventually("all pairs answer", 60, () -> violin.run("ping-all", name).status() == 0);
        Map<String, String> stubs = new HashMap<>();
        for (JsonNode entity : json("show", name, "-o", "json").get("entities")) {
            String id = graph.byName(entity.get("name").asText().replaceFirst("^h-", ""));
            if (!entity.get("kind").asText().equals("vhost") || id == null) continue;
            String address = entity.get("addresses").get(0).asText().split(" ")[1];
            stubs.put(id, Cidr.parse(address).network().toString());
        }
        int named = stubs.size();
        assertTrue(named >= routers * 9 / 10, named + " of " + routers + " nodes have a name of their own");
        int compared = 0;
        for (Map.Entry<String, JsonNode> router : routers(name).entrySet()) {
            String from = graph.byName(router.getKey());
            if (from == null) continue;
            Map<String, Long> metrics = metrics(router.getValue().at("/learnt/routes"));
            Map<String, Double> distances = graph.distances(from);
            for (String to : stubs.keySet()) {
                if (to.equals(from)) continue;
                // The last step is the link of the stub itself.
                double wanted = distances.get(to) + graph.stubCost();
                // Each cost was rounded, perhaps from another figure in the last digit.
                assertEquals(wanted, metrics.get(stubs.get(to)), wanted / 100, router.getKey() + " to " + to + " " + stubs.get(to));
                compared++;
            }
        }
        assertEquals(named * (named - 1), compared);
        violin.ok("destroy", name);
    }

    @Test
    @Order(2)
    void aGraftedLinkBecomesANeighbourAndAChangedCostIsAppliedWithoutTouchingOthers() throws Exception {
        violin.ok("apply", file("square.yaml", SQUARE));
        Violin.eventually("all neighbours are up", 60, () -> settled("square", 4, 16));
        Violin.eventually("a reaches b", 30, () -> violin.run("exec", "square", "a", "--", "ping", "-c", "1", "-W", "1", "b").status() == 0);
        assertTrue(violin.in("square", "a", "traceroute", "-4", "-n", "-q", "1", "-w", "1", "b").lines().count() >= 4);
        assertEquals("2", path("r2"));
        int since = adjacency("square", "r1", "eth1").get("upMillis").asInt();
        violin.ok("apply", file("square.yaml", SQUARE.replace("cost: 10}", "cost: 30}") + "    - {endpoints: [\"r2:eth9\", \"r4:eth9\"]}\n"));
        Violin.eventually("the new neighbours are up", 30, () -> settled("square", 4, 20));
        Violin.eventually("the other way is shorter now", 30, () -> path("r4").equals("2"));
        assertTrue(adjacency("square", "r1", "eth1").get("upMillis").asInt() > since, "the old neighbours never were down");
    }

    /** The hop at which packets from a to b pass a router; 0: never. */
    private static String path(String router) {
        Set<String> addresses = new TreeSet<>();
        violin.in("square", router, "ip", "-4", "-o", "address").lines().forEach(l -> addresses.add(l.replaceAll(".* inet ([0-9.]+)/.*", "$1")));
        for (String line : violin.in("square", "a", "traceroute", "-4", "-n", "-q", "1", "-w", "1", "b").lines().toList()) {
            String[] words = line.strip().split("\\s+");
            if (words.length > 1 && addresses.contains(words[1])) return words[0];
        }
        return "0";
    }

    @Test
    @Order(3)
    void aKilledDaemonComesBackAndTheOthersNeverNotice() throws Exception {
        int pid = 0;
        for (JsonNode daemon : routers("square").get("r1").at("/learnt/daemons")) if (daemon.get("name").asText().equals("ospfd")) pid = daemon.get("pid").asInt();
        assertNotEquals(0, pid);
        new ProcessBuilder("kill", "-KILL", "" + pid).start().waitFor();
        int killed = pid;
        Violin.eventually("another ospfd runs", 30, () -> {
            for (JsonNode daemon : routers("square").get("r1").at("/learnt/daemons")) {
                if (daemon.get("name").asText().equals("ospfd")) return daemon.get("pid").asInt() != killed && daemon.get("restarts").asInt() == 1;
            }
            return false;
        });
        Violin.eventually("all neighbours are up", 60, () -> settled("square", 4, 20));
        violin.in("square", "a", "ping", "-c", "1", "-W", "2", "b");
    }

    @Test
    @Order(4)
    void whatFrrDoesNotUnderstandIsRefusedWithItsLineAndNothingChanges() throws Exception {
        String bad = SQUARE.replace("r1: {kind: vrouter, host: host1}",
                "r1:\n          kind: vrouter\n          host: host1\n          startup-config: |\n            router ospf\n             area nowhere foo\n");
        Violin.Result result = violin.run("apply", file("bad.yaml", bad));
        assertEquals(1, result.status(), result.all());
        assertTrue(result.err().contains("area nowhere foo") && result.err().contains(":2"), result.err());
        assertTrue(settled("square", 4, 20), "nothing was touched");
    }

    @Test
    @Order(5)
    void routersOutliveTheirContainer() throws Exception {
        Set<String> before = daemons("r2");
        violin.ok("lab", "kill", "host2");
        violin.ok("lab", "start", "host2");
        Violin.eventually("all neighbours are up", 90, () -> settled("square", 4, 20));
        violin.in("square", "a", "ping", "-c", "1", "-W", "2", "b");
        assertEquals(before, daemons("r2"), "the same processes, in the care of the next container");
    }

    private static Set<String> daemons(String router) throws IOException {
        Set<String> daemons = new TreeSet<>();
        for (JsonNode daemon : routers("square").get(router).at("/learnt/daemons")) daemons.add(daemon.get("name").asText() + " " + daemon.get("pid").asInt());
        return daemons;
    }

    /** What a router's kernel forwarded, IPv4. */
    private static long forwarded(String router) {
        List<String> lines = violin.in("square", router, "grep", "^Ip:", "/proc/net/snmp").lines().toList();
        List<String> names = List.of(lines.get(0).split(" "));
        return Long.parseLong(lines.get(1).split(" ")[names.indexOf("ForwDatagrams")]);
    }

    @Test
    @Order(6)
    void clickForwardsWhatFrrLearntAndTheKernelAgainAfterIt() throws Exception {
        String click = System.getenv().getOrDefault("VIOLIN_CLICK", "");
        assumeTrue(!click.isEmpty() && Files.isExecutable(Path.of(click)), "no click: set VIOLIN_CLICK to the program");
        violin.ok("apply", file("square.yaml", SQUARE));
        Violin.eventually("all neighbours are up", 60, () -> settled("square", 4, 16));
        Violin.eventually("a reaches b by r2", 30, () -> path("r2").equals("2"));
        int since = adjacency("square", "r2", "eth1").get("upMillis").asInt();
        violin.ok("swap", "routing", "click", "square", "r2");
        assertEquals("click", routers("square").get("r2").get("forwarding").asText());
        long before = forwarded("r2");
        violin.in("square", "b", "sh", "-c", "iperf3 -s -1 -D >/dev/null");
        violin.in("square", "a", "sh", "-c", "for i in 1 2 3 4 5; do iperf3 -4 -c b -n 5M && exit 0; sleep 0.5; done; exit 1");
        assertEquals("2", path("r2"), "traceroute names it still");
        assertEquals(before, forwarded("r2"), "not by its kernel");
        assertTrue(violin.ok("click", "square", "r2", "read", "rt.table").contains("10."), "its table");
        assertTrue(adjacency("square", "r2", "eth1").get("upMillis").asInt() > since, "OSPF did not notice");
        violin.ok("swap", "routing", "kernel", "square", "r2");
        violin.in("square", "a", "ping", "-4", "-c", "3", "-i", "0.2", "-W", "1", "b");
        assertTrue(forwarded("r2") > before, "by its kernel again");
        assertTrue(adjacency("square", "r2", "eth1").get("upMillis").asInt() > since, "OSPF did not notice that either");
    }

    @Test
    @Order(7)
    void computedRoutesAndLearntOnesChangePlacesWhileItRuns() throws Exception {
        violin.ok("apply", "--routing", "kernel", file("square.yaml", SQUARE));
        Violin.eventually("no vRouter learns", 30, () -> routers("square").isEmpty());
        Violin.eventually("a reaches b", 30, () -> violin.run("exec", "square", "a", "--", "ping", "-c", "1", "-W", "1", "b").status() == 0);
        Violin.eventually("nothing of OSPF is left", 30, () -> !violin.in("square", "r1", "ip", "route").contains("ospf"));
        assertFalse(violin.in("square", "r1", "sh", "-c", "ls -l /proc/[0-9]*/exe 2>/dev/null || true").contains("frr"), "no daemon is left");
        violin.ok("apply", "--routing", "rip", file("square.yaml", SQUARE));
        Violin.eventually("routes of RIP", 60, () -> violin.in("square", "r1", "ip", "route").contains("proto rip"));
        Violin.eventually("a reaches b", 60, () -> violin.run("exec", "square", "a", "--", "ping", "-c", "1", "-W", "1", "b").status() == 0);
        violin.ok("destroy", "square");
    }

    @Test
    @Order(8)
    void threeAutonomousSystemsMeetByBgpInBothFamilies() throws Exception {
        violin.ok("apply", Violin.ROOT.resolve("examples/systems.yaml").toString());
        Violin.eventually("all pairs answer", 60, () -> violin.run("ping-all", "systems").status() == 0);
        Violin.eventually("all neighbours are up", 60, () -> settled("systems", 4, 20));
        JsonNode routes = json("routes", "systems", "campus1", "-o", "json");
        Set<String> protocols = new TreeSet<>();
        for (JsonNode route : routes) if (route.get("selected").asBoolean()) protocols.add(route.at("/fib/protocol").asText());
        assertTrue(protocols.containsAll(List.of("bgp", "ospf", "connected")), protocols.toString());
        String six = violin.in("systems", "till", "ip", "-6", "-o", "address", "show", "scope", "global").replaceAll(".* inet6 ([0-9a-f:]+)/.*", "$1");
        violin.in("systems", "student", "ping", "-6", "-c", "1", "-W", "2", six);
        assertTrue(violin.ok("routers", "systems", "campus1").contains("Established"));
        violin.ok("destroy", "systems");
    }

    @Test
    @Order(20)
    void nothingIsLeft() throws Exception {
        violin.ok("apply", file("square.yaml", SQUARE)); // a lab that goes down takes its running guests along
        violin.ok("lab", "down");
        assertEquals(Set.of(), lab.traces());
    }
}
