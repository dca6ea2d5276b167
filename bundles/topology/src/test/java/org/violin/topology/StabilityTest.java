// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.violin.api.model.Cidr;
import org.violin.api.model.LinkSpec;
import org.violin.api.model.NicSpec;
import org.violin.api.model.NodeSpec;
import org.violin.api.model.ViolinSpec;

/** An edit changes nothing but what was edited. */
class StabilityTest {
    /** A violin that is edited at random: LANs with members, point-to-point links between routers. */
    private static final class Model {
        final List<String> hosts = new ArrayList<>();
        final List<String> routers = new ArrayList<>();
        final List<List<String>> lans = new ArrayList<>();
        final List<String> lanNames = new ArrayList<>();
        final List<String> links = new ArrayList<>();
        int next;

        String text() {
            StringBuilder t = new StringBuilder("name: model\ntopology:\n  nodes:\n");
            for (String r : routers) t.append("    ").append(r).append(": {kind: vrouter}\n");
            for (String h : hosts) t.append("    ").append(h).append(":\n");
            t.append("  lans:\n");
            for (int i = 0; i < lans.size(); i++) t.append("    ")
                    .append(lanNames.get(i)).append(": {members: ").append(lans.get(i)).append("}\n");
            t.append("  links:\n");
            for (String l : links) t.append("    - endpoints: [").append(l).append("]\n");
            return t.toString();
        }

        void add(Random random) {
            int n = next++;
            switch (random.nextInt(4)) {
                case 0 -> routers.add(random.nextInt(routers.size() + 1), "r" + n);
                case 1 -> {
                    lanNames.add(lans.size(), "lan" + n);
                    lans.add(new ArrayList<>());
                }
                case 2 -> {
                    hosts.add(random.nextInt(hosts.size() + 1), "a-host-with-a-long-name-" + n);
                    if (!lans.isEmpty()) insert(lans.get(random.nextInt(lans.size())), "a-host-with-a-long-name-" + n, random);
                }
                default -> {
                    if (routers.size() < 2) return;
                    String a = routers.get(random.nextInt(routers.size()));
                    String b = routers.get(random.nextInt(routers.size()));
                    if (!a.equals(b)) links.add(random.nextInt(links.size() + 1), a + ", " + b);
                    else if (!lans.isEmpty()) insert(lans.get(random.nextInt(lans.size())), a, random);
                }
            }
        }

        void remove(Random random) {
            if (random.nextBoolean() && !links.isEmpty()) {
                links.remove(random.nextInt(links.size()));
            } else if (!hosts.isEmpty()) {
                String host = hosts.remove(random.nextInt(hosts.size()));
                lans.forEach(lan -> lan.remove(host));
            }
        }

        private static void insert(List<String> list, String item, Random random) {
            list.add(random.nextInt(list.size() + 1), item);
        }
    }

