// SPDX-License-Identifier: Apache-2.0
package org.violin.conditions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

final class WordsTest {
    @Test
    void everyWrongWordIsNamedAtOnce() {
        String[] words = {"delay", "-1", "jitter", "x", "distribution", "flat", "samples", "1,a", "order", "no", "loss", "ge 1 2", "corrupt", "101",
            "duplicate", "1e1", "reorder", "", "rate", "0", "overhead", "1.5", "burst", "0", "queue", "10", "discipline", "red 5 4 1", "ecn", "yes",
            "seed", "1.5", "colour", "red"};
        String message = assertThrows(IllegalArgumentException.class, () -> Words.read(Wire.settings(words))).getMessage();
        for (int i = 0; i < words.length; i += 2) assertTrue(message.contains(words[i] + " '" + words[i + 1] + "'"), words[i] + " in " + message);
    }

    @Test
    void valuesAreReadInTheirUnits() {
        Settings read = Words.read(Wire.settings("delay", "0.5", "loss", "ge 1 25 100 0", "rate", "8000000", "seed", "-3", "state", "cut",
                "discipline", "codel 5 100", "queue", "50ms"));
        assertEquals(500_000, read.delay());
        assertEquals(0.25, read.loss().out());
        assertEquals(50 * Wire.MS, read.rate().limit());
        assertEquals(5 * Wire.MS, read.rate().targetNanos());
        assertEquals(-3, read.seed());
        assertEquals(1514 * 1000, read.rate().burstNanos());
        assertEquals(100_000, Words.read(Wire.settings("rate", "8000000")).rate().limit());
        assertEquals(32_768, Words.read(Wire.settings("rate", "1000000")).rate().limit());
    }

    @Test
    void aWordWithoutEffectIsNoMistake() {
        for (String word : List.of("burst", "overhead")) assertTrue(Words.read(Wire.settings(word, "10")).isPlain());
        assertTrue(Words.read(Wire.settings("order", "keep", "distribution", "pareto")).isPlain());
        assertThrows(IllegalArgumentException.class, () -> Words.read(Wire.settings("distribution", "samples")));
    }
}
