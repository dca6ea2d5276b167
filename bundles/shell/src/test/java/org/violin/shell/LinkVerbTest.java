// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.violin.api.control.PlanStep;
import org.violin.api.control.Report;
import org.violin.api.control.Specs;
import org.violin.api.model.Conditions;
import org.violin.api.model.Endpoint;
import org.violin.api.model.LinkSpec;
import org.violin.api.model.ViolinSpec;
import org.violin.shell.KarafShell.Answer;

/** {@code link} changes the stored spec and nothing else. */
class LinkVerbTest {
    private static final Endpoint A = Endpoint.parse("a:eth0");
    private static final Endpoint B = Endpoint.parse("b:eth0");
    private ViolinSpec spec = new ViolinSpec("v", List.of(), List.of(
            new LinkSpec(A, B, 3, 20, Map.of("loss", "1", "note", "mine")),
            new LinkSpec(Endpoint.parse("a:eth1"), Endpoint.parse("c:eth0"), 1, 0, Map.of())), Map.of());
    private int changes;

    private final KarafShell shell = new KarafShell(new Specs() {
        @Override
        public Optional<ViolinSpec> spec(String violin) {
            return violin.equals("v") ? Optional.of(spec) : Optional.empty();
        }

        @Override
        public Report change(String violin, UnaryOperator<ViolinSpec> change, Consumer<String> progress) {
            spec = change.apply(spec);
            changes++;
            return new Report("v", 2, List.of(new PlanStep("change", "conditions", "a:eth0", "host1", "")), List.of(), List.of(), true, 1, 1);
        }
    });

    @AfterEach
    void close() throws Exception {
        shell.close();
    }

    private Map<String, String> from(Endpoint end) {
        Map<String, String> settings = Conditions.of(spec, spec.links().get(0), end);
        settings.remove(Conditions.SEED);
        return settings;
    }

    private void link(String... words) throws Exception {
        String[] all = new String[words.length + 4];
        System.arraycopy(new String[] {"link", "v", "b", "a"}, 0, all, 0, 4);
        System.arraycopy(words, 0, all, 4, words.length);
        Answer answer = shell.call(all);
        assertEquals(0, answer.result(), answer.err());
        assertEquals("change conditions a:eth0 on host1\n", answer.out());
    }

    @Test
    void setIsForBothDirectionsOrOne() throws Exception {
        link("set", "delay=5ms", "rate=10M", "jitter=200us");
        assertEquals(Map.of("delay", "5", "loss", "1", "rate", "10000000", "jitter", "0.2"), from(A));
        assertEquals(from(A), from(B));
        link("set", "--from", "a", "loss=none", "delay=7");
        assertEquals(Map.of("delay", "7", "rate", "10000000", "jitter", "0.2"), from(A));
        assertEquals("1", from(B).get("loss"));
        link("set", "loss=2%");
        assertEquals("2", from(A).get("loss"), "for both again");
        assertEquals("mine", spec.links().get(0).attributes().get("note"));
        assertEquals(3, spec.links().get(0).cost());
    }

    @Test
    void whatIsOnlyAFactStaysOneUnlessItIsSet() throws Exception {
        spec = spec.withAttributes(Map.of(Conditions.EMULATE, "false"));
        assertEquals(Map.of(), from(A));
        link("set", "--from", "a", "jitter=2");
        assertEquals(Map.of("jitter", "2"), from(A));
        assertEquals(Map.of(), from(B));
        link("set", "delay=5ms");
        assertEquals(Map.of("jitter", "2", "delay", "5"), from(A));
        assertEquals(Map.of("delay", "5"), from(B));
        assertEquals("false", spec.attributes().get(Conditions.EMULATE), "other links are as they were");
    }

    @Test
    void downUpAndReset() throws Exception {
        link("down");
        assertEquals("down", from(B).get("state"));
        link("up");
        assertEquals(null, from(B).get("state"));
        link("set", "duplicate=3");
        link("reset", "--from", "b");
        assertEquals(Map.of(), from(B));
        assertEquals(Map.of("delay", "20", "loss", "1", "duplicate", "3"), from(A));
        link("reset");
        assertEquals(Map.of(), from(A));
        assertEquals(Map.of("note", "mine"), spec.links().get(0).attributes());
    }

    @Test
    void whatIsWrongIsToldAtOnceAndChangesNothing() throws Exception {
        refused(2, "'dely'", "link", "v", "a", "b", "set", "dely=5", "loss=200");
        refused(2, "'200'", "link", "v", "a", "b", "set", "dely=5", "loss=200");
        refused(2, "queue: needs 'rate'", "link", "v", "a", "b", "set", "queue=10p");
        refused(2, "'loss': WORD=VALUE", "link", "v", "a", "b", "set", "loss");
        refused(2, "set WORD=VALUE", "link", "v", "a", "b", "set");
        refused(2, "down takes no values", "link", "v", "a", "b", "down", "now");
        refused(2, "'wobble': show, set", "link", "v", "a", "b", "wobble");
        refused(2, "--from 'c': a or b", "link", "v", "a", "b", "down", "--from", "c");
        refused(1, "no vLink joins b and c; from b they lead to a", "link", "v", "b", "c", "down");
        refused(1, "v/z: there is no such node", "link", "v", "a", "z", "down");
        refused(1, "w: there is no violin of that name", "link", "w", "a", "b");
        assertEquals(0, changes);
    }

    private void refused(int status, String why, String... words) throws Exception {
        Answer answer = shell.call(words);
        assertEquals(status, answer.result(), answer.err());
        assertTrue(answer.err().contains(why), answer.err());
    }
}
