// SPDX-License-Identifier: Apache-2.0
package org.violin.timeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.violin.api.model.Conditions;
import org.violin.api.model.Endpoint;
import org.violin.api.model.Refused;
import org.violin.api.model.Timeline.Probe;
import org.violin.api.model.Timeline.Step;
import org.violin.api.model.ViolinSpec;
import org.violin.timeline.Score.Cue;
import org.violin.timeline.Score.Kind;
import org.violin.timeline.Score.Op;

class ComposerTest {
    private static final String AR = Net.AR;
    private static final String BR = Net.BR;

    /** Moments and settings of one port, as its host would lay them. */
    private static List<String> track(Score score, String host, String port) {
        Overlay overlay = new Overlay(score.parts().get(host).ports().get(port), 42);
        List<String> track = new ArrayList<>();
        for (Op op : score.parts().get(host).ops()) {
            if (!op.subject().equals(port)) continue;
            overlay.apply(op);
            Map<String, String> settings = new TreeMap<>(overlay.settings());
            settings.remove(Conditions.SEED);
            track.add((op.base() < 0 ? "" : "after " + op.base() + " ") + op.atMillis() + settings);
        }
        return track;
    }

    private static List<String> script(Score score) {
        return score.cues().stream().map(c -> c.atMillis() + " " + c.action() + " " + c.subject() + (c.text().isEmpty() ? "" : ": " + c.text()) + " " + c.hosts()).toList();
    }

    private static String mistakes(Step... steps) {
        return assertThrows(Refused.class, () -> Net.score(0, steps)).getMessage();
    }

    @Test
    void words_are_laid_over_words_at_both_ends_each_by_its_host() throws Refused {
        Score score = Net.score(10_000, Net.step(2000, "set", "links", BR, "loss", "10"), Net.step(1000, "set", "links", BR, "delay", "20", "jitter", "2"),
                Net.step(3000, "reset", "links", BR));
        List<String> both = List.of("1000{delay=20, jitter=2}", "2000{delay=20, jitter=2, loss=10}", "3000{}");
        assertEquals(both, track(score, "host2", "b:eth1"));
        assertEquals(both, track(score, "host1", "r:eth2"));
        assertEquals(List.of(), track(score, "host1", "a:eth1"));
        assertEquals(List.of("1000 set " + BR + ": delay 20, jitter 2 [host1, host2]", "2000 set " + BR + ": loss 10 [host1, host2]",
                "3000 reset " + BR + ": as in the file [host1, host2]"), script(score));
        assertEquals(10_000, score.endMillis());
    }

    @Test
    void one_direction_begins_at_one_end() throws Refused {
        Score score = Net.score(5000, Net.step(0, "set", "links", AR + "," + BR, "from", "r", "loss", "1"), Net.step(1, "set", "links", BR, "from", "b:eth1", "delay", "3"));
        assertEquals(List.of("0{loss=1}"), track(score, "host1", "r:eth1"));
        assertEquals(List.of("0{loss=1}"), track(score, "host1", "r:eth2"));
        assertEquals(List.of("1{delay=3}"), track(score, "host2", "b:eth1"));
        assertEquals("0 set " + AR + " from r: loss 1 [host1]", script(score).get(0));
    }

    @Test
    void a_ramp_ends_at_its_last_value() throws Refused {
        Score score = Net.score(0, Net.step(1000, "ramp", "links", AR, "word", "delay", "first", "10", "last", "40", "over", "1000", "every", "300"));
        assertEquals(List.of("1000{delay=10}", "1300{delay=19}", "1600{delay=28}", "1900{delay=37}", "2000{delay=40}"), track(score, "host1", "a:eth1"));
        assertEquals(List.of("1000 ramp " + AR + ": delay 10 to 40 [host1]", "2000 ramp ends " + AR + ": delay 40 [host1]"), script(score));
        assertEquals(2000, score.endMillis(), "until the last step has ended");
    }

    @Test
    void a_ramp_may_fall_and_has_plain_numbers() throws Refused {
        Score score = Net.score(0, Net.step(0, "ramp", "links", AR, "word", "rate", "first", "1000000000", "last", "0.1", "over", "300", "every", "100"));
        assertEquals(List.of("0{rate=1000000000}", "100{rate=666666666.7}", "200{rate=333333333.4}", "300{rate=0.1}"), track(score, "host1", "r:eth1"));
    }

