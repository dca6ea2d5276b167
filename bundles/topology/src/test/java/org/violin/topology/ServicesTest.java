// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Services become flat attributes; what is wrong with them is told with its line. */
class ServicesTest {
    private static final String LANS = "  lans:\n    in: {members: [r], subnet: 10.1.0.0/24}\n    out: {members: [r], subnet: 192.0.2.0/24}\n";

    private static Map<String, String> attributes(String head, String services) {
        String text = "name: x\ntopology:\n" + head + "  nodes:\n    r:\n      kind: vrouter\n" + services.indent(6) + LANS;
        return new TreeMap<>(Reading.spec(text, null).node("r").orElseThrow().attributes());
    }

    private static List<String> mistakes(String services) {
        String text = "name: x\ntopology:\n  nodes:\n    r:\n      kind: vrouter\n" + services.indent(6) + LANS;
        return Reading.of("x.yaml", text).mistakes().stream().map(Object::toString).toList();
    }

    @Test
    void everySettingHasOneForm() {
        Map<String, String> all = attributes("", """
                uplink: {network: 192.168.250.0/30}
                services:
                  nat:
                    out: eth1
                    inside: [10.1.0.0/16, "fd01::/64"]
                    forward:
                      - {port: 8080, to: "10.1.0.5:80"}
                      - {protocol: udp, port: 5000-5010, to: 10.1.0.6}
                      - {port: 443, to: "[fd01::5]:8443"}
                  firewall:
                    policy: drop
                    rules:
                      - tcp dport 22 drop
                      - {action: accept, in: eth0, out: uplink, from: 10.1.0.0/24, to: 192.0.2.7, protocol: tcp, port: 80}
                      - {action: reject, protocol: icmpv6}
                    input: {action: drop, in: eth1}
                    text: |
                      chain more {
                      }
                  dhcp: {on: eth0, range: 10.1.0.100-10.1.0.199, lease: 1h, dns: 10.1.0.1}
                  dns: {domain: lab.violin, on: [eth0, eth1], forward: [192.0.2.53], records: {www: 10.1.0.5}}
                  shape: {eth0: 20M, eth1: 1Gbit}
                  anycast: {addresses: 10.200.0.53, check: "true | grep -q x", interval: 500ms, fails: 2}
                """);
        Map<String, String> wanted = new TreeMap<>(Map.of("service.uplink", "true", "service.uplink.network", "192.168.250.0/30",
                "service.nat", "true", "service.nat.out", "eth1", "service.nat.inside", "10.1.0.0/16,fd01::/64",
                "service.nat.forward", "tcp/8080=10.1.0.5:80,udp/5000-5010=10.1.0.6,tcp/443=[fd01::5]:8443", "service.firewall", "true",
                "service.firewall.policy", "drop", "service.firewall.input", "iifname \"eth1\" drop", "service.firewall.text", "chain more {\n}\n"));
        wanted.putAll(Map.of("service.firewall.rules", "tcp dport 22 drop\niifname \"eth0\" oifname \"uplink\" ip saddr 10.1.0.0/24 ip daddr 192.0.2.7 "
                + "tcp dport 80 accept\nmeta l4proto ipv6-icmp reject", "service.dhcp", "true", "service.dhcp.on", "eth0", "service.dhcp.range",
                "10.1.0.100-10.1.0.199", "service.dhcp.lease", "3600", "service.dhcp.dns", "10.1.0.1", "service.dns", "true",
                "service.dns.domain", "lab.violin", "service.dns.on", "eth0,eth1", "service.dns.forward", "192.0.2.53"));
        wanted.putAll(Map.of("service.dns.records", "www=10.1.0.5", "service.shape", "true", "service.shape.eth0", "20000000", "service.shape.eth1",
                "1000000000", "service.anycast", "true", "service.anycast.addresses", "10.200.0.53/32", "service.anycast.check", "true | grep -q x",
                "service.anycast.interval", "500", "service.anycast.fails", "2"));
        assertEquals(wanted, all);
    }

