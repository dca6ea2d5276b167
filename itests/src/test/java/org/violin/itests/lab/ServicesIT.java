// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** An office behind a vRouter with all services, spread over two overlay hosts. Needs root. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ServicesIT {
    private static final String OFFICE = """
            name: office
            routing: ospf
            addressing: {ipv6: none}
            topology:
              nodes:
                gate:
                  kind: vrouter
                  host: host1
                  services:
                    nat: {out: eth0, inside: 10.1.0.0/16, forward: [{protocol: tcp, port: 8080, to: "10.1.0.5:80"}]}
                    firewall: {policy: drop, rules: [{action: accept, in: eth1}, ct status dnat accept]}
                    dhcp: {on: eth1, range: 10.1.0.100-10.1.0.199}
                    dns: {domain: lab.violin, on: eth1, records: {www: 10.1.0.5}}
                    shape: {eth1: 20M}
                cache: {kind: vrouter, host: host2, services: {anycast: {addresses: 10.200.0.53, check: test -e /tmp/healthy, interval: 200ms, fails: 2}}}
                alice: {host: host2, interfaces: {eth0: {ipv4: 10.1.0.3}}}
                web: {host: host1, interfaces: {eth0: {ipv4: 10.1.0.5}}}
                isp: {host: host2, interfaces: {eth0: {ipv4: 192.0.2.9}}}
              lans:
                outside: {members: ["gate:eth0", "isp:eth0"], subnet: 192.0.2.0/24, host: host2}
                inside: {members: ["gate:eth1", "cache:eth0", "alice:eth0", "web:eth0"], subnet: 10.1.0.0/24, host: host1}
            """;
    private static final String WITH_A_WAY_OUT = OFFICE.replace("      host: host1\n      services:", "      host: host1\n      uplink: true\n      services:");
    private static final String POLICY = "org.violin.router.services";

    private static OwnLab lab;
    private static Violin violin;

    @BeforeAll
    static void labUp() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root: network namespaces");
        lab = new OwnLab("sv", 2);
        violin = lab.violin;
        violin.ok("apply", lab.file("office.yaml", OFFICE));
        Violin.eventually("all services are ready", 30, () -> {
            for (String kind : new String[] {"nat", "firewall", "dhcp", "dns", "shape"}) if (!service(kind).get("state").asText().equals("ready")) return false;
            return true;
        });
        for (String node : new String[] {"web", "isp"}) perl(node, GuestPrograms.SERVER, "80");
    }

    @AfterAll
    static void labDown() throws IOException {
        if (lab != null) lab.close();
    }

    private static String perl(String node, String program, String... words) {
        return GuestPrograms.perl(violin, "office", node, program, words);
    }

    /** Of the gate. */
    private static JsonNode service(String kind) throws IOException {
        for (JsonNode one : lab.routers("office").get("gate").get("services")) if (one.get("kind").asText().equals(kind)) return one;
        throw new AssertionError("gate has no service " + kind);
    }

    private static long counted(String kind, String counter) throws IOException {
        return service(kind).get("counters").path(counter).asLong(-1);
    }

    @Test
    @Order(1)
    void whatLeavesHasTheRoutersAddressAndAPortLeadsInside() throws Exception {
        assertEquals("192.0.2.1", perl("alice", GuestPrograms.SEEN_AS, "192.0.2.9", "80"));
        assertEquals("192.0.2.1", perl("alice", GuestPrograms.SEEN_AS, "192.0.2.9", "80"));
        assertEquals(2, counted("nat", "out_ipv4.packets"), "one for each connection");
        assertEquals(0, counted("nat", "forward_tcp_8080.packets"));
        assertEquals("192.0.2.9", perl("isp", GuestPrograms.SEEN_AS, "192.0.2.1", "8080"));
        assertEquals(1, counted("nat", "forward_tcp_8080.packets"));
        assertEquals("", perl("isp", GuestPrograms.SEEN_AS, "10.1.0.5", "80"), "the firewall lets nobody else in");
    }

    @Test
    @Order(2)
    void aReloadedFirewallKeepsTheConnectionsItLetIn() throws Exception {
        perl("isp", GuestPrograms.TALKER, "192.0.2.1", "8080", "/tmp/said");
        Violin.eventually("the connection is used", 10, () -> said() > 2);
        violin.ok("apply", lab.file("closed.yaml", OFFICE.replace(", ct status dnat accept]", "]")));
        assertFalse(violin.in("office", "gate", "nft", "list", "table", "inet", "violin_firewall").contains("dnat"), "the rule is gone");
        assertEquals("", perl("isp", GuestPrograms.SEEN_AS, "192.0.2.1", "8080"), "a new connection is dropped");
        int since = said();
        Violin.eventually("the old one goes on", 10, () -> said() > since + 10);
        violin.ok("apply", lab.file("office.yaml", OFFICE));
        assertEquals("192.0.2.9", perl("isp", GuestPrograms.SEEN_AS, "192.0.2.1", "8080"));
        int again = said();
        Violin.eventually("the old one goes on", 10, () -> said() > again + 5);
    }

    private static int said() {
        String text = violin.run("exec", "office", "isp", "--", "cat", "/tmp/said").out().strip();
        return text.isEmpty() ? 0 : Integer.parseInt(text);
    }

    @Test
    @Order(3)
    void aVHostGetsItsAddressByDhcpAndNamesByDns() throws Exception {
        String mac = violin.in("office", "alice", "cat", "/sys/class/net/eth0/address").replace(":", "");
        assertEquals("10.1.0.3", perl("alice", GuestPrograms.LEASE, "eth0", mac), "a node of the file gets the file's address");
        String other = perl("alice", GuestPrograms.LEASE, "eth0", "02aa00000001");
        assertTrue(other.matches("10\\.1\\.0\\.1[0-9][0-9]"), other);
        assertEquals(2, counted("dhcp", "leases"));
        violin.in("office", "alice", "sh", "-c", "echo nameserver 10.1.0.1 > /etc/resolv.conf; sed -i 's/^hosts:.*/hosts: dns/' /etc/nsswitch.conf");
        assertTrue(violin.in("office", "alice", "getent", "ahostsv4", "www.lab.violin").startsWith("10.1.0.5 "));
        assertNotEquals(0, violin.run("exec", "office", "alice", "--", "getent", "ahostsv4", "nobody.lab.violin").status());
    }

    @Test
    @Order(4)
    void whatIsShapedIsDelayedToTheRateWhichChangesInPlace() throws Exception {
        violin.in("office", "isp", "sh", "-c", "iperf3 -s -D >/dev/null");
        long before = counted("shape", "eth1.bytes");
        assertTrue(download() < 24e6, "goodput is below the rate");
        assertTrue(violin.in("office", "gate", "tc", "qdisc", "show", "dev", "eth1").contains("rate 20Mbit"));
        assertTrue(counted("shape", "eth1.delayed") > 0, "packets waited");
        long first = counted("shape", "eth1.bytes");
        assertTrue(first - before >= 3 << 20, "all of it passed there");
        violin.ok("apply", lab.file("faster.yaml", OFFICE.replace("eth1: 20M", "eth1: 40M")));
        assertTrue(violin.in("office", "gate", "tc", "qdisc", "show", "dev", "eth1").contains("rate 40Mbit"));
        assertTrue(download() < 48e6, "goodput is below the new rate");
        assertTrue(counted("shape", "eth1.bytes") - first >= 3 << 20, "the counters go on");
        violin.ok("apply", lab.file("office.yaml", OFFICE));
    }

    /** Bits per second of 3 MiB of TCP from isp to alice, as alice got them. */
    private static double download() throws IOException {
        String report = violin.in("office", "alice", "sh", "-c",
                "for i in 1 2 3 4 5 6 7 8; do iperf3 -4 -c 192.0.2.9 -R -n 3M -J >/tmp/iperf && cat /tmp/iperf && exit 0; sleep 0.5; done; exit 1");
        return new ObjectMapper().readTree(report).at("/end/sum_received/bits_per_second").asDouble();
    }

    @Test
    @Order(5)
    void anAnycastAddressIsThereWhileItsCheckSucceeds() throws Exception {
        assertFalse(violin.in("office", "gate", "ip", "route").contains("10.200.0.53"), "it was never well");
        violin.in("office", "cache", "touch", "/tmp/healthy");
        Violin.eventually("the gate has learnt it", 20, () -> violin.in("office", "gate", "ip", "route").contains("10.200.0.53"));
        violin.in("office", "alice", "ping", "-c", "1", "-W", "2", "10.200.0.53");
        violin.in("office", "cache", "rm", "/tmp/healthy");
        Violin.eventually("it is withdrawn", 20, () -> !violin.in("office", "gate", "ip", "route").contains("10.200.0.53"));
        assertNotEquals(0, violin.run("exec", "office", "alice", "--", "ping", "-c", "1", "-W", "1", "10.200.0.53").status());
        assertTrue(violin.ok("events", "--host", "host2", "-n", "100").contains("router/anycast/withdrawn"));
    }

    @Test
    @Order(6)
    void aWayOutIsRefusedUnlessTheOverlayHostAllowsIt() throws Exception {
        assertFalse(violin.ok("show", "office").contains("WAY OUT"));
        Violin.Result refused = violin.run("apply", lab.file("out.yaml", WITH_A_WAY_OUT));
        assertEquals(1, refused.status(), refused.all());
        assertTrue(refused.err().contains("this overlay host allows no way out"), refused.err());
        assertTrue(violin.ok("show", "office").contains("WAY OUT ASKED FOR, not given, at gate"));
        assertFalse(reaches("alice", lab.underlay("host2")));

        lab.configure("host1", POLICY, "uplink=true\n");
        Violin.eventually("it is given", 30, () -> violin.ok("show", "office").contains("WAY OUT of the violin at gate, to the network of host1"));
        Violin.eventually("alice gets out", 10, () -> reaches("alice", lab.underlay("host2")));
        assertFalse(reaches("alice", lab.underlay("host1")), "the overlay host itself cannot be reached");
        assertTrue(counted("uplink", "out.packets") > 0 && counted("uplink", "back.packets") > 0, service("uplink").toString());
        assertEquals("192.0.2.1", perl("alice", GuestPrograms.SEEN_AS, "192.0.2.9", "80"), "the violin's own addresses stay inside");
    }

    private static boolean reaches(String node, String address) {
        return violin.run("exec", "office", node, "--", "ping", "-c", "1", "-W", "1", address).status() == 0;
    }

    @Test
    @Order(7)
    void verifySaysWhatTheWayOutOpensAndThatNothingElseIs() throws Exception {
        Violin.Result result = violin.run("verify", "office");
        assertEquals(0, result.status(), result.all());
        assertTrue(result.out().contains("WAY OUT at [gate to the network of host1] opens: "), result.all());
        assertTrue(result.out().contains("of " + lab.underlay("host2") + " answers"), result.all());
        assertFalse(result.out().contains("of " + lab.underlay("host1") + " answers"), result.all());
    }

    @Test
    @Order(8)
    void anOverlayHostThatForbidsItAgainTakesItAway() throws Exception {
        lab.configure("host1", POLICY, "uplink=false\n");
        Violin.eventually("it is taken away", 30, () -> violin.ok("show", "office").contains("WAY OUT ASKED FOR, not given, at gate"));
        assertFalse(reaches("alice", lab.underlay("host2")));
        assertFalse(violin.ok("lab", "exec", "host1", "--", "nft", "list", "ruleset").contains("violin-uplink"));
        lab.configure("host1", POLICY, "uplink=true\n"); // so that the lab goes down with one
        Violin.eventually("it is given again", 30, () -> reaches("alice", lab.underlay("host2")));
    }

    @Test
    @Order(9)
    void aSwapThatWouldLoseTranslationsAsksWhereverTheRouterIs() throws Exception {
        String click = System.getenv().getOrDefault("VIOLIN_CLICK", "");
        assumeTrue(!click.isEmpty() && Files.isExecutable(Path.of(click)), "no click: set VIOLIN_CLICK to the program");
        violin.ok("apply", lab.file("translated.yaml", """
                name: translated
                routing: click
                addressing: {ipv6: none}
                topology:
                  nodes:
                    far:
                      kind: vrouter
                      host: host2
                      interfaces: {eth1: {click.splice: "nat :: IPAddrRewriter(pattern 10.2.0.9 - 0 0); input -> nat -> output;"}}
                    a: {host: host1}
                    b: {host: host2}
                  links:
                    - {endpoints: ["far:eth0", "a:eth0"], subnet: 10.1.0.0/24}
                    - {endpoints: ["far:eth1", "b:eth0"], subnet: 10.2.0.0/24}
                """));
        violin.run("exec", "translated", "a", "--", "ping", "-c", "10", "-i", "0.5", "-W", "1", "b"); // the first may come before the routes
        for (String[] scope : new String[][] {{"translated", "far"}, {"translated"}}) {
            Violin.Result asked = violin.run(words("swap", "routing", "kernel", scope));
            assertEquals(1, asked.status(), asked.all());
            assertTrue(asked.err().contains("This swap loses:") && asked.err().contains("far: ") && asked.err().contains("svc_eth1/nat"), asked.err());
            assertTrue(asked.err().contains("swap --yes routing kernel " + String.join(" ", scope)), asked.err());
            assertEquals("click", lab.routers("translated").get("far").get("forwarding").asText(), "nothing was done");
        }
        violin.ok("swap", "--yes", "routing", "kernel", "translated");
        violin.in("translated", "a", "ping", "-c", "1", "-W", "2", "b");
        violin.ok("destroy", "translated");
    }

    private static String[] words(String verb, String role, String kind, String... scope) {
        return Stream.concat(Stream.of(verb, role, kind), Stream.of(scope)).toArray(String[]::new);
    }

    @Test
    @Order(10)
    void wrongWordsAreRefusedWithWhatWhereAndTheRule() throws Exception {
        String before = violin.ok("show", "office", "-o", "json");
        refused("office/alice is a vhost: only vRouters have routes", "routes", "office", "alice");
        refused("office/nobody: there is no such node", "routes", "office", "nobody");
        refused("nothere: there is no violin of that name", "routers", "nothere");
        refused("office/nobody: no such vRouter", "routers", "office", "nobody");
        refused("office/gate has no forwarding of its own", "click", "office", "gate", "read", "list");
        refused("office/alice is a vhost: only vRouters forward", "click", "office", "alice", "read", "list");
        refused("'push': read or write", "click", "office", "gate", "push", "list");
        refused("'nobody': office has no such node", "swap", "routing", "kernel", "office", "nobody");
        refused("'nothere': there is no violin of that name", "swap", "routing", "kernel", "nothere");
        refused("'alice': a vhost does not route", "swap", "routing", "kernel", "office", "alice");
        refused("'clack': no such provider", "swap", "routing", "clack", "office", "gate");
        for (String[] wrong : new String[][] {
            {"routing: ospf", "routing: opsf", "office: 'opsf': nothing of that kind is installed"},
            {"routing: ospf", "routing: {protocols: opsf}", ":2: 'opsf': no protocol; known are"},
            {"routing: ospf", "routing: {protocols: ospf, hello: soon}", ":2: 'soon': hello must be a duration"},
            {"routing: ospf", "routing: {protocols: ospf, bfd: maybe}", ":2: 'maybe': bfd must be one of true, false"},
            {"routing: ospf", "routing: {protocols: ospf, speed: 1}", ":2: 'speed': unknown key of 'routing'"},
            {"kind: vrouter", "kind: vrouter\n      as: 0", ":8: '0': as must be an autonomous system"},
            {"kind: vrouter", "kind: vrouter\n      router-id: 1.2.3", ":8: '1.2.3': router-id must be four numbers"},
            {"eth1: 20M", "eth1: fast", "'fast': the rate of 'eth1' must be a rate"},
            {"out: eth0", "out: eth7", "'eth7': no interface of 'gate', for its service nat"},
        }) {
            refused(wrong[2], "apply", lab.file("wrong.yaml", OFFICE.replaceFirst(Pattern.quote(wrong[0]), wrong[1])));
        }
        assertEquals(wanted(before), wanted(violin.ok("show", "office", "-o", "json")), "nothing changed");
    }

    /** Without what is observed: a way out that was forbidden in between comes back by itself. */
    private static String wanted(String json) {
        return json.replaceAll("(?m)^ *\"(state|reason)\" :.*$", "");
    }

    private static void refused(String message, String... words) {
        Violin.Result result = violin.run(words);
        assertNotEquals(0, result.status(), String.join(" ", words));
        assertTrue(result.err().contains(message), message + " in: " + result.all());
        assertEquals(1, result.err().strip().lines().count(), result.err());
    }

    @Test
    @Order(20)
    void nothingIsLeft() throws Exception {
        violin.ok("lab", "down");
        assertEquals(Set.of(), lab.traces());
    }
}
