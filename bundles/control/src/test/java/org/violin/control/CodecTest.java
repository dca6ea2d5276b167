// SPDX-License-Identifier: Apache-2.0
package org.violin.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CodecTest {
    private final Codec codec = new Codec();

    @Test
    void specsAndReportsComeBackAsTheyWent() throws IOException {
        for (long seed = 0; seed < 50; seed++) {
            PlacedSpec spec = new RandomSpecs(seed).next(seed + 1);
            assertEquals(spec, codec.unpack(codec.pack(spec), PlacedSpec.class), "seed " + seed);
        }
        HostReport report = new HostReport("host1", 7, 3, true, 4, 5, Map.of("host1|GUEST|v|g1", "no space"));
        assertEquals(report, codec.unpack(codec.pack(report), HostReport.class));
    }

    @Test
    void rubbishIsAnErrorAndNotAnAnswer() {
        assertThrows(IOException.class, () -> codec.unpack(new byte[] {1, 2, 3}, PlacedSpec.class));
        byte[] bomb = codec.pack("x".repeat(Codec.MAX_UNPACKED_BYTES + 10));
        assertThrows(IOException.class, () -> codec.unpack(bomb, String.class));
    }

    @Test
    void theJournalRemembersItemsAndSpecs(@TempDir Path folder) {
        PlacedSpec spec = new RandomSpecs(5).next(9);
        Map<Key, Print> items = new TreeMap<>();
        new Lowering(k -> java.util.Optional.empty(), java.util.Optional::empty).items(spec, h -> true).values().forEach(i -> items.put(i.key(), i.print()));
        Journal journal = new Journal(folder);
        journal.items(items);
        journal.spec(spec.name(), codec.pack(spec));
        Journal again = new Journal(folder);
        assertEquals(items, again.items());
        assertEquals(Map.of("v", spec), again.specs());
        again.forget("v");
        assertEquals(Map.of(), again.specs());
    }
}
