// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.violin.api.model.Timeline;

/** Steps and probes become complete: links by their keys, times in ms. */
class TimelineTest {
    private static final String NET = """
            name: x
            topology:
              nodes: {a: {}, b: {}, c--d: {}, r: {kind: vrouter}}
              lans: {lan: {members: [a, b]}}
              links:
                - endpoints: [a, b]
                - endpoints: [b, a]
                - endpoints: ["r:eth5", c--d]
            timeline:
            """;

    private static Timeline timeline(String text) {
        return Reading.spec(NET + text, null).timeline();
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " => ", quoteCharacter = '`', value = {
        "set: 'a:eth1--b', delay: 20ms, rate: none, from: b => {delay=20, from=b:eth1, links=a:eth1--b:eth1, rate=none}",
        "set: a--b, loss: {every: 5}, from: a => {from=a, links=a:eth1--b:eth1,a:eth2--b:eth2, loss=every 5}",
        "set: lan, state: cut, from: lan => {from=lan, links=a:eth0--lan:a,b:eth0--lan:b, state=cut}",
        "reset: [c--d--r, lan] => {links=c--d:eth0--r:eth5,a:eth0--lan:a,b:eth0--lan:b}",
        "ramp: a--lan, delay: 10ms..0.2s, over: 10s => {every=100, first=10, last=200, links=a:eth0--lan:a, over=10000, word=delay}",
        "trace: a--lan, delay: {file: rtt.txt.gz, row: 3, column: 17, scale: 0.5}, every: 200ms => {column=17, every=200, file=rtt.txt.gz, links=a:eth0--lan:a, row=3, scale=0.5, word=delay}",
        "trace: a--lan, rate: [1M, 10k] => {every=1000, links=a:eth0--lan:a, scale=1, values=1000000,10000, word=rate}",
        "down: 'r:eth5--c--d:eth0' => {links=c--d:eth0--r:eth5}", "up: lan--b => {links=b:eth0--lan:b}", "cut: lan--b => {links=b:eth0--lan:b}",
        "flap: lan--b, every: 1s, down: 200ms, for: 1m => {down=200, every=1000, for=60000, links=b:eth0--lan:b}",
        "crash: r => {node=r}", "start: a => {node=a}", "partition: [[h1], [h2, h3]], for: 5s => {for=5000, sides=h1|h2,h3}", "partition: [h1, h2] => {sides=h1|h2}", "heal: true => {}",
        "run: r, command: \"vtysh -c 'x'\", timeout: 20s => {command=vtysh -c 'x', node=r, timeout=20000}", "run: r, command: x => {command=x, node=r, timeout=10000}",
        "wait: r, command: x, every: 200ms => {command=x, every=200, node=r, timeout=60000}", "record: half time => {text=half time}"})
    void aStepIsComplete(String step, String arguments) {
        Timeline.Step read = timeline("  steps:\n    - {name: n, at: 1.5s, " + step + "}\n").steps().get(0);
        assertEquals(step.substring(0, step.indexOf(':')), read.action());
        assertEquals(arguments, read.arguments().toString());
        assertEquals(1500, read.atMillis());
        assertEquals("n", read.name());
        assertEquals(11, read.line());
    }

    @Test
    void probesAreComplete() {
        Timeline timeline = timeline("  duration: 30s\n  sample: 100ms\n  probes:\n    - {ping: [a, b], every: 100ms}\n    - {matrix: all, at: 1s}\n    - {matrix: [r, a]}\n"
                + "    - {iperf: [a, r], at: 1s, for: 20s, rate: 10M}\n    - {iperf: [a, r]}\n");
        assertEquals(30_000, timeline.durationMillis());
        assertEquals(100, timeline.sampleMillis());
        assertEquals(new Timeline.Probe(13, "ping", 0, 0, Map.of("from", "a", "to", "b", "every", "100")), timeline.probes().get(0));
        assertEquals(new Timeline.Probe(14, "matrix", 1000, 0, Map.of("nodes", "a,b,c--d,r")), timeline.probes().get(1));
        assertEquals("r,a", timeline.probes().get(2).arguments().get("nodes"));
        assertEquals(new Timeline.Probe(16, "iperf", 1000, 20_000, Map.of("from", "a", "to", "r", "rate", "10000000")), timeline.probes().get(3));
        assertEquals(Map.of("from", "a", "to", "r"), timeline.probes().get(4).arguments());
    }

