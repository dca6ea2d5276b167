// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.violin.api.control.SpecReader;
import org.violin.api.model.Conditions;
import org.violin.api.model.LinkSpec;
import org.violin.api.model.ViolinSpec;

/** Conditions in files: by default, of LANs, of links, of one direction. */
class ConditionsTest {
    private static ViolinSpec pair(String link) {
        return Reading.spec("name: x\ntopology:\n  nodes: {a: {}, b: {}}\n  links:\n    - " + link + "\n", null);
    }

    private static Map<String, String> of(ViolinSpec spec, int link, boolean a) {
        LinkSpec l = spec.links().get(link);
        Map<String, String> settings = new java.util.TreeMap<>(Conditions.of(spec, l, a ? l.a() : l.b()));
        settings.remove(Conditions.SEED);
        return settings;
    }

    @Test
    void everyKeyOfALinkIsOfBothDirections() {
        ViolinSpec spec = pair("{endpoints: [a, b], delay: 20ms, jitter: 2ms, distribution: normal, order: keep, loss: {p: 1, r: 10, bad: 100, good: 0}, corrupt: 0.1%, duplicate: 1,"
                + " reorder: 2, rate: 10M, bandwidth: 1G, overhead: 24, burst: 3000, queue: 50ms, discipline: {codel: {target: 10ms}}, ecn: true, state: cut}");
        Map<String, String> all = Map.ofEntries(Map.entry("delay", "20"), Map.entry("jitter", "2"), Map.entry("distribution", "normal"), Map.entry("order", "keep"),
                Map.entry("loss", "ge 1 10 100 0"), Map.entry("corrupt", "0.1"), Map.entry("duplicate", "1"), Map.entry("reorder", "2"), Map.entry("rate", "10000000"),
                Map.entry("overhead", "24"), Map.entry("burst", "3000"), Map.entry("queue", "50ms"), Map.entry("discipline", "codel 10 100"), Map.entry("ecn", "true"), Map.entry("state", "cut"));
        assertEquals(all, of(spec, 0, true));
        assertEquals(all, of(spec, 0, false));
        assertEquals(1e9, spec.links().get(0).bitsPerSecond().orElseThrow());
        assertEquals(Map.of("distribution", "samples", "samples", "1,2.5"), of(pair("{endpoints: [a, b], distribution: samples, samples: [1, 2500us]}"), 0, true));
        assertEquals(Map.of("loss", "every 100"), of(pair("{endpoints: [a, b], loss: {every: 100}}"), 0, true));
        assertEquals("red 1024 3072 10", of(pair("{endpoints: [a, b], rate: 1M, discipline: {red: {max: 3k, probability: 10%}}}"), 0, true).get("discipline"));
        assertEquals(Map.of(), of(pair("{endpoints: [a, b], state: up, cost: 3}"), 0, true));
    }

    @Test
    void anEndHasTheDirectionThatBeginsThere() {
        ViolinSpec spec = pair("{endpoints: [{node: b, interface: eth5, delay: 20ms, loss: 1}, a], delay: 5ms, rate: 1M}");
        assertEquals(Map.of("delay", "5", "rate", "1000000"), of(spec, 0, true));
        assertEquals(Map.of("delay", "20", "loss", "1", "rate", "1000000"), of(spec, 0, false));
        assertEquals("20", spec.links().get(0).attributes().get("from.b:eth5.delay"));
        assertEquals(5, spec.links().get(0).delayMillis());
    }

    @Test
    void noneTakesAwayWhatOthersGive() {
        ViolinSpec spec = pair("{endpoints: [{node: a, rate: none, delay: none, queue: none}, b], delay: 5ms, rate: 1M, queue: 5}");
        assertEquals("0", spec.links().get(0).attributes().get("from.a:eth0.delay"));
        assertEquals(Map.of(), of(spec, 0, true));
        assertEquals(Map.of("delay", "5", "rate", "1000000", "queue", "5p"), of(spec, 0, false));
        assertFalse(spec.links().get(0).attributes().containsKey("rate"));
    }

    @Test
    void defaultsThenLanThenMember() {
        ViolinSpec spec = Reading.spec("""
                name: x
                topology:
                  defaults: {link: {delay: 3ms, rate: 5M, cost: 7, bandwidth: 9M}}
                  nodes: {a: {}, b: {}}
                  lans: {lan: {members: [{node: a, loss: 2}, b], delay: 1ms, rate: none}}
                  links:
                    - endpoints: [a, b]
                    - {endpoints: [a, b], cost: 1, delay: none, jitter: 1}
                """, null);
        assertEquals(Map.of("delay", "1", "loss", "2"), of(spec, 0, true));
        assertEquals(Map.of("delay", "1"), of(spec, 0, false));
        assertEquals(Map.of("delay", "1"), of(spec, 1, true));
        assertEquals(Map.of("delay", "3", "rate", "5000000"), of(spec, 2, true));
        assertEquals(Map.of("jitter", "1", "rate", "5000000"), of(spec, 3, false));
        assertEquals(List.of(7.0, 7.0, 7.0, 1.0), spec.links().stream().map(LinkSpec::cost).toList());
        assertEquals("9M", spec.links().get(3).attributes().get("bandwidth"));
    }

    @Test
    void jitterBeyondTheDelayIsNotedOnce() {
        SpecReader.Reading reading = Reading.of("x.yaml", "name: x\ntopology:\n  nodes: {a: {}, b: {}}\n  lans: {l: {members: [a, b], jitter: 5}}\n");
        assertEquals(List.of("line 4: jitter of 5 ms is more than the delay of 0 ms: what would be less than no delay is none"), reading.notes());
    }

    @Test
    void withoutEmulationOnlyTheStateCountsInEitherDirection() {
        ViolinSpec spec = Reading.spec("name: x\nemulate: false\ntopology: {nodes: {a: {}, b: {}}, links: [{endpoints: [{node: a, loss: 1, state: cut}, b], delay: 5}]}\n", null);
        assertEquals(Map.of("state", "cut"), of(spec, 0, true));
        assertEquals(Map.of(), of(spec, 0, false));
        assertEquals(5, spec.links().get(0).delayMillis());
    }

    @Test
    void theFileOrItsNameSaysWhetherConditionsAreImposed() {
        String text = "name: x\nseed: -5\nemulate: false\ntopology: {nodes: {a: {}, b: {}}, links: [{endpoints: [a, b], delay: 5}]}\n";
        assertEquals(Map.of("emulate", "false", "routing", "kernel", "seed", "-5"), Reading.of("x.yaml", text).spec().orElseThrow().attributes());
        ViolinSpec on = Reading.of("x.yaml#routing=ospf#emulate=true", text).spec().orElseThrow();
        assertEquals(Map.of("routing", "ospf", "seed", "-5"), on.attributes());
        assertEquals(Map.of("delay", "5"), of(on, 0, true));
        assertEquals("x.yaml: 'no': --emulate must be true: conditions of links are imposed, or false: they are only known",
                Reading.of("x.yaml#emulate=no", text).mistakes().get(0).toString());
        String odd = Reading.text(Path.of("src/test/resources/formats/odd.graphml"));
        assertEquals("false", Reading.of("odd.graphml", odd).spec().orElseThrow().attributes().get("emulate"));
        assertFalse(Reading.of("odd.graphml#1#emulate=true", odd).spec().orElseThrow().attributes().containsKey("emulate"));
    }
}
