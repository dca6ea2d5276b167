// SPDX-License-Identifier: Apache-2.0
package org.violin.router.services;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.violin.api.model.Probe;
import org.violin.api.routing.RouterService;
import org.violin.api.routing.RouterSpec;

/** Addresses and names, by a real dnsmasq in a real guest. */
class DnsmasqLifeTest {
    private final Dnsmasqs processes = new Dnsmasqs();
    private final DhcpProvider dhcp = new DhcpProvider(processes);
    private final DnsProvider dns = new DnsProvider(processes);

    @BeforeEach
    void dnsmasqIsThere() {
        Probe probe = dns.probe();
        Assumptions.assumeTrue(probe.usable(), probe.finding() + ": " + probe.cure());
    }

    @Test
    void leasesAndNamesGoOnThroughChangesAndDeath() throws Exception {
        try (Triple lab = new Triple()) {
            Map<String, String> addresses = new HashMap<>(Map.of("on", "eth1", "range", "10.1.0.100-10.1.0.101"));
            Map<String, String> names = new HashMap<>(Map.of("domain", "lab.violin", "records", "www=10.1.0.5"));
            RouterSpec spec = Triple.spec(Map.of("dhcp", addresses, "dns", names));
            assertEquals(List.of(), dhcp.check(spec, addresses));
            assertEquals(List.of(), dns.check(spec, names));
            RouterService gives = dhcp.open(spec, addresses, lab.router, lab.sink);
            RouterService answers = dns.open(spec, names, lab.router, lab.sink);
            assertEquals("ready", answers.status().state(), answers.status().toString());

            String first = Wire.lease(lab.client, "02:aa:00:00:00:01");
            assertTrue(first.matches("10\\.1\\.0\\.10[01] 10\\.1\\.0\\.1 10\\.1\\.0\\.1"), first);
            assertEquals("10.1.0.5 10.1.0.1 10.1.0.1", Wire.lease(lab.client, Triple.CLIENT.mac()), "a node of the file gets the file's address");
            assertEquals("10.1.0.5", Wire.ask(lab.client, "10.1.0.1", "client"));
            assertEquals("10.1.0.5", Wire.ask(lab.client, "10.1.0.1", "client.lab.violin"));
            assertEquals("10.9.0.7", Wire.ask(lab.client, "10.1.0.1", "far.lab.violin"), "also nodes that are far away");
            assertEquals("10.1.0.1", Wire.ask(lab.client, "10.1.0.1", "r1.lab.violin"), "the address on the asker's side");
            assertEquals("10.1.0.5", Wire.ask(lab.server, "192.0.2.1", "www.lab.violin"));
            assertEquals("code 3", Wire.ask(lab.client, "10.1.0.1", "nobody.lab.violin"));
            assertTrue(Wire.ask(lab.client, "10.1.0.1", "example.org").startsWith("code "), "others are not asked");

            Map<String, String> wider = Map.of("on", "eth1", "range", "10.1.0.100-10.1.0.110", "lease", "7200");
            RouterSpec changed = Triple.spec(Map.of("dhcp", wider, "dns", names));
            gives.apply(changed, wider);
            answers.apply(changed, names);
            assertEquals(first, Wire.lease(lab.client, "02:aa:00:00:00:01"), "the lease outlived another configuration");
            assertEquals(2, gives.status().counters().get("leases"));
            assertTrue(gives.status().facts().stream().anyMatch(f -> f.contains("02:aa:00:00:00:01")), gives.status().toString());

            String pid = Lab.sh(lab.router, "cat /run/violin/dnsmasq/pid").strip();
            names.put("records", "www=10.1.0.6");
            answers.apply(Triple.spec(Map.of("dhcp", wider, "dns", names)), names);
            Lab.await("the new record", 10, () -> Wire.ask(lab.client, "10.1.0.1", "www.lab.violin").equals("10.1.0.6"));
            assertEquals(pid, Lab.sh(lab.router, "cat /run/violin/dnsmasq/pid").strip(), "names need no restart");
            Lab.sh(lab.router, "kill -9 " + pid);
            Lab.await("it is started again", 10, () -> Wire.ask(lab.client, "10.1.0.1", "client").equals("10.1.0.5"));
            assertEquals(1, answers.status().counters().get("restarts"));
            assertEquals(first, Wire.lease(lab.client, "02:aa:00:00:00:01"), "the lease outlived that, too");

            gives.close();
            answers.close();
            gives = dhcp.open(Triple.spec(Map.of("dhcp", wider, "dns", names)), wider, lab.router, lab.sink);
            answers = dns.open(Triple.spec(Map.of("dhcp", wider, "dns", names)), names, lab.router, lab.sink);
            assertEquals(1, answers.status().counters().get("restarts"), "taken over as it was");

            RouterSpec only = Triple.spec(Map.of("dns", names));
            gives.remove(false);
            answers.apply(only, names);
            assertEquals("10.1.0.5", Wire.ask(lab.client, "10.1.0.1", "client"));
            assertEquals("no answer", Wire.lease(lab.client, "02:aa:00:00:00:02"));
            answers.remove(false);
            assertFalse(Lab.sh(lab.router, "ps ax; ls /run").matches("(?s).*(dnsmasq|violin/).*"), Lab.sh(lab.router, "ps ax; ls /run"));
        }
    }

    @Test
    void settingsThatFitNoNetworkAreRefused() {
        for (Map<String, String> bad : List.of(Map.of("on", "eth1", "range", "10.2.0.1-10.2.0.9"), Map.of("on", "eth7"), Map.of("range", "x"),
                Map.of("on", "eth1", "range", "10.1.0.9-10.1.0.1"), Map.of("on", "eth1", "lease", "5"), Map.of("on", "eth1", "dns", "x"))) {
            assertFalse(dhcp.check(Triple.spec(Map.of("dhcp", bad)), bad).isEmpty(), bad.toString());
        }
        for (Map<String, String> bad : List.of(Map.of("domain", "a b"), Map.of("records", "x"), Map.of("records", "a=b"), Map.of("forward", "x"))) {
            assertEquals(1, dns.check(Triple.spec(Map.of("dns", bad)), bad).size(), bad.toString());
        }
        assertEquals(List.of(new DnsmasqText.Range("eth1", org.violin.api.model.Cidr.parse("10.1.0.0/24"), "10.1.0.128", "10.1.0.254")),
                DnsmasqText.ranges(Triple.spec(Map.of()), Map.of("on", "eth1")));
    }
}
