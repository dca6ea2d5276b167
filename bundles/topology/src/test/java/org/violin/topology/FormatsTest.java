// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.violin.api.control.SpecReader;
import org.violin.api.model.LinkSpec;
import org.violin.api.model.NicSpec;
import org.violin.api.model.NodeKind;
import org.violin.api.model.NodeSpec;
import org.violin.api.model.RouteSpec;
import org.violin.api.model.ViolinSpec;

/** What each format means, by small files. */
class FormatsTest {
    private static SpecReader.Reading fixture(String name) {
        SpecReader.Reading reading = Reading.of(name, Reading.text(Path.of("src/test/resources/formats").resolve(name)));
        assertEquals("[]", reading.mistakes().toString());
        return reading;
    }

    @Test
    void containerlabsLinuxFrrAndBridgeBecomeOurs() {
        SpecReader.Reading reading = fixture("good.clab.yml");
        assertEquals("containerlab", reading.format());
        ViolinSpec spec = reading.spec().orElseThrow();
        assertEquals(List.of(NodeKind.VHOST, NodeKind.VHOST, NodeKind.VROUTER, NodeKind.VSWITCH),
                spec.nodes().stream().map(NodeSpec::kind).toList());
        NodeSpec router = spec.node("r1").orElseThrow();
        assertEquals("frr:10", router.attributes().get("image"));
        assertEquals(512L << 20, router.limits().memoryBytes());
        NicSpec eth1 = router.nic("eth1").orElseThrow();
        assertEquals("02:aa:aa:aa:aa:01", eth1.mac());
        assertEquals(9000, eth1.mtuBytes());
        assertEquals("192.168.1.1/24", eth1.addresses().get(0).toString());
        assertEquals("192.168.1.2/24", spec.node("h1").orElseThrow().nic("eth1").orElseThrow().addresses().get(0).toString());
        assertEquals("10.9.0.2/30", spec.node("h1").orElseThrow().nic("eth2").orElseThrow().addresses().get(0).toString());
        assertTrue(reading.notes().get(0).contains("images are not run"), reading.notes().toString());
    }

    @Test
    void containerlabNodesWithCommandsAddressThemselves() {
        SpecReader.Reading reading = Reading.of("x.yml", """
                name: x
                topology:
                  nodes: {a: {kind: linux, exec: [ip addr add 10.0.0.1/24 dev eth1]}, b: {kind: linux}}
                  links: [{endpoints: ["a:eth1", "b:eth1"]}]
                """);
        ViolinSpec spec = reading.spec().orElseThrow();
        spec.nodes().forEach(n -> assertEquals(List.of(), n.nics().get(0).addresses()));
        assertEquals(List.of("ip addr add 10.0.0.1/24 dev eth1"), spec.nodes().get(0).exec());
        assertTrue(reading.notes().get(0).contains("no automatic addresses"));
    }

    @Test
    void oddLabelsBecomeSafeUniqueNames() {
        SpecReader.Reading reading = fixture("odd.graphml");
        ViolinSpec spec = reading.spec().orElseThrow();
        assertEquals("odd", spec.name());
        List<String> routers = spec.nodes().stream().filter(n -> n.kind() == NodeKind.VROUTER).map(NodeSpec::name).toList();
        assertEquals(List.of("Munchen-Hbf", "Malmo", "Orleans", "n3", "n4", "n5", "Twin", "twin-2", "h-Twin-3", "St.-Johns-Lodz"), routers);
        for (String router : routers) assertEquals(NodeKind.VHOST, spec.node("h-" + router).orElseThrow().kind());
        assertEquals("M\u00fcnchen / Hbf", spec.node("Munchen-Hbf").orElseThrow().attributes().get("label"));
        LinkSpec link = spec.links().stream().filter(l -> l.a().node().equals("Malmo")
                && l.b().node().equals("Munchen-Hbf")).findFirst().orElseThrow();
        // Munich to Malmoe is 836 km.
        assertEquals(4.18, link.delayMillis(), 0.02);
        assertEquals(1, link.cost());
        assertEquals("10000000000", link.attributes().get("bandwidth"));
        assertEquals(10 + 9, spec.links().size());
        assertTrue(reading.notes().contains("parallel edges merged into one link: Malmo--Munchen-Hbf (3)"), reading.notes().toString());
        assertTrue(reading.notes().contains("edges from a node to itself dropped: Orleans"), reading.notes().toString());
    }

