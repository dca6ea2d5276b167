// SPDX-License-Identifier: Apache-2.0
package org.violin.routers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.junit.jupiter.api.Test;

final class WordsTest {
    private static Words words(String text) {
        return Words.parse(text, Set.of("bird"), Set.of("sample"));
    }

    @Test
    void aProtocolNeedsNoMoreThanItsName() {
        assertEquals(new Words(Set.of("ospf"), "zebra", "kernel", false), words("ospf"));
        assertEquals(words("ospf"), words("zebra"));
        assertEquals(new Words(Set.of("bgp", "ospf"), "zebra", "kernel", false), words("ospf+bgp"));
    }

    @Test
    void theHalvesAreChosenAlone() {
        assertEquals(new Words(Set.of("ospf"), "bird", "click", false), words("ospf+click+bird"));
        assertEquals(new Words(Set.of(), "", "click", true), words("click"));
        assertEquals(new Words(Set.of(), "", "kernel", true), words("kernel"));
    }

    @Test
    void staticIsWhatTheFileSays() {
        assertEquals(new Words(Set.of(), "", "kernel", false), words("static"));
        assertEquals(new Words(Set.of(), "zebra", "kernel", false), words("static+zebra"));
    }

    @Test
    void onlyWhatIsMoreThanComputedRoutesIsSpecial() {
        assertFalse(words("kernel").special());
        assertFalse(words("static").special());
        assertTrue(words("click").special());
        assertTrue(words("rip").special());
    }

    @Test
    void whatComputesRoutesIsNoForwarding() {
        assertEquals(new Words(Set.of(), "", "kernel", true), words("sample"));
        assertEquals(new Words(Set.of(), "", "click", true), words("sample+click"));
        assertFalse(words("sample").special());
        assertThrows(IllegalArgumentException.class, () -> words("sample+zebra"));
    }

    @Test
    void twoOfOneHalfAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> words("zebra+bird"));
        assertThrows(IllegalArgumentException.class, () -> words("zebra+click+fast"));
    }
}
