// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.violin.api.control.SpecReader;
import org.violin.api.model.NodeSpec;
import org.violin.api.model.ViolinSpec;

/** Placement hints become attributes of one form; contradictions are in {@code mistakes/placement.yaml}. */
class PlacementTest {
    private static Map<String, String> hints(Map<String, String> attributes) {
        Map<String, String> hints = new TreeMap<>(attributes);
        hints.keySet().removeIf(k -> !k.startsWith("placement."));
        return hints;
    }

    private static ViolinSpec nodes(String head, String... nodes) {
        return Reading.spec("name: x\n" + head + "topology:\n  " + String.join("\n    ", nodes) + "\n", null);
    }

    @Test
    void hintsOfANodeAreAttributesInPlainNumbers() {
        NodeSpec node = nodes("", "nodes:", "a: {placement: {hosts: [host1, h.2], labels: {site: berlin, country: [de, fr]}, load: 0.50, size: 256M}}")
                .node("a").orElseThrow();
        assertEquals(Map.of("placement.hosts", "host1,h.2", "placement.label.site", "berlin", "placement.label.country", "de|fr", "placement.load", "0.5",
                "placement.size", "268435456"), node.attributes());
        assertEquals(Optional.empty(), node.host());
        assertEquals(Map.of("placement.load", "0", "placement.size", "512000", "placement.label.zone", "7"),
                nodes("", "nodes:", "a: {placement: {load: 0, size: 500k, labels: {zone: 7}}}").node("a").orElseThrow().attributes());
    }

    @Test
    void aNodesHostsOverruleThoseFurtherOutAndLabelsOneByOne() {
        ViolinSpec spec = nodes("", "defaults: {placement: {hosts: [h1, h2], labels: {site: a, country: de}, load: 1}}",
                "\n  kinds: {vrouter: {host: h3, placement: {labels: {site: b}}}, vswitch: {placement: {size: 1M}}}", "\n  nodes:",
                "a: {}", "b: {host: h9}", "c: {placement: {host: h2, hosts: [h1, h2]}}", "r: {kind: vrouter}", "q: {kind: vrouter, placement: {hosts: h4, load: 2}}",
                "\n  lans: {l: {members: [a], placement: {labels: {site: [a, b]}}}}");
        Map<String, String> country = Map.of("placement.label.country", "de", "placement.load", "1", "placement.label.site", "a");
        assertEquals(with(country, "placement.hosts", "h1,h2"), spec.node("a").orElseThrow().attributes());
        assertEquals(country, spec.node("b").orElseThrow().attributes());
        assertEquals(Optional.of("h9"), spec.node("b").orElseThrow().host());
        assertEquals(Optional.of("h2"), spec.node("c").orElseThrow().host());
        assertEquals(with(country, "placement.hosts", "h1,h2"), spec.node("c").orElseThrow().attributes());
        assertEquals(Optional.of("h3"), spec.node("r").orElseThrow().host());
        assertEquals(with(country, "placement.label.site", "b"), spec.node("r").orElseThrow().attributes());
        assertEquals(Optional.empty(), spec.node("q").orElseThrow().host());
        assertEquals(with(with(with(country, "placement.label.site", "b"), "placement.hosts", "h4"), "placement.load", "2"),
                spec.node("q").orElseThrow().attributes());
        assertEquals(with(with(with(country, "placement.hosts", "h1,h2"), "placement.size", "1048576"), "placement.label.site", "a|b"),
                spec.node("l").orElseThrow().attributes());
    }

    private static Map<String, String> with(Map<String, String> map, String key, String value) {
        Map<String, String> more = new TreeMap<>(map);
        more.put(key, value);
        return more;
    }

