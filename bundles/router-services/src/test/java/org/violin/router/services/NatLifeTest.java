// SPDX-License-Identifier: Apache-2.0
package org.violin.router.services;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.violin.api.routing.RouterService;
import org.violin.api.routing.RouterSpec;

/** Address translation and the firewall in a real guest. */
class NatLifeTest {
    @Test
    void aTranslatedConnectionOutlivesChangesAndPortsLeadInside() throws Exception {
        try (Triple lab = new Triple()) {
            NatProvider provider = new NatProvider();
            Map<String, String> settings = new HashMap<>(Map.of("out", "eth0", "inside", "10.1.0.0/16", "forward", "tcp/8080=10.1.0.5:80"));
            RouterSpec spec = Triple.spec(Map.of("nat", settings));
            assertEquals(java.util.List.of(), provider.check(spec, settings));
            RouterService nat = provider.open(spec, settings, lab.router, lab.sink);
            lab.echo(lab.server, 7000);
            lab.echo(lab.client, 80);
            Triple.Talk talk = lab.connect(lab.client, "192.0.2.9", 7000);
            assertEquals("192.0.2.1 first", talk.say("first"), "the server sees the router");
            for (int i = 0; i < 5; i++) {
                settings.put("forward", "tcp/8080=10.1.0.5:80,udp/" + (5000 + i) + "=10.1.0.5:53");
                nat.apply(spec, settings);
                assertEquals("192.0.2.1 again " + i, talk.say("again " + i));
            }
            assertEquals("192.0.2.9 in", lab.connect(lab.server, "192.0.2.1", 8080).say("in"), "a port leads inside, the sender is kept");
            Map<String, Long> counters = nat.status().counters();
            assertEquals("ready", nat.status().state());
            assertEquals(1, counters.get("out_ipv4.packets"), "one connection, and its count outlived the changes");
            assertEquals(1, counters.get("forward_tcp_8080.packets"));
            nat.close();
            nat = provider.open(spec, settings, lab.router, lab.sink);
            assertEquals("192.0.2.1 taken over", talk.say("taken over"));
            nat.remove(false);
            assertEquals("", Lab.sh(lab.router, "nft list ruleset").strip(), "nothing is left");
            assertEquals("failed", nat.status().state());
        }
    }

    @Test
    void whatAnEarlierContainerLeftIsCleaned() throws Exception {
        try (Triple lab = new Triple()) {
            NatProvider nat = new NatProvider();
            ShapeProvider shape = new ShapeProvider();
            nat.clean(lab.router);
            Map<String, String> out = Map.of("out", "eth0");
            nat.open(Triple.spec(Map.of("nat", out)), out, lab.router, lab.sink).close();
            Map<String, String> rate = Map.of("eth0", "8000000");
            shape.open(Triple.spec(Map.of("shape", rate)), rate, lab.router, lab.sink).close();
            DnsProvider dns = new DnsProvider(new Dnsmasqs());
            dns.open(Triple.spec(Map.of("dns", Map.of())), Map.of(), lab.router, lab.sink).close();
            assertTrue(Lab.sh(lab.router, "nft list ruleset; tc qdisc show; ls /run/violin").matches("(?s).*violin_nat.*tbf 7669:.*dnsmasq.*"));
            for (org.violin.api.routing.ServiceProvider one : java.util.List.of(nat, shape, new DnsProvider(new Dnsmasqs()), new FirewallProvider(),
                    new AnycastProvider())) one.clean(lab.router);
            assertEquals("", Lab.sh(lab.router, "nft list ruleset; tc qdisc show | grep tbf; ls /run | grep violin; true").strip());
        }
    }

    @Test
    void theFirewallBlocksWhatItSaysAndBreaksNoConnection() throws Exception {
        try (Triple lab = new Triple()) {
            lab.server.routes(java.util.List.of(new org.violin.api.model.RouteSpec(org.violin.api.model.Cidr.parse("10.1.0.0/16"), "192.0.2.1", "eth0", 0)));
            FirewallProvider provider = new FirewallProvider();
            Map<String, String> settings = new HashMap<>(Map.of("rules", "tcp dport 7001 reject with tcp reset\nicmp type echo-request drop"));
            RouterSpec spec = Triple.spec(Map.of("firewall", settings));
            assertEquals(java.util.List.of(), provider.check(spec, settings));
            RouterService firewall = provider.open(spec, settings, lab.router, lab.sink);
            lab.echo(lab.server, 7000);
            lab.echo(lab.server, 7001);
            Triple.Talk talk = lab.connect(lab.client, "192.0.2.9", 7000);
            assertEquals("10.1.0.5 open", talk.say("open"));
            String no = Lab.sh(lab.client, "perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(PeerAddr => q(192.0.2.9:7001)) ? 1 : 0'");
            assertEquals("0", no);
            String ping = "ping -c 1 -W 1 192.0.2.9 >/dev/null && echo answered || echo silent";
            assertEquals("silent\n", Lab.sh(lab.client, ping));
            Map<String, Long> before = firewall.status().counters();
            assertEquals(2, before.values().stream().filter(n -> n == 1).count(), before.toString());
            settings.put("rules", "tcp dport 7001 reject with tcp reset\niifname eth1 oifname eth0 tcp dport 7000 drop");
            firewall.apply(spec, settings);
            assertEquals("10.1.0.5 goes on", talk.say("goes on"), "it was let in before");
            assertEquals("answered\n", Lab.sh(lab.client, ping), "the rule is gone");
            assertEquals(1, firewall.status().counters().values().stream().filter(n -> n == 1).count(), "the rule that stayed kept its count");
            settings.put("rules", "tcp dport 7000 accept");
            settings.put("policy", "drop");
            firewall.apply(spec, settings);
            assertEquals("silent\n", Lab.sh(lab.client, ping));
            assertEquals("10.1.0.5 more", talk.say("more"));
            Map<String, String> wrong = Map.of("rules", "tcp dport 7000 accept", "text", "  chain other {\n    tcp dport nonsense drop\n  }");
            org.junit.jupiter.api.Assertions.assertThrows(org.violin.api.guest.GuestException.class, () -> firewall.apply(spec, wrong));
            assertEquals("10.1.0.5 undisturbed", talk.say("undisturbed"));
            assertEquals("silent\n", Lab.sh(lab.client, ping), "all of the old table or all of the new one");
            firewall.remove(false);
            assertEquals("answered\n", Lab.sh(lab.client, ping));
            assertEquals("", Lab.sh(lab.router, "nft list ruleset").strip());
            assertTrue(lab.sink.events.isEmpty());
        }
    }
}
