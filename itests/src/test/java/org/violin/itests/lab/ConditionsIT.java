// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Two vHosts on two overlay hosts, a vRouter between them, and links that do more than carry. Needs root. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ConditionsIT {
    private static final String FILE = """
            name: wan
            seed: 7
            addressing: {ipv6: none}
            topology:
              nodes:
                a: {host: host1, interfaces: {eth0: {ipv4: 10.1.0.2}}}
                r: {kind: vrouter, host: host1}
                b: {host: host2, interfaces: {eth0: {ipv4: 10.2.0.2}}}
              links:
                - {endpoints: ["a:eth0", "r:eth0"], subnet: 10.1.0.0/24}
                - {endpoints: [{node: r, interface: eth1, delay: 15ms}, {node: b, interface: eth0}], subnet: 10.2.0.0/24, delay: 10ms}
            """;

    /** $1 address, $2 port, $3 count, $4 bytes, $5 a second: numbered datagrams. */
    private static final String SEND = """
            use IO::Socket::INET; use Time::HiRes qw(time sleep);
            my ($to, $port, $count, $bytes, $rate) = @ARGV;
            my $s = IO::Socket::INET->new(Proto => 'udp', PeerAddr => $to, PeerPort => $port) or die $!;
            my $start = time;
            for my $n (1 .. $count) {
                my $ahead = $start + $n / $rate - time; sleep $ahead if $ahead > 0.001;
                $s->send(pack('N', $n) . 'x' x ($bytes - 4));
            }""";
    /** $1 port: prints the numbers it hears, in order, until nothing came for three seconds. */
    private static final String HEAR = """
            use IO::Socket::INET;
            my $s = IO::Socket::INET->new(Proto => 'udp', LocalPort => shift) or die $!;
            my @heard;
            while (1) {
                my $ready = ''; vec($ready, fileno($s), 1) = 1;
                last unless select($ready, undef, undef, 3);
                $s->recv(my $d, 2000); push @heard, unpack('N', $d);
            }
            print join(' ', @heard);""";

    private static OwnLab lab;
    private static Violin violin;
    private static String file;

    @BeforeAll
    static void labUp() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root: network namespaces");
        lab = new OwnLab("cd", 2);
        violin = lab.violin;
        file = lab.file("wan.yaml", FILE);
        violin.ok("apply", file);
    }

    @AfterAll
    static void labDown() throws IOException {
        if (lab != null) lab.close();
    }

    /** Shortest round trip of ten, ms. */
    private static double ping() {
        String said = violin.in("wan", "a", "ping", "-n", "-q", "-c", "10", "-i", "0.05", "-W", "5", "10.2.0.2");
        Matcher times = Pattern.compile("= ([0-9.]+)/").matcher(said);
        assertTrue(times.find(), said);
        assertTrue(said.contains(" 0% packet loss"), said);
        return Double.parseDouble(times.group(1));
    }

    private static JsonNode direction(String from) throws IOException {
        for (JsonNode d : lab.json("link", "wan", "r", "b", "-o", "json")) if (d.get("from").asText().equals(from)) return d;
        throw new AssertionError("no direction from " + from);
    }

    /** The numbers that b heard of so many that a sent. */
    private static String heard(int count, int bytes, int rate, Runnable meanwhile) throws Exception {
        StringBuilder heard = new StringBuilder();
        Thread listener = new Thread(() -> heard.append(GuestPrograms.perl(violin, "wan", "b", HEAR, "5001")));
        listener.start();
        Violin.eventually("b listens", 20, () -> violin.in("wan", "b", "cat", "/proc/net/udp").contains(":1389 "));
        Thread sender = new Thread(() -> GuestPrograms.perl(violin, "wan", "a", SEND, "10.2.0.2", "5001", "" + count, "" + bytes, "" + rate));
        sender.start();
        meanwhile.run();
        sender.join();
        listener.join();
        return heard.toString();
    }

    @Test
    @Order(1)
    void eachDirectionHasItsDelayAlsoBetweenHosts() throws Exception {
        double millis = ping();
        assertTrue(millis >= 25, "15 ms there and 10 ms back, measured " + millis);
        assertEquals("15", direction("r:eth1").at("/settings/delay").asText());
        assertEquals("10", direction("b:eth0").at("/settings/delay").asText());
        assertEquals("host2", direction("b:eth0").get("host").asText());
        assertTrue(direction("r:eth1").at("/counters/packets").asLong() >= 10);
    }

    @Test
    @Order(2)
    void aChangeWhileTrafficFlowsLosesNothing() throws Exception {
        String all = heard(3000, 200, 1500, () -> {
            for (String delay : new String[] {"40ms", "5ms", "0.5ms", "20ms"}) violin.ok("link", "wan", "r", "b", "set", "delay=" + delay);
        });
        String[] numbers = all.split(" ");
        assertEquals(3000, numbers.length);
        assertEquals(3000, Set.of(numbers).size());
        assertTrue(ping() >= 40);
        assertTrue(violin.ok("plan", file).contains("conditions"), "the file says otherwise");
        violin.ok("apply", file);
        assertEquals("15", direction("r:eth1").at("/settings/delay").asText());
        assertTrue(violin.ok("apply", file).contains("nothing to do"));
    }

    @Test
    @Order(4)
    void packetsAreLostByTheSeedAndTheCountersSaySo() throws Exception {
        violin.ok("link", "wan", "r", "b", "set", "--from", "r", "loss=10%", "delay=none");
        long before = direction("r:eth1").at("/counters/lost").asLong();
        int heard = heard(3000, 100, 3000, () -> {}).split(" ").length;
        long lost = direction("r:eth1").at("/counters/lost").asLong() - before;
        assertTrue(lost > 200 && lost < 400, "10 % of 3,000: " + lost);
        assertTrue(heard >= 3000 - lost && heard <= 3000 - lost + 5, heard + " heard, " + lost + " lost, ARP among them");
    }

    @Test
    @Order(5)
    void aRateMakesAQueueThatIsBounded() throws Exception {
        violin.ok("link", "wan", "r", "b", "reset");
        violin.ok("link", "wan", "r", "b", "set", "rate=1M", "queue=20p");
        int heard = heard(1000, 1000, 1000, () -> {}).split(" ").length;
        JsonNode counters = direction("r:eth1").get("counters");
        long dropped = counters.get("queue-dropped").asLong();
        // A second of 8 Mbit/s into 1 Mbit/s.
        assertTrue(dropped > 500, counters.toString());
        assertTrue(heard + dropped >= 1000 && heard + dropped <= 1005, heard + " heard, " + counters);
        assertTrue(counters.get("peak-bytes").asLong() < 200_000, counters.toString());
    }

    @Test
    @Order(6)
    void downTakesTheCarrierAndCutDoesNot() throws Exception {
        violin.ok("link", "wan", "r", "b", "reset");
        violin.ok("link", "wan", "r", "b", "down");
        Violin.eventually("no carrier", 10, () -> violin.in("wan", "r", "cat", "/sys/class/net/eth1/operstate").equals("down")
                && violin.in("wan", "b", "cat", "/sys/class/net/eth0/operstate").equals("down"));
        assertEquals("down", direction("b:eth0").at("/settings/state").asText());
        violin.ok("link", "wan", "r", "b", "cut");
        Violin.eventually("carrier", 10, () -> violin.in("wan", "r", "cat", "/sys/class/net/eth1/carrier").equals("1"));
        assertNotEquals(0, violin.run("exec", "wan", "a", "--", "ping", "-c", "1", "-W", "1", "10.2.0.2").status());
        violin.ok("link", "wan", "r", "b", "up");
        ping();
    }

    @Test
    @Order(7)
    void whatIsWrongIsToldAllAtOnceAndChangesNothing() throws Exception {
        Violin.Result wrong = violin.run("link", "wan", "r", "b", "set", "dely=5ms", "loss=120");
        assertEquals(2, wrong.status());
        assertTrue(wrong.err().contains("'dely'") && wrong.err().contains("'120'"), wrong.err());
        wrong = violin.run("link", "wan", "r", "b", "set", "queue=100p");
        assertTrue(wrong.status() == 2 && wrong.err().contains("queue: needs 'rate'"), wrong.err());
        wrong = violin.run("link", "wan", "r", "b", "set", "loss=120", "rate=fast");
        assertTrue(wrong.status() != 0 && wrong.err().contains("120") && wrong.err().contains("fast"), wrong.err());
        wrong = violin.run("link", "wan", "a", "b");
        assertTrue(wrong.status() == 1 && wrong.err().contains("no vLink joins a and b; from a they lead to r"), wrong.err());
        wrong = violin.run("link", "wan", "r", "b", "sideways");
        assertEquals(2, wrong.status());
        ping();
    }

    /** The file with the timeline, whose perl programs stand in it as blocks. */
    private static String withTimeline() {
        String steps = """
            timeline:
              duration: 8s
              sample: 200ms
              steps:
                - {at: 0s, set: a--r, from: "a:eth0", loss: 20%}
                - at: 200ms
                  run: b
                  name: heard
                  command: |
                    perl - 5001 <<'EOF'
            HEAR
                    EOF
                - at: 1500ms
                  run: a
                  command: |
                    perl - 10.2.0.2 5001 500 100 500 <<'EOF'
            SEND
                    EOF
                - {at: 6500ms, down: r--b}
                - {at: 7s, up: r--b}
                - {at: 7s, crash: b}
                - {at: 7500ms, start: b}
              probes:
                - {ping: [r, a], every: 100ms, for: 1s}
            """;
        return FILE + steps.replace("HEAR", HEAR.indent(8).stripTrailing()).replace("SEND", SEND.indent(8).stripTrailing());
    }

    @Test
    @Order(8)
    void anExperimentRunTwiceMeetsTheSameFates() throws Exception {
        violin.ok("apply", lab.file("timed.yaml", withTimeline()));
        String[] heard = new String[2];
        JsonNode[] scripts = new JsonNode[2];
        for (int i = 0; i < 2; i++) {
            Violin.eventually("b is back", 30, () -> violin.run("exec", "wan", "a", "--", "ping", "-c", "1", "-W", "1", "10.2.0.2").status() == 0);
            java.nio.file.Path to = java.nio.file.Path.of(lab.file("mark" + i, "")).resolveSibling("run" + i);
            JsonNode result = lab.json("run", "wan", "--to", to.toString(), "-o", "json");
            assertEquals("[]", result.get("failures").toString());
            heard[i] = java.nio.file.Files.readString(to.resolve("outputs").resolve("heard.txt")).strip();
            scripts[i] = result.get("events");
            for (String name : new String[] {"report.html", "events.csv", "links.csv", "links.json", "run.json", "spec.json"}) {
                assertTrue(java.nio.file.Files.size(to.resolve(name)) > 0, name);
            }
        }
        int count = heard[0].split(" ").length;
        assertTrue(count > 350 && count < 450, "20 % of 500 lost: " + heard[0]);
        assertEquals(heard[0], heard[1], "the same datagrams are lost");
        for (int i = 0; i < 2; i++) assertTrue(scripts[i].findValuesAsText("action").containsAll(java.util.List.of("set", "down", "up", "crash", "start")), scripts[i].toString());
        assertEquals(actions(scripts[0]), actions(scripts[1]), "the same events in the same order");
        Violin.eventually("all is as in the file again", 20, () -> violin.in("wan", "r", "cat", "/sys/class/net/eth1/operstate").equals("up"));
        Violin.eventually("b is back", 30, () -> violin.run("exec", "wan", "a", "--", "ping", "-c", "1", "-W", "1", "10.2.0.2").status() == 0);
        assertTrue(ping() >= 25);
    }

    /** Of the script: not what ends when it ends. */
    private static java.util.List<String> actions(JsonNode events) {
        java.util.List<String> actions = new java.util.ArrayList<>();
        for (JsonNode e : events) if (!e.get("action").asText().endsWith("ends")) actions.add(e.get("action").asText() + " " + e.get("subject").asText());
        return actions;
    }

    @Test
    @Order(9)
    void nothingIsLeft() throws Exception {
        violin.ok("apply", file);
        violin.ok("destroy", "wan");
        violin.ok("lab", "down");
        assertEquals(Set.of(), lab.traces());
    }
}