    @RepeatedTest(8)
    void whatStaysKeepsItsNamesAddressesAndMacs() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Model model = new Model();
        for (int i = 0; i < 40; i++) model.add(random);
        model.routers.add("r");
        ViolinSpec present = Reading.spec(model.text(), null);
        for (int step = 0; step < 40; step++) {
            if (random.nextInt(3) == 0) model.remove(random);
            else model.add(random);
            ViolinSpec next = Reading.spec(model.text(), present);
            String where = "seed " + seed + " step " + step;
            assertEquals(next, Reading.spec(model.text(), next), where);
            assertEquals(next, Reading.spec(model.text(), present), where);
            assertLegal(next, where);
            for (LinkSpec link : next.links()) {
                // A link between the same ends is the same link: its vNICs are as they were.
                if (present.links().stream().noneMatch(l -> l.key().equals(link.key()))) continue;
                for (var end : List.of(link.a(), link.b())) assertEquals(nic(present, end.node(), end.port()), nic(next, end.node(),
                        end.port()), where);
            }
            int kept = (int) present.links().stream().filter(l -> next.links().stream().anyMatch(n -> n.key().equals(l.key()))).count();
            assertTrue(kept >= Math.min(present.links().size(), next.links().size()) - 1, where + ": only " + kept + " links kept");
            present = next;
        }
    }

    private static void assertLegal(ViolinSpec spec, String where) {
        List<Cidr> all = spec.nodes().stream().flatMap(n -> n.nics().stream()).flatMap(n -> n.addresses().stream()).toList();
        assertEquals(all.size(), all.stream().map(Cidr::address).distinct().count(), where);
        List<String> macs = spec.nodes().stream().flatMap(n -> n.nics().stream()).map(NicSpec::mac).toList();
        assertEquals(macs.size(), macs.stream().distinct().count(), where);
        List<Cidr> subnets = all.stream().map(Cidr::network).distinct().sorted().toList();
        for (int i = 1; i < subnets.size(); i++) assertTrue(!subnets.get(i - 1).overlaps(subnets.get(i)), where + " " + subnets);
        assertTrue(spec.links().stream().flatMap(l -> java.util.stream.Stream.of(l.a(),
                l.b())).distinct().count() == 2L * spec.links().size(), where);
    }

    private static NicSpec nic(ViolinSpec spec, String node, String nic) {
        return spec.node(node).flatMap(n -> n.nic(nic)).orElse(null);
    }

    @Test
    void aThousandHostsFitIntoOneLanAndOneMoreChangesNoOther() {
        ViolinSpec thousand = Reading.spec(lan(1000), null);
        Cidr subnet = thousand.nodes().get(0).nics().get(0).addresses().get(0).network();
        assertEquals("10.0.0.0/21", subnet.toString());
        ViolinSpec more = Reading.spec(lan(1001), thousand);
        List<NodeSpec> old = more.nodes().stream().filter(n -> !n.name().equals("h1000")).toList();
        assertEquals(thousand.nodes(), old);
        assertEquals(thousand.links(), more.links().subList(0, 1000));
    }

    @Test
    void aLanThatOutgrowsItsSubnetGetsALargerOne() {
        ViolinSpec small = Reading.spec(lan(100), null);
        ViolinSpec large = Reading.spec(lan(400), small);
        assertEquals(22, large.nodes().get(0).nics().get(0).addresses().get(0).prefix());
        assertEquals(small.nodes().get(7).nics().get(0).addresses().get(0).address(),
                large.nodes().get(7).nics().get(0).addresses().get(0).address());
    }

    @Test
    void anAddressThatTheFileNowGivesToAnotherIsFreedByItsOwner() {
        String before = "name: x\ntopology: {nodes: {a: {}, b: {}, c: {}}, lans: {l: {members: [a, b, c]}}}";
        ViolinSpec present = Reading.spec(before, null);
        String a = present.node("a").orElseThrow().nics().get(0).addresses().get(0).toString();
        String after = before.replace("b: {}", "b: {interfaces: {eth0: {ipv4: " + a + "}}}");
        ViolinSpec next = Reading.spec(after, present);
        assertEquals(a, next.node("b").orElseThrow().nics().get(0).addresses().get(0).toString());
        assertNotEquals(a, next.node("a").orElseThrow().nics().get(0).addresses().get(0).toString());
        assertEquals(present.node("c"), next.node("c"));
    }

    @Test
    void twoViolinsHaveTheSameAddressesButOtherMacs() {
        ViolinSpec a = Reading.spec(lan(3), null);
        ViolinSpec b = Reading.spec(lan(3).replace("name: big", "name: other"), null);
        assertEquals(a.nodes().get(0).nics().get(0).addresses(), b.nodes().get(0).nics().get(0).addresses());
        assertNotEquals(a.nodes().get(0).nics().get(0).mac(), b.nodes().get(0).nics().get(0).mac());
    }

    private static String lan(int hosts) {
        List<String> names = IntStream.range(0, hosts).mapToObj(i -> "h" + i).toList();
        return "name: big\ntopology:\n  nodes:\n" + names.stream().map(n -> "    " + n + ":\n").collect(Collectors.joining())
                + "  lans:\n    lan: {members: " + names + "}\n";
    }
}