    @Test
    void aServiceIsOverruledAsAWholeAndCanBeTakenAway() {
        String kinds = "  kinds: {vrouter: {uplink: true, services: {dns: {domain: a.b, forward: 192.0.2.53}, firewall: {policy: drop}}}}\n";
        assertEquals(Map.of("service.uplink", "true", "service.dns", "true", "service.dns.domain", "c.d", "service.firewall", "true",
                "service.firewall.policy", "drop"), attributes(kinds, "services: {dns: {domain: c.d}}"));
        assertEquals(Map.of("service.dns", "true"), attributes(kinds, "uplink: false\nservices: {dns: true, firewall: false}"));
        assertTrue(attributes("", "uplink:").isEmpty(), "a way out only when asked");
        assertFalse(attributes(kinds, "labels: {a: b}").isEmpty());
    }

    @Test
    void allMistakesAreToldAtOnceWithTheirLines() {
        List<String> found = mistakes("""
                uplink: maybe
                services:
                  nat: {inside: 10.1.0.0/33, forward: [{port: 0, to: 10.1.0.5}, {port: 5-9, to: "10.1.0.5:7"}, {to: x}]}
                  firewal: {}
                  firewall:
                    policy: deny
                    rules: [{action: allow, port: 80}, {in: eth9, action: drop}]
                  dhcp: {range: 10.1.0.9-10.1.0.1, lease: 5}
                  shape: {eth0: fast, eth7: 10M}
                  anycast: {check: "", interval: 1us, fails: 0}
                """);
        for (String start : List.of("x.yaml:6: 'maybe': 'uplink' must be a mapping", "x.yaml:8: 'nat' needs 'out:'", "x.yaml:8: '10.1.0.0/33': 'inside' must",
                "x.yaml:8: '0': port must be a port from 1", "x.yaml:8: '10.1.0.5:7': several ports", "x.yaml:8: a forward needs 'port:'",
                "x.yaml:8: 'x': to must be", "x.yaml:9: 'firewal': unknown key of 'services'; did you mean 'firewall'?", "x.yaml:11: 'deny': policy must be accept",
                "x.yaml:12: 'allow': action must be", "x.yaml:12: '80': a port needs", "x.yaml:13: 'dhcp' needs 'on:'", "x.yaml:13: '10.1.0.9-10.1.0.1': 'range'",
                "x.yaml:13: '5': lease must", "x.yaml:14: 'fast': the rate of 'eth0' must", "x.yaml:15: 'anycast' needs 'addresses:'",
                "x.yaml:15: '1us': interval must", "x.yaml:15: '0': fails must")) {
            assertTrue(found.stream().anyMatch(m -> m.startsWith(start)), start + "\n" + String.join("\n", found));
        }
    }

    @Test
    void interfacesOfServicesMustBeThere() {
        List<String> found = mistakes("services:\n  nat: {out: eth7}\n  shape: {uplink: 10M}\n  dns: {on: [eth0, eth3]}");
        assertEquals(List.of("x.yaml:7: 'eth7': no interface of 'r', for its service nat; it has eth0, eth1",
                "x.yaml:8: 'uplink': no interface of 'r', for its service shape; it has eth0, eth1",
                "x.yaml:9: 'eth3': no interface of 'r', for its service dns; it has eth0, eth1"), found);
    }

    @ParameterizedTest
    @CsvSource({"2m, 120", "1h, 3600", "7d, 604800", "600, 600", "3650d, 315360000"})
    void leasesAreInSeconds(String written, String seconds) {
        assertEquals(seconds, attributes("", "services: {dhcp: {on: eth0, lease: " + written + "}}").get("service.dhcp.lease"));
    }

    @Test
    void onlyRoutersHaveServicesAndNoLabelLooksLikeOne() {
        assertTrue(Reading.of("x.yaml", "name: x\ntopology: {nodes: {a: {services: {dns: {}}}}}\n").mistakes().toString().contains("not a key of a vhost"));
        assertTrue(mistakes("labels: {service.nat: x}").toString().contains("not a label"));
        assertTrue(Reading.spec("name: x\ntopology: {defaults: {services: {dns: {}}}, nodes: {a: {}}}\n", null).nodes().get(0).attributes().isEmpty());
    }
}
