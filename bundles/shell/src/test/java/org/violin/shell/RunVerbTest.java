// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.violin.api.control.Runs;
import org.violin.api.model.Refused;
import org.violin.shell.KarafShell.Answer;

class RunVerbTest {
    private final List<Runs.Wish> wishes = new ArrayList<>();
    private List<String> failures = List.of();
    private boolean running = true;
    private final KarafShell shell = new KarafShell(new Fakes.FakeViolins(), new Given());

    private final class Given implements Runs {
        @Override
        public Result run(String violin, Wish wish, Consumer<String> progress) throws Refused {
            if (!violin.equals("figure2")) throw new Refused("run", violin, "there is no such violin");
            wishes.add(wish);
            progress.accept("1.0 of 2.0 s");
            Map<String, String> row = new LinkedHashMap<>();
            row.put("kind", "ping");
            row.put("subject", "a to b");
            row.put("sent", "20");
            row.put("lost", "1");
            return new Result(violin, 7, 2000, List.of(new Happening(500, "host1", "down", "a:x--b:y", "")), List.of(row), failures, wish.folder(), List.of("report.html"));
        }

        @Override
        public boolean stop(String violin) {
            return running;
        }
    }

    @AfterEach
    void stop() {
        shell.close();
    }

    @Test
    void a_run_prints_its_progress_its_table_and_where_the_report_is() throws Exception {
        Answer answer = shell.call("run", "figure2", "--seed", "7", "--to", "/tmp/results", "--data", "/tmp/data", "--no-settle");
        assertEquals(0, answer.result(), answer.err());
        assertEquals("WHAT  SUBJECT  RESULT\nping  a to b   sent 20, lost 1\nfigure2: 1 events in 2.0 s, seed 7, 0 failed\nresults: /tmp/results/report.html\n", answer.out());
        assertEquals("1.0 of 2.0 s\n", answer.err());
        Runs.Wish wish = wishes.get(0);
        assertEquals("/tmp/results /tmp/data 7 false", wish.folder() + " " + wish.data() + " " + wish.seed().getAsLong() + " " + wish.settle());
    }

    @Test
    void failures_end_with_1_and_json_has_all() throws Exception {
        failures = List.of("run 'x' on a: ended with status 3");
        Answer answer = shell.call("run", "-o", "json", "figure2");
        assertEquals(1, answer.result());
        assertTrue(answer.err().endsWith("ended with status 3\n"));
        JsonNode json = new ObjectMapper().readTree(answer.out());
        assertEquals("down", json.get("events").get(0).get("action").asText());
        assertTrue(json.get("folder").asText().matches("/.*/figure2-run-[0-9]{8}-[0-9]{6}"), json.get("folder").asText());
        assertTrue(wishes.get(0).seed().isEmpty() && wishes.get(0).settle());
    }

    @Test
    void a_run_can_be_ended() throws Exception {
        assertEquals("figure2: the run is ended, all is put back\n", shell.call("run", "--stop", "figure2").out());
        running = false;
        Answer answer = shell.call("run", "--stop", "-o", "json", "figure2");
        assertEquals(1, answer.result());
        assertTrue(answer.out().contains("\"stopped\":false"));
        assertEquals(List.of(), wishes);
    }

    @Test
    void what_cannot_be_meant_is_told() throws Exception {
        assertEquals(2, shell.call("run", "--seed", "x", "figure2").result());
        assertEquals("run: 'nothing': there is no such violin\n", shell.call("run", "nothing").err());
        assertEquals(List.of("figure2"), shell.complete("violin:run", ""));
    }
}