    @Test
    void strategyWeightsAndGroupsAreAttributesOfTheViolin() {
        ViolinSpec spec = nodes("""
                placement:
                  strategy: message
                  weights: {loss: 100, access: 0.5, balance: 1e0}
                  apart: [[a, b], {nodes: [b, c], over: site}, {name: pair, nodes: [a, c]}]
                  spread: [[a, b, l], {name: apart-2, nodes: [a, b, c], over: domain, places: 2}]
                  together: [{nodes: [c, l], over: site}]
                """.replace("1e0", "1"), "nodes: {a: {}, b: {}, c: {}}", "\n  lans: {l: {members: [a, b]}}");
        Map<String, String> expected = new TreeMap<>(Map.of("placement.strategy", "message", "placement.weight.loss", "100", "placement.weight.access", "0.5",
                "placement.weight.balance", "1", "placement.group.apart-1", "apart host 0 a,b", "placement.group.apart-3", "apart site 0 b,c",
                "placement.group.pair", "apart host 0 a,c", "placement.group.spread-1", "spread host 3 a,b,l",
                "placement.group.apart-2", "spread domain 2 a,b,c", "placement.group.together-1", "together site 0 c,l"));
        assertEquals(expected, hints(spec.attributes()));
    }

    @Test
    void latencyLimitsAreInMillisecondsOnLinksAndOnEachLinkOfALan() {
        ViolinSpec spec = nodes("", "nodes: {a: {}, b: {}}", "\n  links: [{endpoints: [a, b], max-latency: 0.02s}]",
                "\n  lans: {l: {members: [a, b], max-latency: 1500us}}");
        assertEquals(List.of("1.5", "1.5", "20"), spec.links().stream().map(l -> l.attributes().get("max-latency")).sorted().toList());
        assertTrue(spec.node("l").orElseThrow().attributes().isEmpty());
    }

    @Test
    void aStrategyNearAKnownOneIsAPluginWithANote() {
        SpecReader.Reading reading = Reading.of("x.yaml", "name: x\nplacement: {strategy: gready}\ntopology: {nodes: {a: {}}}\n");
        assertEquals("gready", reading.spec().orElseThrow().attributes().get("placement.strategy"));
        assertEquals(List.of("placement strategy 'gready' (line 2) is taken for a plugin; did you mean 'greedy'?"), reading.notes());
    }

    @Test
    void whatOtherHostsMaySatisfyIsNotRefused() {
        nodes("placement: {apart: [[a, b]], together: [{nodes: [a, b], over: site}], spread: [{nodes: [a, b, c], places: 2}]}\n", "nodes:",
                "a: {placement: {hosts: [h1, h2]}}", "b: {placement: {hosts: [h2, h1]}}", "c: {host: h1, placement: {labels: {site: s}}}");
        nodes("placement: {together: [[a, b], [b, c]], apart: [{nodes: [a, d], over: site}]}\n", "nodes:",
                "a: {placement: {hosts: [h1, h2]}}", "b: {}", "c: {placement: {hosts: [h2, h3]}}", "d: {host: h4}");
    }

    @Test
    void groupsAreBounded() {
        String many = "[a, b], ".repeat(GroupKeys.MAX_GROUPS + 1);
        assertTrue(Reading.of("x.yaml", "name: x\nplacement: {apart: [" + many + "]}\ntopology: {nodes: {a: {}, b: {}}}\n").mistakes().get(0).toString()
                .endsWith("a violin has at most 1000 groups of 40000 nodes in all"));
    }

    @Test
    void otherFormatsHaveNoHints() {
        assertTrue(Reading.of("x.clab.yml", "name: x\nplacement: {strategy: greedy}\ntopology: {nodes: {a: {kind: linux}}}\n").mistakes().get(0).toString()
                .contains("unknown key of a containerlab file"));
        String graph = "<graphml><graph edgedefault=\"undirected\"><node id=\"0\"><data key=\"p\">host1</data></node></graph>"
                + "<key id=\"p\" for=\"node\" attr.name=\"placement.hosts\" attr.type=\"string\"/></graphml>";
        Reading.of("x.graphml", graph).spec().ifPresent(spec -> spec.nodes().forEach(n -> assertTrue(hints(n.attributes()).isEmpty())));
    }
}
