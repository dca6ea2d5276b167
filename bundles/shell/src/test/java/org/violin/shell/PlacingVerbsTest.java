// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.violin.api.control.PlacementView;
import org.violin.api.control.Placements;
import org.violin.api.control.PlanStep;
import org.violin.api.control.Report;
import org.violin.api.control.ViolinSummary;
import org.violin.api.control.ViolinView;
import org.violin.api.control.Violins;
import org.violin.api.model.Refused;
import org.violin.api.placement.Cost;
import org.violin.shell.KarafShell.Answer;

/** {@code plan}, {@code place} and {@code drain}, with a control that notes what it was asked. */
class PlacingVerbsTest {
    private final List<String> asked = new ArrayList<>();
    private final Set<String> drained = new TreeSet<>();
    private boolean nothingPays;
    private final KarafShell shell = new KarafShell(new Planned(), new Placed());

    private PlacementView view() {
        List<PlacementView.Choice> choices = List.of(
                new PlacementView.Choice("r1", "vrouter", nothingPays ? "host1" : "host2", "host1", "20.0 here, 4.0 more on host3"),
                new PlacementView.Choice("h1", "vhost", "host1", "", "pinned to host1"));
        return new PlacementView("message", new Cost(18, 1, 0, 1, 0.5), 20.5, 40, 20.4, 0.49, false, 12, "3 of 3 pairs measured", choices);
    }

    private Report report(boolean dryRun) {
        return new Report("figure2", 4, List.of(new PlanStep("create", "vrouter", "r1", "host2", "")), List.of(), List.of(), !dryRun, 3, 40, view());
    }

    private final class Planned implements Violins {
        @Override
        public Report apply(String file, String text, Map<String, String> pins, boolean dryRun, Consumer<String> progress) {
            asked.add(file + " " + pins + " " + dryRun);
            return report(dryRun);
        }

        @Override
        public Report destroy(String violin, Consumer<String> progress) {
            throw new IllegalStateException();
        }

        @Override
        public List<ViolinSummary> list() {
            return List.of();
        }

        @Override
        public java.util.Optional<ViolinView> show(String violin) {
            return java.util.Optional.empty();
        }
    }

    private final class Placed implements Placements {
        @Override
        public Report optimize(String violin, Wish wish, boolean dryRun, Consumer<String> progress) throws Refused {
            asked.add(violin + " " + wish + " " + dryRun);
            if (violin.equals("none")) throw new Refused("place", violin, "there is no violin of that name; see: violin list");
            return report(dryRun);
        }

        @Override
        public List<Report> drain(String host, boolean dryRun, Consumer<String> progress) {
            if (!dryRun) drained.add(host);
            return List.of(report(dryRun));
        }

        @Override
        public void undrain(String host) throws Refused {
            if (!drained.remove(host)) throw new Refused("drain --undo", host, "this overlay host is not taken out");
        }

        @Override
        public Set<String> drained() {
            return drained;
        }
    }

    @AfterEach
    void close() throws Exception {
        shell.close();
    }

    @Test
    void planShowsEachChoiceWithTheBoundAndChangesNothing() throws Exception {
        Answer answer = shell.call("text".getBytes(), "plan", "--pin", "r1=host2", "--stdin", "f.yaml", "--pin", "h1=host1");
        assertEquals(0, answer.result(), answer.err());
        assertEquals(List.of("f.yaml {h1=host1, r1=host2} true"), asked);
        assertTrue(answer.out().contains("r1    vrouter  host2  from host1  20.0 here, 4.0 more on host3\n"), answer.out());
        assertTrue(answer.out().contains("placement message: cost 20.5 (latency 18.0, loss 1.00, access 0, balance 1.00, moves 0.50); "
                + "none can cost less than 20.4: gap 0.49 %; 3 of 3 pairs measured; 12 ms\n"), answer.out());
        JsonNode json = new ObjectMapper().readTree(shell.call("text".getBytes(), "plan", "-o", "json", "--stdin", "f.yaml").out());
        assertEquals(20.4, json.get("placement").get("bound").asDouble());
        assertEquals("host1", json.get("placement").get("choices").get(0).get("from").asText());
    }

    @Test
    void wrongPinsAreRefused() throws Exception {
        assertTrue(shell.call("t".getBytes(), "plan", "--stdin", "f", "--pin", "r1").err().contains("NODE=HOST"));
        assertTrue(shell.call("t".getBytes(), "plan", "--stdin", "f", "--pin", "r1=a", "--pin", "r1=b").err().contains("pinned already"));
        assertEquals(List.of(), asked);
    }

    @Test
    void placeProposesAndMovesOnlyOnRequest() throws Exception {
        Answer answer = shell.call("place", "--moves", "2", "figure2");
        assertEquals("NODE  KIND     FROM   TO     WHY\nr1    vrouter  host1  host2  20.0 here, 4.0 more on host3\n", answer.out().substring(0, answer.out().indexOf("placement")));
        assertTrue(answer.out().endsWith("figure2: would move 1 node; cost 40.0 -> 20.0 (-50.0 %); nothing was changed\n"), answer.out());
        assertTrue(shell.call("place", "--optimize", "--strategy", "spread", "figure2").out().endsWith("(-50.0 %); done in 40 ms\n"));
        assertEquals(List.of("figure2 Wish[moves=2, strategy=Optional.empty, pins={}] true",
                "figure2 Wish[moves=0, strategy=Optional[spread], pins={}] false"), asked);
        nothingPays = true;
        assertTrue(shell.call("place", "figure2").out().startsWith("figure2: no move pays its price\nplacement message: cost"));
        assertEquals("place: 'none': there is no violin of that name; see: violin list\n", shell.call("place", "none").err());
        assertEquals(2, shell.call("place", "--moves", "-1", "figure2").result());
    }

    @Test
    void drainTakesOutAndLetsIn() throws Exception {
        assertEquals("no host is taken out\n", shell.call("drain").out());
        assertTrue(shell.call("drain", "--dry-run", "host1").out().endsWith("host1 would be taken out; nothing was changed\n"));
        assertTrue(shell.call("drain", "host1").out().endsWith("host1 is taken out\n"));
        assertEquals("host1\n", shell.call("drain").out());
        assertEquals("host1 may have nodes again\n", shell.call("drain", "--undo", "host1").out());
        assertEquals("drain --undo: 'host1': this overlay host is not taken out\n", shell.call("drain", "--undo", "host1").err());
    }
}
