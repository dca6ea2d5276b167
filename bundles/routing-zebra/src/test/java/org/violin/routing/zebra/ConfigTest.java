// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.zebra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ConfigTest {
    private static List<String> steps(String before, String after) {
        return Config.parse(after).stepsFrom(Config.parse(before)).stream().map(s -> String.join("/", s.context()) + ": " + s.line()).toList();
    }

    @Test
    void sameTextNeedsNothing() {
        String text = "router bgp 1\n neighbor 10.0.0.2 remote-as 2\n address-family ipv4 unicast\n  redistribute connected\n exit-address-family\nexit\n";
        assertEquals(List.of(), steps(text, text.replace(" ", "  ").replace("exit\n", "!\n")));
        assertEquals(Config.parse(text), Config.parse(Config.parse(text).text()));
    }

    @Test
    void aValueIsReplacedInPlace() {
        assertEquals(List.of("interface eth1: ip ospf cost 20"), steps("interface eth1\n ip ospf cost 10\n", "interface eth1\n ip ospf cost 20\n"));
        assertEquals(List.of("interface eth1: ip ospf network broadcast"),
                steps("interface eth1\n ip ospf network point-to-point\n", "interface eth1\n ip ospf network broadcast\n"));
    }

    @Test
    void whatCanBeThereTwiceIsTakenAwayFirst() {
        assertEquals(List.of("interface lo: no ip address 10.0.0.1/32", "interface lo: ip address 10.0.0.2/32"),
                steps("interface lo\n ip address 10.0.0.1/32\n", "interface lo\n ip address 10.0.0.2/32\n"));
        assertEquals(List.of("interface e: no ip ospf area 0", "interface e: ip ospf area 1"),
                steps("interface e\n ip ospf area 0\n", "interface e\n ip ospf area 1\n"));
    }

    @Test
    void contextsGoAsAWholeButInterfacesLoseTheirLines() {
        assertEquals(List.of(": no router ospf"), steps("router ospf\n ospf router-id 1.1.1.1\n capability opaque\n", ""));
        assertEquals(List.of("interface e: no ip ospf area 0", "interface e: no ip ospf cost 3"),
                steps("interface e\n ip ospf cost 3\n ip ospf area 0\n", ""));
        assertEquals(List.of("bfd: no profile fast"), steps("bfd\n profile fast\n  transmit-interval 100\n exit\nexit\n", "bfd\nexit\n"));
        assertEquals(List.of(": no router bgp 1", "router bgp 2: ", "router bgp 2/address-family ipv4 unicast: ",
                "router bgp 2/address-family ipv4 unicast: redistribute connected"),
                steps("router bgp 1\n address-family ipv4 unicast\n  redistribute connected\n", "router bgp 2\n address-family ipv4 unicast\n"
                        + "  redistribute connected\n"));
    }

    @Test
    void negatedLinesAreNegatedBack() {
        assertEquals(List.of("router bgp 1: bgp default ipv4-unicast"), steps("router bgp 1\n no bgp default ipv4-unicast\n", "router bgp 1\n"));
    }

    @Test
    void aLineThatCanOnlyStandOutsideEndsAContext() {
        Config config = Config.parse("router ospf\n passive-interface eth1\nip route 10.9.0.0/16 10.0.0.1\n");
        assertTrue(config.lines(List.of()).contains("ip route 10.9.0.0/16 10.0.0.1"));
        assertTrue(config.lines(List.of("router ospf")).contains("passive-interface eth1"));
    }

    /** Whatever two router specs are, the steps from one to the other, done on text, give the other. */
    @Test
    void stepsLeadToTheOther() {
        long seed = 5;
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            Config before = random(random);
            Config after = random(random);
            List<String> lines = new ArrayList<>();
            apply(lines, before.steps());
            apply(lines, after.stepsFrom(before));
            List<String> wanted = new ArrayList<>();
            apply(wanted, after.steps());
            assertEquals(Stream.of(wanted).flatMap(List::stream).sorted().toList(), lines.stream().filter(l -> !l.endsWith(": "))
                    .sorted().toList().stream().filter(l -> !l.isEmpty()).toList(), "seed " + seed + " round " + round);
            assertFalse(after.stepsFrom(after).iterator().hasNext());
        }
    }

    private static Config random(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 3; i++) {
            if (random.nextBoolean()) continue;
            text.append("interface eth").append(i).append("\n ip ospf cost ").append(1 + random.nextInt(3)).append("\n ip ospf area ")
                    .append(random.nextInt(2)).append('\n');
        }
        for (int i = 1; i < 3; i++) {
            if (random.nextBoolean()) text.append("router bgp ").append(i).append("\n timers bgp 1 ").append(random.nextInt(3)).append('\n');
        }
        return Config.parse(text.toString());
    }

    /** A model of a daemon: one value for what {@code cost} and {@code timers} name. */
    private static void apply(List<String> lines, List<Config.Step> steps) {
        for (Config.Step s : steps) {
            String context = String.join("/", s.context()) + ": ";
            if (s.line().isEmpty()) continue;
            if (s.context().isEmpty() && s.removes()) {
                lines.removeIf(l -> l.startsWith(s.line().substring(3) + ": "));
            } else if (s.removes()) {
                lines.remove(context + s.line().substring(3));
            } else {
                String key = context + s.line().replaceAll("[0-9].*", "");
                if (!key.endsWith("area ")) lines.removeIf(l -> l.startsWith(key));
                lines.add(context + s.line());
            }
        }
    }
}