    @Test
    void defaultsThenKindThenNode() {
        ViolinSpec spec = Reading.spec("""
                name: x
                topology:
                  defaults: {cpu: 1, memory: 64M, exec: first, labels: {a: d, b: d}, host: host1}
                  kinds: {vrouter: {cpu: 2, labels: {a: k}}, vswitch: {switch: other, table: 7}}
                  nodes:
                    a: {}
                    b: {kind: vrouter, exec: [one, two], placement: {host: host2}}
                    c: {kind: vrouter, cpu: 0.5, labels: {b: n}, runtime: uml}
                    s: {kind: vswitch, ageing: 9}
                """, null);
        Map<String, NodeSpec> nodes = spec.nodesByName();
        assertEquals(1, nodes.get("a").limits().cpus());
        assertEquals(64L << 20, nodes.get("c").limits().memoryBytes());
        assertEquals(List.of("first"), nodes.get("a").exec());
        assertEquals(List.of("one", "two"), nodes.get("b").exec());
        assertEquals(2, nodes.get("b").limits().cpus());
        assertEquals(0.5, nodes.get("c").limits().cpus());
        assertEquals(Map.of("a", "k", "b", "n"), nodes.get("c").attributes());
        assertEquals("uml", nodes.get("c").provider());
        assertEquals("host2", nodes.get("b").host().orElseThrow());
        assertEquals("other", nodes.get("s").provider());
        assertEquals(Map.of("a", "d", "b", "d", "table", "7", "ageing", "9"), nodes.get("s").attributes());
    }

    @Test
    void linksCarryCostDelayAndConditions() {
        ViolinSpec spec = Reading.spec("""
                name: x
                topology:
                  nodes:
                    a: {}
                    b: {}
                    r: {kind: vrouter, routes: [{to: 10.50.0.0/16, via: 10.9.0.2}, {to: default, via: "fd09::2", metric: 5}]}
                  lans: {lan: {members: [a, b], delay: 1, loss: 2%, mtu: 1400}}
                  links:
                    - {endpoints: [r, a], ipv4: 10.9.0.0/30, ipv6: "fd09::/64", cost: 3, delay: 200us,
                       jitter: 1ms, rate: 10Mbit, labels: {who: me}}
                """, null);
        LinkSpec link = spec.links().get(2);
        assertEquals(0.2, link.delayMillis(), 1e-9);
        assertEquals(3, link.cost());
        assertEquals(Map.of("jitter", "1", "rate", "10000000", "who", "me"), link.attributes());
        assertEquals(Map.of("loss", "2"), spec.links().get(0).attributes());
        assertEquals(1400, spec.node("a").orElseThrow().nic("eth0").orElseThrow().mtuBytes());
        assertEquals("[10.9.0.1/30, fd09::1/64]", spec.node("r").orElseThrow().nics().get(0).addresses().toString());
        assertEquals(List.of(new RouteSpec(org.violin.api.model.Cidr.parse("10.50.0.0/16"), "10.9.0.2", "eth0", 0),
                new RouteSpec(org.violin.api.model.Cidr.parse("::/0"), "fd09::2", "eth0", 5)), spec.node("r").orElseThrow().routes());
    }

    @Test
    void joinedSwitchesAreOneSegmentAndNoneMeansNone() {
        ViolinSpec spec = Reading.spec("""
                name: x
                addressing: {ipv4: 192.168.0.0/16, ipv6: none}
                topology:
                  nodes: {a: {}, b: {}, c: {}, s: {kind: vswitch}, t: {kind: vswitch}}
                  links:
                    - endpoints: [a, s]
                    - endpoints: [s, t]
                    - endpoints: [b, t]
                    - {endpoints: [a, c], ipv4: none}
                """, null);
        assertEquals("[192.168.0.1/24]", spec.node("a").orElseThrow().nics().get(0).addresses().toString());
        assertEquals("[192.168.0.2/24]", spec.node("b").orElseThrow().nics().get(0).addresses().toString());
        assertEquals("[]", spec.node("c").orElseThrow().nics().get(0).addresses().toString());
        assertEquals("s:t--t:s", spec.links().get(1).key());
    }

    @Test
    void jsonWithTabsIsRead() {
        ViolinSpec spec = Reading.spec("""
                {
                \t"name": "x",
                \t"topology": {
                \t\t"nodes": {"a": null, "b": {}},
                \t\t"links": [{"endpoints":\t["a", "b"]}]
                \t}
                }
                """, null);
        assertEquals("a:eth0--b:eth0", spec.links().get(0).key());
    }
}