    @Test
    void theLengthIsThatOfTheLastStepUnlessAProbeIsLonger() {
        assertEquals(Timeline.NONE, Reading.spec(NET.replace("timeline:\n", ""), null).timeline());
        assertEquals(0, timeline("  steps: [{at: 5s, down: a--b}]\n").durationMillis());
        assertEquals(0, timeline("  steps: [{at: 5s, down: a--b}]\n  probes: [{ping: [a, b]}]\n").durationMillis());
        assertEquals(9000, timeline("  steps: [{at: 5s, down: a--b}]\n  probes: [{ping: [a, b], at: 1s, for: 8s}]\n").durationMillis());
        assertEquals(0, timeline("  steps: [{at: 5s, wait: a, command: x}]\n  probes: [{ping: [a, b], for: 8s}]\n").durationMillis());
        assertEquals(9000, timeline("  duration: 9s\n  steps: [{at: 5s, trace: a--b, delay: [1, 2, 3, 4, 5, 6]}]\n").durationMillis());
        assertEquals(12_000, timeline("  steps: [{at: 5s, trace: a--b, delay: [1, 2]}]\n  probes: [{ping: [a, b], for: 12s}]\n").durationMillis());
        assertEquals(8000, timeline("  probes: [{ping: [a, b], for: 8s}]\n").durationMillis());
        assertTrue(Reading.of("x.yaml", NET + "  probes: [{ping: [a, b]}]\n").mistakes().toString().contains("give a 'duration'"));
        assertTrue(Reading.of("x.yaml", NET + "  duration: 5s\n  steps:\n    - {after: w, at: 6s, heal: true}\n    - {at: 0, name: w, wait: a, command: x}\n").mistakes().toString()
                .contains("begins at 6000 ms"));
    }

    @Test
    void aChainOfTenThousandStepsIsRead() {
        StringBuilder text = new StringBuilder("  steps:\n");
        for (int i = 0; i < TimelineKeys.MAX_STEPS; i++) text.append("    - {name: s" + i + ", after: s" + (i + 1) + ", at: 1ms, heal: true}\n");
        assertTrue(Reading.of("x.yaml", NET + text).mistakes().toString().contains("no step has this name"));
        text.append("    - {name: s" + TimelineKeys.MAX_STEPS + ", at: 1ms, heal: true}\n");
        assertTrue(Reading.of("x.yaml", NET + text).mistakes().toString().contains("at most 10000 steps"));
        Timeline good = timeline(text.toString().replaceFirst("    - .*\n", ""));
        assertEquals(TimelineKeys.MAX_STEPS, good.steps().size());
    }

    @Test
    void changesAndProbesAreBounded() {
        for (String step : new String[] {"ramp: a--b, delay: 1..2, over: 1h, every: 1ms", "flap: a--b, every: 10ms, down: 1ms, for: 1h", "trace: a--b, delay: [" + "1,".repeat(100_001) + "]"}) {
            String mistakes = Reading.of("x.yaml", NET + "  steps:\n    - {at: 1s, " + step + "}\n").mistakes().toString();
            assertTrue(mistakes.contains("100000"), mistakes);
        }
        assertTrue(Reading.of("x.yaml", NET + "  duration: 1s\n  probes:\n" + "    - {matrix: all}\n".repeat(1001)).mistakes().toString().contains("at most 1000 probes"));
    }
}
