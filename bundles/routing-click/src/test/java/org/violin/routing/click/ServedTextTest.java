// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.click;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.violin.api.model.NicSpec;
import org.violin.api.routing.RouterSpec;

/** Services as text of Click's language. */
class ServedTextTest {
    private static final NicSpec ETH0 = Bed.nic("eth0", 1, "192.0.2.1/24");
    private static final NicSpec ETH1 = Bed.nic("eth1", 2, "10.0.1.1/24");
    private static final NicSpec BARE = Bed.nic("eth2", 3);

    private static RouterSpec spec(Map<String, Map<String, String>> services) {
        return Bed.serving(Bed.router(Map.of(), ETH0, ETH1, BARE), services);
    }

    private static Graph graph(Map<String, Map<String, String>> services) {
        Layout layout = new Layout(spec(services));
        assertEquals(List.of(), new ServiceSettings(spec(services), layout).mistakes);
        return GraphText.of(spec(services), layout, new BaseRoutes(spec(services), layout));
    }

    private static String mistakes(Map<String, Map<String, String>> services) {
        return new ServiceSettings(spec(services), new Layout(spec(services))).mistakes.toString();
    }

    @Test
    void withoutServicesNothingOfThemIsThere() {
        String text = graph(Map.of()).text();
        for (String word : List.of("serve", "Rewriter", "IPReassembler", "CheckLength", "BandwidthRated")) assertFalse(text.contains(word), word);
    }

    @Test
    void natTranslatesWhatLeavesAndLeadsPortsInside() {
        String text = graph(Map.of("nat", Map.of("out", "eth0", "inside", "10.0.0.0/8", "forward", "tcp/8080=10.0.1.5:80,udp/5000-5010=10.0.1.6"))).text();
        assertTrue(text.contains("nat :: IPRewriter(pass 1, pass 0, pattern 192.0.2.1 1024-32767 - - 0 1, pattern - - 10.0.1.5 80 1 0, pattern - - 10.0.1.6 - 1 0,"), text);
        assertTrue(text.contains("pref :: IPClassifier(tcp && dst port 8080, udp && dst port >= 5000 && dst port <= 5010, -)"), text);
        assertTrue(text.contains("natm_eth0 :: IPClassifier(src net 10.0.0.0/8, -)"), text);
        assertTrue(text.contains("prei[1] -> pref;") && text.contains("prei[2] -> [0]nat;"), text); // ports of the way out alone
    }

    @Test
    void whatHandlersTakeIsNotInTheSkeleton() {
        Graph one = graph(Map.of("firewall", Map.of("rules", "tcp dport 22 drop"), "shape", Map.of("eth0", "1000000")));
        Graph other = graph(Map.of("firewall", Map.of("policy", "drop", "rules", "udp dport 53 accept"), "shape", Map.of("eth0", "2000000")));
        assertEquals(one.skeleton(), other.skeleton());
        assertNotEquals(one.text(), other.text());
        assertEquals("1 tcp && dst port 22, 0 all", one.live().get("fw_0.config"));
        assertEquals("0 udp && dst port 53, 1 all", other.live().get("fw_0.config"));
        assertEquals("125000Bps, BURST_BYTES 32768", one.live().get("sh_eth0.config"));
        assertTrue(one.text().contains("fw_0 :: IPFilter(1 tcp && dst port 22, 0 all)"), one.text());
        assertNotEquals(one.skeleton(), graph(Map.of("firewall", Map.of("rules", "iifname eth0 drop"), "shape", Map.of("eth0", "1000000"))).skeleton());
    }

    @Test
    void eachPairOfInterfacesThatRulesNameHasItsFilter() {
        Graph graph = graph(Map.of("firewall", Map.of("policy", "drop", "rules", "iifname \"eth1\" oifname \"eth0\" accept\niifname != \"eth1\" udp dport 53 accept")));
        assertEquals("0 all, 1 all", graph.live().get("fw_0.config")); // eth1 to eth0
        assertEquals("1 all", graph.live().get("fw_1.config")); // eth1 to another
        assertEquals("0 udp && dst port 53, 1 all", graph.live().get("fw_2.config")); // another to eth0
        assertEquals("0 udp && dst port 53, 1 all", graph.live().get("fw_3.config"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "ip saddr 10.0.0.0/8 tcp dport { 80, 443 } accept; src net 10.0.0.0/8 && tcp && (dst port 80 || dst port 443)",
        "tcp dport 8000-8010 drop; tcp && (dst port >= 8000 && dst port <= 8010)",
        "ip daddr != { 10.0.0.1, 10.0.1.0/24 } counter drop; not ((dst net 10.0.0.1/32 || dst net 10.0.1.0/24))",
        "meta l4proto { icmp, udp } accept; (ip proto 1 || ip proto 17)",
        "icmp type echo-request drop comment \"no ping\"; icmp type 8",
        "ct state new th sport 53 accept; src port 53",
        "meta nfproto ipv4 accept; all"})
    void rulesOfNftAreClicks(String rule, String pattern) {
        NftRule read = NftRule.parse(rule);
        assertEquals(pattern, read.pattern());
        assertFalse(read.never());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ip6 saddr fd00::/8 drop", "icmpv6 type echo-request drop", "ct state established accept", "meta nfproto ipv6 drop", "counter",
        "iifname eth0 iifname eth1 drop"})
    void rulesForNoneOfItsPacketsAreLeftOut(String rule) {
        assertTrue(NftRule.parse(rule).never());
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp flags syn drop", "jump other", "ip saddr @bad drop", "limit rate 5/second accept", "log drop", "tcp dport ssh drop", "iifname \"eth*\" drop",
        "reject with tcp reset", "tcp dport", "ct mark 5 accept"})
    void whatClickCannotIsRefused(String rule) {
        assertThrows(IllegalArgumentException.class, () -> NftRule.parse(rule));
        assertTrue(mistakes(Map.of("firewall", Map.of("rules", "tcp dport 1 drop\n" + rule))).contains("firewall rules:2"), rule);
    }

    @Test
    void wrongSettingsAreToldEach() {
        assertTrue(mistakes(Map.of("nat", Map.of("out", "eth2"))).contains("has no IPv4 address"));
        assertTrue(mistakes(Map.of("nat", Map.of("out", "uplink"))).contains("no vNIC of this router that Click forwards by"));
        assertTrue(mistakes(Map.of("shape", Map.of("eth0", "99999999999"))).contains("bits per second"));
        assertTrue(mistakes(Map.of("firewall", Map.of("text", "chain x { }"))).contains("no equal in Click"));
        RouterSpec whole = Bed.serving(Bed.router(Map.of("click.graph", "ov_eth0 -> Discard;"), ETH0), Map.of("nat", Map.of("out", "eth0")));
        assertTrue(new ServiceSettings(whole, new Layout(whole)).mistakes.toString().contains("not together with click.graph"));
    }
}