    @Test
    void a_flap_goes_down_and_up_and_ends_up() throws Refused {
        Score score = Net.score(0, Net.step(100, "flap", "links", AR, "every", "1000", "down", "300", "for", "2100"));
        assertEquals(List.of("100{state=down}", "400{}", "1100{state=down}", "1400{}", "2100{state=down}", "2200{}"), track(score, "host1", "a:eth1"));
        assertEquals(6, score.cues().size());
        assertEquals(2200, score.endMillis());
    }

    @Test
    void a_partition_cuts_what_crosses_and_leaves_other_states() throws Refused {
        Score score = Net.score(9000, Net.step(1000, "partition", "sides", "host1|host2", "for", "2000"), Net.step(500, "set", "links", BR, "loss", "5"),
                Net.step(2000, "down", "links", BR), Net.step(4000, "partition", "sides", "host1|host2"), Net.step(5000, "up", "links", BR), Net.step(6000, "heal"));
        assertEquals(List.of("500{loss=5}", "1000{loss=5, state=cut}", "2000{loss=5, state=down}", "3000{loss=5, state=down}", "4000{loss=5, state=down}",
                "5000{loss=5, state=cut}", "6000{loss=5}"), track(score, "host2", "b:eth1"));
        assertEquals(List.of(), track(score, "host1", "a:eth1"), "both ends on one side");
    }

    @Test
    void a_step_after_another_counts_from_its_end() throws Refused {
        Score score = Net.score(0, Net.named("slow", "", 1000, "ramp", "links", AR, "word", "delay", "first", "0", "last", "10", "over", "500"),
                Net.named("next", "slow", 100, "down", "links", AR), Net.named("", "next", 50, "up", "links", AR));
        assertEquals(List.of("ramp 1000", "ramp ends 1500", "down 1600", "up 1650"), score.cues().stream().map(c -> c.action() + " " + c.atMillis()).toList());
        assertTrue(score.waits().isEmpty(), "all ends are known before");
    }

    @Test
    void a_step_after_a_command_waits_for_its_mark() throws Refused {
        Score score = Net.score(0, Net.named("ready", "", 1000, "wait", "node", "b", "command", "test -e /x", "every", "50", "timeout", "4000"),
                Net.named("cut", "ready", 100, "cut", "links", BR), Net.named("", "cut", 10, "up", "links", BR), Net.step(20_000, "record", "text", "late"));
        assertEquals(Map.of(0, "ready"), score.waits());
        assertEquals(List.of("after 0 100{state=cut}", "after 0 110{}"), track(score, "host1", "r:eth2"));
        assertEquals(List.of(-1, -1, 0, 0), score.cues().stream().map(Cue::base).toList(), "what is known first");
        assertEquals(-1, score.endMillis(), "nobody knows");
        assertEquals(20_000, score.latestMillis());
        Op wait = score.parts().get("host2").ops().get(0);
        assertEquals(Kind.WAIT, wait.kind());
        assertEquals("0", wait.words().get("mark"));
        assertEquals(List.of("b"), score.parts().get("host2").guests());
    }

    @Test
    void the_latest_moment_adds_up_the_timeouts() throws Refused {
        Score score = Net.score(0, Net.named("x", "", 1000, "run", "node", "a", "command", "true", "timeout", "2000"),
                Net.named("y", "x", 500, "run", "node", "a", "command", "true", "timeout", "3000"), Net.named("", "y", 7, "record", "text", "end"));
        assertEquals(1000 + 2000 + 500 + 3000 + 7, score.latestMillis());
    }

    @Test
    void circles_are_told() {
        assertTrue(mistakes(Net.named("x", "y", 0, "record", "text", "1"), Net.named("y", "x", 0, "record", "text", "2")).contains("wait for each other"));
        assertTrue(mistakes(Net.named("x", "x", 0, "record", "text", "1")).contains("wait for each other"));
    }

