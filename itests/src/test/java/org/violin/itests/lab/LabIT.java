// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The whole thing as a user sees it: three overlay hosts in network namespaces, real containers, real guests, real frames.
 *
 * <pre>
 *   host1 [ZooKeeper]     host2            host3        each: network namespace, Karaf, own state
 *      |                    |                |
 *      +------- bridge in the namespace of the emulated Internet
 * </pre>
 *
 * Needs root. The tests run in order and share the lab; the last one takes it down and looks for anything left behind.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LabIT {
    private static Violin violin;
    private static Path folder;
    private static Set<String> before;

    @BeforeAll
    static void labUp() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root: network namespaces");
        before = Traces.now();
        folder = Files.createTempDirectory("violin-it");
        violin = new Violin("it", folder.resolve("state"));
        violin.ok("lab", "up", "-n", "3");
    }

    @AfterAll
    static void labDown() throws IOException {
        if (violin == null) return;
        violin.run("lab", "down");
        try (var files = Files.walk(folder)) {
            files.sorted(java.util.Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
        }
    }

    private static String example(String name) {
        return Violin.ROOT.resolve("examples").resolve(name).toString();
    }

    private static String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    private static String edited(String name, String from, String to) throws IOException {
        String text = Files.readString(Path.of(example("figure2.yaml")));
        assertTrue(text.contains(from), "figure2.yaml has " + from);
        return file(name, text.replace(from, to));
    }

    @Test
    @Order(1)
    void figure2RunsSpreadOverThreeHostsAndAllPairsAnswer() {
        violin.ok("apply", example("figure2.yaml"));
        String table = violin.ok("show", "figure2");
        for (String host : List.of("host1", "host2", "host3")) assertTrue(table.contains(host), table);
        assertEquals(7, Pattern.compile("\\bready\\b").matcher(entities(table)).results().count(), table);
        violin.ok("ping-all", "figure2");
    }

    /** The lines of the entity table: those with a kind in them. */
    private static String entities(String table) {
        return String.join("\n", table.lines().filter(l -> l.matches(".*\\b(vhost|vrouter|vswitch)\\b.*")).toList());
    }

    @Test
    @Order(2)
    void tracerouteShowsExactlyTheVirtualRouter() {
        String hops = violin.in("figure2", "vHost1", "traceroute", "-w", "2", "-q", "1", "vHost3");
        List<String> lines = hops.lines().filter(l -> l.matches("\\s*\\d+ .*")).toList();
        assertEquals(2, lines.size(), hops);
        assertTrue(lines.get(0).contains("vRouter1"), hops);
        assertTrue(lines.get(1).contains("vHost3"), hops);
    }

    @Test
    @Order(2)
    void fullFramesCrossAnUnderlayOfTheSameMtuWithoutIpFragments() {
        for (String size : List.of("1472", "700")) {
            violin.in("figure2", "vHost1", "ping", "-4", "-M", "do", "-c", "3", "-i", "0.2", "-W", "2", "-s", size, "vHost2");
        }
        assertTrue(violin.in("figure2", "vHost1", "cat", "/sys/class/net/eth0/mtu").equals("1500"));
        violin.in("figure2", "vHost2", "sh", "-c", "iperf3 -s -1 -D >/dev/null");
        violin.in("figure2", "vHost1", "sh", "-c", "for i in 1 2 3 4 5; do iperf3 -c vHost2 -n 20M && exit 0; sleep 0.5; done; exit 1");
        for (String host : List.of("host1", "host2", "host3")) {
            String ip = violin.ok("lab", "exec", host, "--", "grep", "^Ip:", "/proc/net/snmp");
            List<String> names = List.of(ip.lines().findFirst().orElseThrow().split(" "));
            List<String> values = List.of(ip.lines().skip(1).findFirst().orElseThrow().split(" "));
            for (String counter : List.of("FragCreates", "ReasmReqds")) {
                assertEquals("0", values.get(names.indexOf(counter)), counter + " on " + host);
            }
        }
    }

    @Test
    @Order(3)
    void theSecondApplySaysNothingToDoAndADryRunChangesNothing() throws Exception {
        assertTrue(violin.ok("apply", example("figure2.yaml")).contains("nothing to do"));
        String plan = violin.ok("apply", "--dry-run", edited("less.yaml", "vHost4", "vHost9"));
        assertTrue(plan.contains("vHost9") && plan.contains("remove"), plan);
        assertFalse(violin.ok("show", "figure2").contains("vHost9"));
    }

    @Test
    @Order(4)
    void execPassesStatusInputAndErrorsAndReachesEveryHost() {
        assertEquals(7, violin.run("exec", "figure2", "vHost3", "--", "sh", "-c", "exit 7").status());
        for (String node : List.of("vHost1", "vHost2", "vHost3")) {
            Violin.Result result = violin.feed("through the tunnel", "exec", "figure2", node, "--", "sh", "-c", "cat; echo oops >&2");
            assertEquals("through the tunnel", result.out());
            assertTrue(result.err().contains("oops"), result.err());
            assertEquals(node, violin.in("figure2", node, "hostname"));
        }
        assertEquals(127, violin.run("exec", "figure2", "vHost1", "--", "no-such-program").status());
        Violin.Result unknown = violin.run("exec", "figure2", "nobody", "--", "true");
        assertNotEquals(0, unknown.status());
        assertTrue(unknown.err().contains("nobody"), unknown.err());
    }

    @Test
    @Order(5)
    void aSecondViolinWithTheSameAddressesIsAnotherWorld() {
        violin.ok("apply", example("figure2-b.yaml"));
        violin.ok("ping-all", "figure2-b");
        violin.ok("ping-all", "figure2");
        violin.in("figure2", "vHost1", "sh", "-c", "echo first > /tmp/world");
        assertNotEquals(0, violin.run("exec", "figure2-b", "vHost1", "--", "cat", "/tmp/world").status());
        String extra = address(violin.ok("show", "figure2-b"), "vHost5");
        assertTrue(reaches("figure2-b", "vHost1", extra), "the extra vHost answers in its own violin");
        assertFalse(reaches("figure2", "vHost1", extra), "and not in the other");
        for (String outside : List.of(underlay("host1"), underlay("host2"), underlay("host3"))) {
            assertFalse(reaches("figure2", "vHost1", outside), outside + " is an overlay host");
        }
    }

    private static boolean reaches(String name, String node, String address) {
        return violin.run("exec", name, node, "--", "ping", "-c", "1", "-W", "1", address).status() == 0;
    }

    private static String address(String table, String node) {
        Matcher m = Pattern.compile(node + "\\b.*?(\\d+\\.\\d+\\.\\d+\\.\\d+)/", Pattern.DOTALL).matcher(table);
        assertTrue(m.find(), node + " has an address in\n" + table);
        return m.group(1);
    }

    private static String underlay(String host) {
        Matcher m = Pattern.compile(host + "\\b[^\\n]*?(\\d+\\.\\d+\\.\\d+\\.\\d+)").matcher(violin.ok("lab", "status"));
        assertTrue(m.find(), "lab status shows the address of " + host);
        return m.group(1);
    }

    @Test
    @Order(6)
    void aGuestSeesNothingOfTheMachine() {
        String secrets = violin.run("exec", "figure2", "vHost1", "--", "sh", "-c", "cat /etc/shadow; cat /root/.*rc /root/.ssh/* 2>/dev/null").out();
        assertFalse(secrets.contains("$"), "no password hash, no file of the machine's root: " + secrets);
        assertTrue(Integer.parseInt(violin.in("figure2", "vHost1", "sh", "-c", "ls -d /proc/[0-9]* | wc -l")) < 8, "only its own processes");
        assertNotEquals(0, violin.run("exec", "figure2", "vHost1", "--", "sh", "-c", "echo b > /proc/sysrq-trigger").status());
        assertNotEquals(0, violin.run("exec", "figure2", "vHost1", "--", "sh", "-c", "ls /home/* /var/lib/dpkg").status());
        String mounted = violin.in("figure2", "vHost1", "sh", "-c", "ls /dev");
        assertFalse(mounted.contains("vda") || mounted.contains("sda") || mounted.contains("kmsg"), mounted);
    }

    @Test
    @Order(7)
    void aChangedFileChangesOnlyTheDifference() throws Exception {
        violin.in("figure2", "vHost1", "sh", "-c", "sleep 1000 >/dev/null 2>&1 & echo $! > /tmp/pid");
        String text = Files.readString(Path.of(example("figure2.yaml")))
                .replace("    vRouter1:\n", "    vHost6: {kind: vhost}\n    vHost7: {kind: vhost}\n    vRouter2: {kind: vrouter, host: host1}\n"
                        + "    vRouter1:\n")
                .replace("\"vHost4:eth0\"]", "\"vHost4:eth0\", vHost6]")
                + "    vSwitch3: {host: host3, members: [vRouter2, vHost7]}\n"
                + "  links:\n    - endpoints: [\"vRouter1:eth9\", \"vRouter2:eth9\"]\n";
        String changed = file("one-more.yaml", text);
        String report = violin.ok("apply", "-v", changed);
        for (String fresh : List.of("vHost6", "vRouter2", "vSwitch3", "vRouter1:eth9")) assertTrue(report.contains(fresh), report);
        assertFalse(report.contains("vHost1"), report);
        assertFalse(Pattern.compile("remove +v").matcher(report).find(), report);
        violin.ok("ping-all", "figure2");
        violin.in("figure2", "vHost1", "sh", "-c", "kill -0 $(cat /tmp/pid)");
        violin.ok("apply", example("figure2.yaml"));
        assertFalse(Pattern.compile("vHost6|vRouter2|vSwitch3|eth9").matcher(violin.ok("show", "figure2")).find());
        violin.in("figure2", "vHost1", "sh", "-c", "kill -0 $(cat /tmp/pid)");
        violin.ok("ping-all", "figure2");
    }

    @Test
    @Order(8)
    void wrongFilesAreRefusedWithEveryMistakeAndNothingChanges() throws Exception {
        String before = violin.ok("show", "figure2", "-o", "json");
        String bad = file("bad.yaml", String.join("\n",
                "name: figure2", "topology:", "  nodes:", "    a: {kind: vhost, colour: red}", "    b: {kind: toaster}", "    c: {kind: vhost}",
                "  links:", "    - endpoints: [\"a:eth0\", \"nowhere:eth0\"]", ""));
        Violin.Result result = violin.run("apply", bad);
        assertNotEquals(0, result.status());
        for (String needed : List.of("bad.yaml:4", "colour", "bad.yaml:5", "toaster", "bad.yaml:8", "nowhere")) {
            assertTrue(result.err().contains(needed), needed + " in\n" + result.err());
        }
        Violin.Result pinned = violin.run("apply", edited("pinned.yaml", "host3", "host77"));
        assertNotEquals(0, pinned.status());
        assertTrue(pinned.err().contains("host77"), pinned.err());
        Violin.Result large = violin.run("apply", edited("large.yaml", "vHost1: {kind: vhost,", "vHost1: {kind: vhost, memory: 9000G,"));
        assertNotEquals(0, large.status());
        assertTrue(large.err().contains("vHost1"), large.err());
        assertEquals(before, violin.ok("show", "figure2", "-o", "json"));
    }

    @Test
    @Order(9)
    void twoAppliesAtOnceOnTwoHostsNeverMix() throws Exception {
        List<String> files = new ArrayList<>();
        for (int size : List.of(2, 5)) {
            StringBuilder text = new StringBuilder("name: race\ntopology:\n  nodes:\n");
            for (int i = 1; i <= size; i++) text.append("    h").append(size).append('x').append(i).append(": {kind: vhost}\n");
            text.append("  lans:\n    lan: {members: [");
            for (int i = 1; i <= size; i++) text.append(i > 1 ? ", " : "").append('h').append(size).append('x').append(i);
            files.add(file("race" + size + ".yaml", text + "]}\n"));
        }
        var one = CompletableFuture.supplyAsync(() -> violin.run("--host", "host1", "apply", files.get(0)));
        var two = CompletableFuture.supplyAsync(() -> violin.run("--host", "host2", "apply", files.get(1)));
        Violin.Result first = one.get(120, TimeUnit.SECONDS);
        Violin.Result second = two.get(120, TimeUnit.SECONDS);
        assertTrue(first.status() == 0 || second.status() == 0, first.all() + second.all());
        String table = violin.ok("show", "race");
        boolean small = table.contains("h2x1");
        assertNotEquals(small, table.contains("h5x1"), table);
        assertEquals(small ? 3 : 6, entities(table).lines().count(), table);
        violin.ok("ping-all", "race");
        violin.ok("destroy", "race");
    }

    @Test
    @Order(10)
    void jmxShowsAndDoesEverything() throws Exception {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Path classes = Path.of(JmxClient.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        String jmx = file("jmx.yaml", "name: by-jmx\ntopology:\n  nodes:\n    a: {kind: vhost}\n    b: {kind: vhost}\n  links:\n    - endpoints: [\"a:eth0\", \"b:eth0\"]\n");
        String out = violin.ok("lab", "exec", "host1", "--", java.toString(), "-Xmx64m", "-cp", classes.toString(), JmxClient.class.getName(),
                violin.state().resolve("it").resolve("host1").toString(), "127.0.0.1", jmx);
        for (String needed : List.of("Host", "Violin", "Entity", "Port", "Tunnel", "applied", "destroyed")) {
            assertTrue(out.contains(needed), needed + " in\n" + out);
        }
    }

    @Test
    @Order(11)
    void aKilledContainerIsStartedAgainAndItsGuestsNeverStopped() throws Exception {
        String pid = violin.in("figure2", "vHost2", "sh", "-c", "sleep 2000 >/dev/null 2>&1 & echo $!");
        violin.ok("lab", "kill", "host2");
        violin.ok("lab", "start", "host2");
        Violin.eventually("all pairs answer again", 60, () -> violin.run("ping-all", "figure2").status() == 0);
        violin.in("figure2", "vHost2", "kill", "-0", pid);
    }

    @Test
    @Order(12)
    void hostsGoOnForwardingWithoutTheFirst() throws Exception {
        String lan = file("pair.yaml", "name: pair\ntopology:\n  nodes:\n    a: {kind: vhost, host: host2}\n    b: {kind: vhost, host: host3}\n"
                + "  links:\n    - endpoints: [\"a:eth0\", \"b:eth0\"]\n");
        violin.ok("apply", lan);
        violin.ok("lab", "kill", "host1");
        try {
            Violin.Result ping = violin.run("--host", "host2", "exec", "pair", "a", "--", "ping", "-c", "10", "-i", "0.5", "-W", "1", "b");
            assertEquals(0, ping.status(), ping.all());
            assertTrue(ping.out().contains(" 0% packet loss"), ping.out());
        } finally {
            violin.ok("lab", "start", "host1");
        }
        Violin.eventually("orders work again", 60, () -> violin.run("destroy", "pair").status() == 0);
    }

    @Test
    @Order(13)
    void allHostsStartAgainFromTheStoredSpec() throws Exception {
        for (String host : List.of("host1", "host2", "host3")) violin.ok("lab", "kill", host);
        Set<Long> guests = Traces.guestsBelow(violin.state());
        assertFalse(guests.isEmpty(), "guests outlive their containers");
        // As a reboot does: the guests are gone, too.
        for (long pid : guests) new ProcessBuilder("kill", "-KILL", Long.toString(pid)).start().waitFor();
        violin.ok("lab", "start", "host1", "host2", "host3");
        Violin.eventually("figure2 answers", 90, () -> violin.run("ping-all", "figure2").status() == 0);
        Violin.eventually("figure2-b answers", 90, () -> violin.run("ping-all", "figure2-b").status() == 0);
    }

    @Test
    @Order(14)
    void aNetworkOfTheTopologyZooRuns() {
        String data = System.getenv().getOrDefault("VIOLIN_DATA", Violin.ROOT.resolve("../shared/data").normalize().toString());
        Path geant = Path.of(data, "topology-zoo", "Geant2012.graphml");
        assumeTrue(Files.exists(geant), "no data folder: " + geant);
        violin.ok("destroy", "figure2-b");
        violin.ok("apply", geant.toString());
        Matcher name = Pattern.compile("(?i)\\b(geant[a-z0-9_.-]*)").matcher(violin.ok("list"));
        assertTrue(name.find());
        violin.ok("ping-all", name.group(1));
        violin.ok("destroy", name.group(1));
    }

    @Test
    @Order(15)
    void eventsTellWhatHappened() {
        String events = violin.ok("events");
        assertTrue(events.contains("figure2"), events);
        assertTrue(violin.ok("hosts").contains("host3"));
    }

    @Test
    @Order(20)
    void nothingIsLeft() throws Exception {
        violin.ok("destroy", "figure2");
        assertFalse(violin.ok("list").contains("figure2"));
        Set<String> guests = new TreeSet<>(Traces.now());
        guests.removeIf(t -> !t.contains("violin-guest"));
        assertEquals(Set.of(), guests, "no guest's process after destroy");
        violin.ok("apply", example("figure2.yaml")); // a lab that goes down takes its running guests along
        violin.ok("lab", "down");
        Set<String> left = new TreeSet<>(Traces.now());
        left.removeAll(before);
        assertEquals(Set.of(), left);
        assertFalse(Files.exists(violin.state().resolve("it")), "the lab's state is gone");
    }
}
