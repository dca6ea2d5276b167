// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.violin.api.control.SpecReader;
import org.violin.api.model.ViolinSpec;

/** Whatever the text, the reader answers: with a spec or with mistakes, never both, never neither, never an exception. */
class FuzzTest {
    private static final int ROUNDS = 3000;
    private static final List<String> PIECES = List.of("{", "}", "[", "]", ":", ": ", "\n", "  ", "- ", "&a ", "*a", "!!x ", "#", "'",
            "\"", "\t", "---\n",
            "<node id=\"0\">", "</node>", "<![CDATA[", "&eacute;", "&#0;", "<!DOCTYPE x [<!ENTITY a \"b\">]>", "\u0000", "\uD800",
                    "\uFEFF", "null", "~",
            "-1", "99999999999999999999", "1e9", "0/0", "10.0.0.0/33", "::/129", "::1", "none", "eth0", "<<", "? ", "|", ">",
                    "%YAML 9.9\n", "kind", "ipv4");

    @Test
    void mutatedFilesAlwaysGetAnAnswer() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        List<String> seeds = List.of(Reading.example("figure2.yaml"), Reading.example("abilene.yaml"), fixture("good.clab.yml"),
                fixture("odd.graphml"),
                Reading.text(Path.of("src/test/resources/mistakes/keys.yaml")),
                        Reading.text(Path.of("src/test/resources/mistakes/links.yaml")));
        ViolinSpec present = null;
        for (int round = 0; round < ROUNDS; round++) {
            String text = mutate(seeds.get(random.nextInt(seeds.size())), random);
            String file = List.of("x.yaml", "x.graphml", "x.clab.yml", "").get(random.nextInt(4));
            ViolinSpec now = present;
            SpecReader.Reading reading;
            try {
                reading = new TopologyReader().read(file, text, name -> Optional.ofNullable(now));
            } catch (RuntimeException | StackOverflowError e) {
                throw new AssertionError("seed " + seed + " round " + round + ":\n" + text, e);
            }
            assertEquals(reading.spec().isPresent(), reading.mistakes().isEmpty(), "seed " + seed + " round " + round);
            assertTrue(reading.mistakes().size() <= Mistakes.KEPT + 1);
            assertTrue(reading.mistakes().stream().allMatch(m -> m.line() >= 0 && !m.rule().isEmpty()));
            present = reading.spec().orElse(present);
        }
    }

    private static String fixture(String name) {
        return Reading.text(Path.of("src/test/resources/formats").resolve(name));
    }

    private static String mutate(String text, Random random) {
        StringBuilder t = new StringBuilder(text);
        for (int n = 1 + random.nextInt(4); n > 0 && t.length() > 2; n--) {
            int at = random.nextInt(t.length());
            int to = Math.min(t.length(), at + 1 + random.nextInt(12));
            switch (random.nextInt(5)) {
                case 0 -> t.delete(at, to);
                case 1 -> t.insert(at, PIECES.get(random.nextInt(PIECES.size())));
                case 2 -> t.replace(at, to, PIECES.get(random.nextInt(PIECES.size())));
                case 3 -> t.insert(random.nextInt(t.length()), t.substring(at, to));
                default -> t.setCharAt(at, (char) (random.nextInt(8) == 0 ? random.nextInt(0x10000) : 32 + random.nextInt(95)));
            }
        }
        return t.toString();
    }
}
