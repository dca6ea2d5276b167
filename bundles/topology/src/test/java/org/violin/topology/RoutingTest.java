// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.violin.api.control.SpecReader;
import org.violin.api.model.ViolinSpec;
import org.violin.api.routing.RoutingWords;

/** Routing keys become attributes of one form, whatever they were written as. */
class RoutingTest {
    private static ViolinSpec routers(String head, String... nodes) {
        StringBuilder text = new StringBuilder("name: x\n" + head + "topology:\n");
        for (String node : nodes) text.append(node.startsWith("  ") ? node : "    " + node).append('\n');
        return Reading.spec(text.toString(), null);
    }

    private static Map<String, String> node(ViolinSpec spec, String name) {
        return new TreeMap<>(spec.node(name).orElseThrow().attributes());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "ospf | ospf", "click | click", "click+ospf | ospf+click", "kernel | kernel", "kernel + ospf | ospf", "[bgp, ospf, zebra] | bgp+ospf+zebra",
        "[ospf+bgp, click] | bgp+ospf+click", "sample | sample", "zebra+vpp | zebra+vpp", "b+a+ospf | ospf+b+a", "ospf+ospf | ospf",
        "{protocols: ospf} | ospf", "{protocols: [ospf, bgp], control: zebra, forwarding: click} | bgp+ospf+zebra+click",
        "{protocols: ospf+rip, forwarding: kernel} | ospf+rip", "{control: bird, forwarding: vpp} | bird+vpp", "{forwarding: click} | click",
        "{area: 0} | kernel", "static | static"})
    void wordsAreCanonical(String written, String kept) {
        ViolinSpec spec = routers("routing: " + written + "\n", "  nodes: {r: {kind: vrouter}}");
        assertEquals(kept, spec.attributes().get("routing"));
        assertEquals(kept, RoutingWords.parse(kept).toString());
        ViolinSpec again = routers("routing: " + kept + "\n", "  nodes: {r: {kind: vrouter}}");
        assertEquals(kept, again.attributes().get("routing"));
    }

    @Test
    void bfdAndPimAreSetAndChecked() {
        ViolinSpec spec = routers("routing: {protocols: ospf+pim, bfd: true, bfd-interval: 0.2s, rp: 10.255.0.1}\n", "  nodes: {r: {kind: vrouter}}");
        assertEquals("200 10.255.0.1", spec.attributes().get("routing.bfd-interval") + " " + spec.attributes().get("routing.rp"));
        SpecReader.Reading bad = new TopologyReader().read("x.yaml", "name: x\nrouting:\n  bfd-interval: 5ms\n  rp: fd00::1\ntopology:\n  nodes: {r: {kind: vrouter}}\n",
                name -> java.util.Optional.empty());
        assertEquals(List.of(3, 4), bad.mistakes().stream().map(m -> m.line()).toList(), bad.mistakes().toString());
    }

    @Test
    void whereTextsStandIsKnown() {
        String file = """
                name: x
                routing:
                  startup-config: "a\\nb"
                topology:
                  kinds:
                    vrouter:
                      startup-config: |2

                          router ospf
                           foo
                  nodes:
                    r: {kind: vrouter}
                """;
        SpecReader.Reading reading = new TopologyReader().read("x.yaml", file, name -> java.util.Optional.empty());
        assertEquals(List.of(), reading.mistakes());
        assertEquals(3, reading.texts().get("a\nb").of(2), "not line by line");
        String text = reading.spec().orElseThrow().node("r").orElseThrow().attributes().get("routing.startup-config");
        assertTrue(text.split("\n")[2].endsWith("foo"), text);
        assertEquals(10, reading.texts().get(text).of(3));
    }

    @Test
    void settingsAreAttributesOfTheViolinOrTheNode() {
        ViolinSpec spec = routers("""
                routing: {protocols: ospf, area: 7, hello: 1s, dead: 4s, bfd: true, metric: delay, startup-config: "router ospf\\n"}
                """, "  defaults: {as: 65000, routing: {metric: rate}}", "  kinds: {vrouter: {routing: {hello: 250ms}}}", "  nodes:",
                "r1: {kind: vrouter}", "r2: {kind: vrouter, as: 4294967295, routing: bgp, startup-config: log stdout}", "h: {}");
        assertEquals(Map.of("routing", "ospf", "routing.area", "0.0.0.7", "routing.hello", "1000", "routing.dead", "4000", "routing.bfd", "true",
                "routing.metric", "delay", "routing.startup-config", "router ospf\n"), spec.attributes());
        assertEquals(Map.of("as", "65000", "routing.hello", "250", "routing.metric", "rate"), node(spec, "r1"));
        assertEquals(Map.of("as", "4294967295", "routing", "bgp", "routing.hello", "250", "routing.metric", "rate",
                "routing.startup-config", "log stdout"), node(spec, "r2"));
        assertEquals(Map.of(), node(spec, "h"));
    }

    @Test
    void textForClickIsKeptAsItIs() {
        ViolinSpec spec = routers("routing: {forwarding: click, click.paths: 2, click.splice: \"Null -> Null\"}\n", "  nodes:",
                "r1: {kind: vrouter, routing: {click.graph: Idle}, interfaces: {eth0: {click.splice: Null}}}", "r2: {kind: vrouter}", "h: {}");
        assertEquals(Map.of("routing", "click", "routing.click.paths", "2", "routing.click.splice", "Null -> Null"), spec.attributes());
        assertEquals(Map.of("routing.click.graph", "Idle", "nic.eth0.click.splice", "Null"), node(spec, "r1"));
    }

    @Test
    void aRouterHasAnIdAndAddressesOfItsOwnAndSettingsOfItsInterfaces() {
        ViolinSpec spec = routers("", "  nodes:",
                "r1: {kind: vrouter, router-id: 10.255.0.1, loopback: [\"fd00:255::1\", 10.255.0.1/32], interfaces: {eth0: {area: 0.0.0.1, cost: 5}}}",
                "r2: {kind: vrouter, loopback: 10.128.0.1, interfaces: {eth0: {passive: true}, eth9: {area: 0}}}",
                "  links:", "- endpoints: [r1, r2]");
        assertEquals(Map.of("router-id", "10.255.0.1", "loopback", "10.255.0.1/32,fd00:255::1/128",
                "nic.eth0.area", "0.0.0.1", "nic.eth0.cost", "5"), node(spec, "r1"));
        assertEquals(Map.of("loopback", "10.128.0.1/32", "nic.eth0.passive", "true", "nic.eth9.area", "0.0.0.0"), node(spec, "r2"));
        assertEquals("10.128.0.5/30", spec.node("r1").orElseThrow().nics().get(0).addresses().get(0).toString());
        assertEquals("kernel", spec.attributes().get("routing"));
    }

    @Test
    void aLoopbackInTheSubnetThatAPresentViolinHasIsRefused() {
        String text = "name: x\ntopology:\n  nodes: {r1: {kind: vrouter}, r2: {kind: vrouter%s}}\n  links:\n    - endpoints: [r1, r2]\n";
        ViolinSpec present = Reading.spec(text.formatted(""), null);
        List<?> mistakes = Reading.of(text.formatted(", loopback: 10.128.0.3"), present).mistakes();
        assertTrue(mistakes.toString().contains("10.128.0.0/30, the subnet of link r1:eth0--r2:eth0"), mistakes.toString());
        assertEquals(present, Reading.spec(text.formatted(""), present));
    }

    @Test
    void aWordNearAKnownOneIsAPluginWithANote() {
        SpecReader.Reading reading = Reading.of("x.yaml", "name: x\nrouting: opsf\ntopology: {nodes: {a: {}}}\n");
        assertEquals("opsf", reading.spec().orElseThrow().attributes().get("routing"));
        assertEquals(List.of("routing 'opsf' (line 2) is taken for a plugin; did you mean 'ospf'?"), reading.notes());
    }

    @Test
    void theNameOfAFileOverrulesItsRoutingInEveryFormat() {
        String odd = Reading.text(Path.of("src/test/resources/formats/odd.graphml"));
        String lab = Reading.text(Path.of("src/test/resources/formats/good.clab.yml"));
        for (Map.Entry<String, String> e : Map.of("odd.graphml", odd, "odd.graphml#1", odd, "good.clab.yml", lab,
                "figure2.yaml", Reading.example("figure2.yaml")).entrySet()) {
            SpecReader.Reading plain = Reading.of(e.getKey(), e.getValue());
            SpecReader.Reading other = Reading.of(e.getKey() + "#routing=click+ospf", e.getValue());
            assertEquals("ospf+click", other.spec().orElseThrow().attributes().get("routing"));
            assertEquals("kernel", plain.spec().orElseThrow().attributes().get("routing"));
            assertEquals(plain.spec().orElseThrow().nodes(), other.spec().orElseThrow().nodes());
            assertEquals(plain.format(), other.format());
        }
        SpecReader.Reading bad = Reading.of("x.yaml#routing=OSPF", "name: x\nbad: 1\ntopology: {nodes: {a: {}}}\n");
        assertEquals("x.yaml: 'OSPF': --routing must be " + RoutingWords.RULE, bad.mistakes().get(0).toString());
        assertEquals(2, bad.mistakes().size());
        assertTrue(bad.mistakes().get(1).toString().startsWith("x.yaml:2:"));
        assertFalse(Reading.of("x.yaml#routing=", "name: x\ntopology: {nodes: {a: {}}}\n").spec().isPresent());
    }

    @ParameterizedTest
    @CsvSource({"10M, 1e7", "64k, 64000", "1Gbit, 1e9", "2.5 Gbps, 2.5e9", "1000, 1000", "1Tbps, 1e12", "5, 5"})
    void whatTheReaderTakesForARateIsOne(String written, double bits) {
        ViolinSpec spec = Reading.spec("name: x\ntopology:\n  nodes: {a: {}, b: {}}\n  links:\n    - {endpoints: [a, b], rate: " + written + "}\n", null);
        assertEquals(bits, spec.links().get(0).bitsPerSecond().orElseThrow());
        assertEquals(Quantity.rate(written), spec.links().get(0).bitsPerSecond().orElseThrow());
    }

    @Test
    void wordsThatCannotGoTogetherAreRefused() {
        for (String bad : List.of("", "+", "a+", "Ospf", "click+kernel", "zebra+bird+vpp", "a+b+c")) {
            assertThrows(IllegalArgumentException.class, () -> RoutingWords.parse(bad), bad);
        }
    }
}
