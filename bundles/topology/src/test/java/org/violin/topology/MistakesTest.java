// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.violin.api.control.SpecReader;
import org.violin.api.model.Mistake;

/** Every rule, by files that carry what they expect: {@code src/test/resources/mistakes/README.md}. */
class MistakesTest {
    private static final Path FOLDER = Path.of("src/test/resources/mistakes");

    static Stream<String> files() throws IOException {
        try (Stream<Path> all = Files.list(FOLDER)) {
            return all.map(p -> p.getFileName().toString()).filter(n -> !n.endsWith(".md")).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void allMistakesOfAFileAreFoundWithTheirLinesAndNoOthers(String name) {
        String text = Reading.text(FOLDER.resolve(name));
        SpecReader.Reading reading = Reading.of(name, text);
        assertTrue(reading.spec().isEmpty());
        List<Mistake> rest = new ArrayList<>(reading.mistakes());
        List<String> missing = new ArrayList<>();
        String[] lines = text.split("\n", -1);
        int expected = 0;
        for (int i = 0; i < lines.length; i++) {
            String[] marks = lines[i].split("(#|<!--)! ?");
            for (int m = 1; m < marks.length; m++) {
                expected++;
                String mark = marks[m].replace("-->", "").strip();
                int line = i + 1;
                if (!remove(rest, line, mark)) missing.add("line " + line + ": " + mark);
            }
        }
        assertTrue(expected > 0, "the fixture expects nothing");
        assertEquals("missing: [], too many: []", "missing: " + missing + ", too many: " + rest);
    }

    private static boolean remove(List<Mistake> list, int line, String mark) {
        for (Mistake m : list) if (m.line() == line && m.toString().contains(mark)) return list.remove(m);
        return false;
    }

    @Test
    void mistakesAreSortedByLineAndBounded() {
        StringBuilder text = new StringBuilder("name: x\ntopology:\n  nodes:\n");
        for (int i = 0; i < 5000; i++) text.append("    n").append(i).append(": {cpu: no}\n");
        List<Mistake> mistakes = Reading.of("x.yaml", text.toString()).mistakes();
        assertEquals(Mistakes.KEPT + 1, mistakes.size());
        assertEquals("4000 more mistakes are not shown", mistakes.get(Mistakes.KEPT).rule());
        for (int i = 1; i < Mistakes.KEPT; i++) assertTrue(mistakes.get(i - 1).line() <= mistakes.get(i).line());
    }

    @Test
    void countsAreBounded() {
        StringBuilder nodes = new StringBuilder("name: x\ntopology:\n  nodes:\n");
        for (int i = 0; i <= ViolinFormat.MAX_NODES; i++) nodes.append("    n").append(i).append(":\n");
        assertRule("at most 10000 nodes", nodes.toString());
        StringBuilder links = new StringBuilder("name: x\ntopology:\n  nodes: {a: {}, b: {}}\n  links:\n");
        for (int i = 0; i <= Wiring.MAX_NICS; i++) links.append("    - endpoints: [a, b]\n");
        assertRule("a node has at most 1000", links.toString());
        for (int i = 0; i <= ViolinFormat.MAX_LINKS; i++) links.append("    - endpoints: [a, b]\n");
        assertRule("at most 40000 links", links.toString());
        assertRule("at most 16000000 characters", " ".repeat(SpecReader.MAX_CHARACTERS + 1));
    }

    @Test
    void nestingAndAliasesAreBounded() {
        assertRule("nested deeper", "name: " + "[".repeat(100_000));
        assertRule("nested deeper", "{\"a\":".repeat(100_000));
        StringBuilder laughs = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for (int i = 1; i < 30; i++) laughs.append("a" + i + ": &a" + i + " [" + ("*a" + (i - 1) + ",").repeat(9) + "*a" + (i - 1) + "]\n");
        assertRule("aliases expand", laughs.toString());
    }

    private static void assertRule(String rule, String text) {
        List<Mistake> mistakes = Reading.of("x.yaml", text).mistakes();
        assertTrue(mistakes.stream().anyMatch(m -> m.toString().contains(rule)), mistakes.toString());
    }
}
