// SPDX-License-Identifier: Apache-2.0
package org.violin.switching.learning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LearningSettingsTest {
    @Test
    void withoutAttributesTheDefaultsHold() {
        assertEquals(LearningSettings.DEFAULT, LearningSettings.parse(Map.of("latitude", "1")));
    }

    @Test
    void allAttributesAreRead() {
        assertEquals(new LearningSettings(64, 10, 32, false),
                LearningSettings.parse(Map.of("table", "64", "ageing", " 10 ", "groups", "32", "snooping", "false")));
    }

    @ParameterizedTest
    @CsvSource({"table,15", "table,1048577", "table,many", "table,''", "ageing,9", "ageing,1000001", "groups,0", "snooping,yes"})
    void aMistakeNamesAttributeValueAndRule(String name, String value) {
        var e = assertThrows(IllegalArgumentException.class, () -> LearningSettings.parse(Map.of(name, value)));
        assertTrue(e.getMessage().startsWith("attribute " + name + " '" + value + "': must be "), e.getMessage());
    }
}
