// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.click;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.violin.api.model.Mistake;
import org.violin.api.model.NicSpec;
import org.violin.api.routing.RouterSpec;

class GraphTextTest {
    private static final NicSpec ETH0 = Bed.nic("eth0", 1, "10.0.1.1/24", "2001:db8::1/64");
    private static final NicSpec ETH1 = Bed.nic("eth1", 2, "10.0.2.0/31");

    private static String text(RouterSpec spec) {
        Layout layout = new Layout(spec);
        return GraphText.of(spec, layout, new BaseRoutes(spec, layout)).text();
    }

    @Test
    void sameSpecSameText() {
        assertEquals(text(Bed.router(Map.of(), ETH0, ETH1)), text(Bed.router(Map.of(), ETH0, ETH1)));
    }

    @Test
    void tableKnowsOwnAddressesAndBroadcastsButNoneOfALink() {
        String text = text(Bed.router(Map.of("click.paths", "1"), ETH0, ETH1));
        String table = Arrays.stream(text.split("\n")).filter(l -> l.startsWith("rt ::")).findFirst().orElseThrow();
        for (String entry : List.of("10.0.1.1/32 0", "10.0.1.255/32 0", "10.0.1.0/32 0", "10.0.1.0/24 1", "10.0.2.0/32 0", "10.0.2.0/31 2", "0.0.0.0/0 4",
                "127.0.0.0/8 3")) {
            assertTrue(table.contains(" " + entry + ",") || table.contains("(" + entry + ",") || table.contains(" " + entry + ")"), entry + " in " + table);
        }
        assertFalse(table.contains("10.0.2.1/32"), table); // the other end of a /31 (RFC 3021)
        assertFalse(text.contains("HashSwitch"), text);
    }

    @Test
    void namesOfElementsAreWordsAndDiffer() {
        NicSpec odd = Bed.nic("a.b", 3, "10.0.3.1/24");
        NicSpec odder = Bed.nic("a-b", 4, "10.0.4.1/24");
        String text = text(Bed.router(Map.of(), odd, odder));
        assertTrue(text.contains("rx_a_b ::") && text.contains("rx_a_b_1 ::"), text);
    }

    @Test
    void splicesTheUsersTextBetweenOutputAndArp() {
        String text = text(Bed.router(Map.of("click.splice", "SetIPDSCP(46) ->"), ETH0));
        assertTrue(text.contains("svc_eth0 :: {\ninput ->\n#line 1 \"click.splice\"\nSetIPDSCP(46)\n#line "), text);
        assertTrue(text.contains("-> svc_eth0 -> [0]arpq_eth0;"), text);
        String body = text(Bed.router(Map.of("click.splice", "input -> f :: IPFilter(allow all) -> output;"), ETH0));
        assertFalse(body.contains("input ->\n#line"), body);
    }

    @Test
    void linesAfterTheUsersTextAreCountedOn() {
        String[] lines = text(Bed.router(Map.of("click.splice", "Null\n->\nNull"), ETH0, ETH1)).split("\n");
        int found = 0;
        for (int i = 0; i < lines.length; i++) {
            if (!lines[i].matches("#line \\d+ \"graph.click\"")) continue;
            assertEquals(i + 2, Integer.parseInt(lines[i].split(" ")[1]));
            found++;
        }
        assertEquals(2, found);
    }

    @Test
    void aWholeGraphFindsSocketsAndAddresses() {
        String text = text(Bed.router(Map.of("click.graph", "ov_eth0 -> Discard;"), ETH0));
        assertTrue(text.contains("ov_eth0 :: Socket(") && text.contains("sp_eth0 :: Socket("), text);
        assertTrue(text.contains("define($IP_eth0 10.0.1.1, $NET_eth0 10.0.1.1/24);"), text);
        assertTrue(text.contains("#line 1 \"click.graph\"\nov_eth0 -> Discard;"), text);
        assertFalse(text.contains("RadixIPLookup"), text);
    }

    @Test
    void wrongOptionsAreNamed() {
        assertEquals(List.of("click.paths"), List.copyOf(GraphText.mistakes(Bed.router(Map.of("click.paths", "17"), ETH0)).keySet()));
        assertEquals(List.of("click.splice"), List.copyOf(GraphText.mistakes(Bed.router(Map.of("click.graph", "x", "click.splice", "y"), ETH0)).keySet()));
    }

    @Test
    void whatClickSaysBecomesMistakesByPlace() {
        String said = "click.splice:2: While configuring 'svc_eth0/IPFilter@1 :: IPFilter':\n  unknown word\n"
                + "click.splice:2: While configuring 'svc_eth1/IPFilter@1 :: IPFilter':\n  unknown word\ngraph.click:7: bad\n"
                + "Router could not be initialized!\n";
        List<Mistake> mistakes = ClickProgram.mistakes(said, "graph of r1");
        assertEquals(2, mistakes.size());
        assertEquals(new Mistake("click.splice", 2, "", "While configuring 'svc_eth0/IPFilter@1 :: IPFilter': unknown word"), mistakes.get(0));
        assertEquals(new Mistake("graph of r1", 7, "", "bad"), mistakes.get(1));
    }

    @Test
    void ipv6IsForwardedWhereThereAreAddressesAndNoServiceForThemThatClickLacks() {
        String text = text(Bed.router(Map.of("click.paths", "2"), ETH0, ETH1));
        for (String table : List.of("rt6a", "rt6a1", "rt6b", "rt6b1")) assertTrue(text.contains("\n" + table + " :: LookupIP6Route("), table);
        for (String entry : List.of("2001:db8::1/128 0", "2001:db8::/128 0", "2001:db8::/64 1", "fe80::/10 0", "ff00::/8 0", "::/0 4", "::/128 5")) {
            assertTrue(text.contains(entry + ",") || text.contains(entry + ")"), entry + " in " + text);
        }
        assertTrue(text.contains("nd_eth1 :: IP6NDSolicitor(fe80::5eff:fe10:2, 02:00:5e:10:00:02)"), text); // no address of its own, but next hops
        assertFalse(text(Bed.router(Map.of(), ETH1)).contains("IP6"));
        assertFalse(text(Bed.router(Map.of("click.graph", "ov_eth0 -> Discard;"), ETH0)).contains("IP6"));
        RouterSpec spec = Bed.router(Map.of(), ETH0, ETH1);
        assertFalse(text(Bed.serving(spec, Map.of("firewall", Map.of()))).contains("IP6"));
        assertFalse(text(Bed.serving(spec, Map.of("nat", Map.of("out", "eth1", "inside", "fd00::/8")))).contains("IP6"));
        assertTrue(text(Bed.serving(spec, Map.of("nat", Map.of("out", "eth1"), "shape", Map.of("eth0", "8000")))).contains("LookupIP6Route"));
    }
}
