// SPDX-License-Identifier: Apache-2.0
package org.violin.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.violin.api.control.SpecReader.TextPlace;
import org.violin.api.model.Mistake;
import org.violin.api.model.ViolinSpec;
import org.violin.testkit.control.SpecBuilder;

class FileLinesTest {
    @Test
    void whatIsWrongInATextIsToldWithTheLineOfTheFile() {
        ViolinSpec spec = SpecBuilder.violin("v").vrouter("r1").vrouter("r2").vrouter("r3").attribute("routing.startup-config", "all")
                .attribute("r1", "routing.startup-config", "own").attribute("r3", "routing.startup-config", "elsewhere").build();
        Map<String, TextPlace> texts = Map.of("own", new TextPlace(12, true), "all", new TextPlace(3, false));
        Mistake other = new Mistake("v/r1", 0, "x", "rule");
        List<Mistake> told = FileLines.told("v.yaml", spec, texts, List.of(new Mistake("v/r1 startup-config", 3, "foo", "bad"),
                new Mistake("v/r2 startup-config", 7, "foo", "bad"), new Mistake("v/r3 startup-config", 2, "foo", "bad"), other));
        assertEquals(List.of("v.yaml:14: 'foo': bad (v/r1 startup-config:3)", "v.yaml:3: 'foo': bad (v/r2 startup-config:7)",
                "v/r3 startup-config:2: 'foo': bad", other.toString()), told.stream().map(Mistake::toString).toList());
    }
}