    @Test
    void all_mistakes_come_at_once_with_their_lines() {
        String all = mistakes(Net.step(0, "set", "links", "a:eth1--z:eth1", "loss", "1"), Net.step(0, "crash", "node", "nobody"), Net.step(0, "jump"),
                Net.step(0, "ramp", "links", AR, "word", "colour", "first", "x", "last", "2", "over", "10"), Net.named("", "nothing", 0, "record", "text", "t"),
                Net.step(0, "partition", "sides", "host1|host9"), Net.step(0, "flap", "links", AR, "every", "10", "down", "10", "for", "100"),
                Net.step(0, "ramp", "links", AR, "word", "delay", "first", "0", "last", "2", "over", "86400000", "every", "1"));
        for (String part : List.of("net:7: 'a:eth1--z:eth1': there is no such vLink", "'nobody': there is no such node", "'jump': there is no such action",
                "'colour': one of", "'x': first: a number", "'nothing': there is no step", "no vLink of this violin lies between", "less than every", "at most 10000")) {
            assertTrue(all.contains(part), part + " in " + all);
        }
    }

    @Test
    void a_wished_seed_replaces_the_files_where_there_are_fates() throws Refused {
        ViolinSpec spec = Net.spec(1000, List.of(Net.step(1, "set", "links", AR, "loss", "5")), List.of());
        Score plain = new Composer(spec, Net.PLACES, new Traces(Path.of("/")), null).compose();
        Score seeded = new Composer(spec, Net.PLACES, new Traces(Path.of("/")), 99L).compose();
        assertEquals(Map.of(), plain.parts().get("host2").ports().get("b:eth1"));
        ViolinSpec with99 = spec.withAttributes(Map.of("seed", "99"));
        String seed = Long.toString(Conditions.seed(with99, Endpoint.parse("b:eth1")));
        assertEquals(Map.of("seed", seed), seeded.parts().get("host2").ports().get("b:eth1"), "delay 5 ms of the file");
        assertEquals(Map.of(), seeded.parts().get("host1").ports().get("a:eth1"), "the file does nothing there");
        assertEquals(99, seeded.seed());
        assertEquals(plain.cues(), seeded.cues(), "the script is the same");
    }

    @Test
    void probes_become_programs_in_guests() throws Refused {
        List<Probe> probes = List.of(Net.probe("ping", 500, 0, "from", "a", "to", "b", "every", "50"), Net.probe("matrix", 0, 0, "nodes", "a,b,r"),
                Net.probe("iperf", 1000, 4000, "from", "a", "to", "b"), Net.probe("iperf", 1000, 0, "from", "b", "to", "a", "rate", "2000000"));
        Score score = new Composer(Net.spec(9000, List.of(), probes), Net.PLACES, new Traces(Path.of("/")), null).compose();
        List<Op> one = score.parts().get("host1").ops();
        assertEquals(List.of(Kind.MATRIX, Kind.MATRIX, Kind.PING, Kind.SERVE, Kind.IPERF), one.stream().map(Op::kind).toList());
        assertEquals(List.of("fping", "iperf3"), score.parts().get("host1").programs());
        assertEquals("exec fping -D -l -p 50 -t 1000 10.0.2.2", one.get(2).words().get("command"));
        Op server = score.parts().get("host2").ops().stream().filter(o -> o.kind() == Kind.SERVE).findFirst().orElseThrow();
        assertEquals(500, server.atMillis());
        assertEquals("timeout 5 sh -c 'until ping -q -c 1 -W 1 10.0.2.2; do sleep 0.1; done' >/dev/null 2>&1; exec iperf3 -c 10.0.2.2 -4 -p 5203 -t 4 -i 0.5 -J --get-server-output --connect-timeout 3000", one.get(4).words().get("command"));
        Op udp = score.parts().get("host2").ops().stream().filter(o -> o.kind() == Kind.IPERF).findFirst().orElseThrow();
        assertTrue(udp.words().get("command").contains("-c 10.0.1.2 -4 -p 5204 -t 8 ") && udp.words().get("command").endsWith("-u -b 2000000"));
        assertEquals(4, score.cues().size(), "servers are no events");
    }

    @Test
    void the_same_file_gives_the_same_score() throws Refused {
        Step[] steps = {Net.step(5, "flap", "links", AR, "every", "10", "for", "95"), Net.step(5, "set", "links", BR, "loss", "1"), Net.step(5, "crash", "node", "a"),
            Net.step(9, "start", "node", "a")};
        assertEquals(Net.score(0, steps), Net.score(0, steps));
    }
}
