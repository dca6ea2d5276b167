// SPDX-License-Identifier: Apache-2.0
package org.violin.router.services;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.violin.api.model.Mistake;
import org.violin.api.routing.PortForward;

/** What is wrong with nftables settings is found without a guest. */
class NftTextTest {
    private static List<String> check(Map<String, String> settings) {
        Assumptions.assumeTrue(new FirewallProvider().probe().usable());
        return new FirewallProvider().check(Triple.spec(Map.of("firewall", settings)), settings).stream().map(Mistake::toString).toList();
    }

    @Test
    void wrongTextIsToldWithNftsOwnWordsAndTheWritersLine() {
        List<String> found = check(Map.of("text", "chain more {\n  tcp dport 80 accept\n  tcp dport nonsense drop\n}"));
        assertEquals(1, found.size(), found.toString());
        assertTrue(found.get(0).startsWith("vs-test/r1 firewall text:3: 'tcp dport nonsense drop': nft: "), found.get(0));
        found = check(Map.of("rules", "tcp dport 80 accept\nfoo bar", "text", "chain x {\n nothing\n}"));
        assertTrue(found.stream().anyMatch(m -> m.startsWith("vs-test/r1 firewall rules:2: 'foo bar': nft: ")), found.toString());
        assertTrue(found.stream().anyMatch(m -> m.startsWith("vs-test/r1 firewall text:2: 'nothing': nft: ")), found.toString());
        assertEquals(List.of(), check(Map.of("rules", "jump mine", "text", "chain mine {\n  tcp dport 80 accept\n}\nset s {\n type ipv4_addr;\n}")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"}\nflush ruleset\ntable inet x {", "chain x {\n", "include \"/etc/shadow\"", "chain x { }\n}", "define a = \"x", "} #{"})
    void textStaysInItsTableAndReadsNoFiles(String text) {
        assertTrue(check(Map.of("text", text)).size() > 0);
    }

    @ParameterizedTest
    @CsvSource({"out, eth7", "out, ''", "inside, 10.1.0.0/40", "forward, tcp/80=10.1.0.5:99999", "forward, tcp/80-70=10.1.0.5", "forward, icmp/1=10.1.0.5:1",
        "forward, tcp/80-90=10.1.0.5:80", "colour, blue"})
    void wrongSettingsOfNatAreRefused(String key, String value) {
        Map<String, String> settings = new java.util.HashMap<>(Map.of("out", "eth0"));
        settings.put(key, value);
        List<Mistake> mistakes = new NatProvider().check(Triple.spec(Map.of("nat", settings)), settings);
        assertEquals(1, mistakes.size(), mistakes.toString());
    }

    @Test
    void translationNeedsTheKernelToForward() {
        Map<String, String> settings = Map.of("out", "eth0");
        List<Mistake> mistakes = new NatProvider().check(Triple.spec("", "click", Map.of("nat", settings)), settings);
        assertTrue(mistakes.toString().contains("past which this forwarding goes"), mistakes.toString());
    }

    @Test
    void countersGoOnAndBothFamiliesAreTranslated() {
        Map<String, String> settings = Map.of("out", "eth0", "inside", "10.1.0.0/16,fd01::/64", "forward", "tcp/80=[fd01::5]:8080,udp/53=10.1.0.5");
        String text = NatProvider.text(Triple.spec(Map.of()), settings).replacement(NftTable.parse("counter out_ipv4 {\n packets 7 bytes 420\n}"));
        assertTrue(text.startsWith("table inet violin_nat\ndelete table inet violin_nat\ntable inet violin_nat {\n"), text);
        assertTrue(text.contains("counter out_ipv4 { packets 7 bytes 420"), text);
        assertTrue(text.contains("tcp dport 80 counter name \"forward_tcp_80\" dnat ip6 to [fd01::5]:8080"), text);
        assertTrue(text.contains("udp dport 53 counter name \"forward_udp_53\" dnat ip to 10.1.0.5\n"), text);
        assertTrue(text.contains("ip6 saddr { fd01::/64 } counter name \"out_ipv6\" masquerade"), text);
    }
}
