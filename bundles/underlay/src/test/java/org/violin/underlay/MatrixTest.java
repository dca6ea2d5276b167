// SPDX-License-Identifier: Apache-2.0
package org.violin.underlay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MatrixTest {
    private static final String THREE = "# round trips, ms\n0 10 20.5\n\n12,0,30\n20.5\t30\t0\n";

    @TempDir
    private Path folder;

    private Path file(String text) throws Exception {
        return Files.writeString(folder.resolve("delays.txt"), text);
    }

    private String refusal(String text, int hosts, Integer... rows) throws Exception {
        Path file = file(text);
        return assertThrows(Matrix.Refused.class, () -> Matrix.read(file, hosts, List.of(rows))).getMessage();
    }

    @Test
    void halfOfEachEntryIsTheDelayOfThatDirection() throws Exception {
        Matrix matrix = Matrix.read(file(THREE), 3, List.of());
        assertEquals(5_000_000, matrix.nanos(0, 1));
        assertEquals(6_000_000, matrix.nanos(1, 0));
        assertEquals(10_250_000, matrix.nanos(2, 0));
        assertEquals(0, matrix.nanos(1, 1));
    }

    @Test
    void rowsAreChosenInTheirOrderAndMayBeCompressed() throws Exception {
        Path packed = folder.resolve("delays.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            out.write(THREE.getBytes(StandardCharsets.UTF_8));
        }
        Matrix matrix = Main.check(2, List.of("delays=" + packed, "hosts=3:1"));
        assertEquals(2, matrix.size());
        assertEquals(10_250_000, matrix.nanos(0, 1));
        assertEquals(6_000_000, Matrix.read(packed, 2, List.of()).nanos(1, 0), "without rows: the first");
    }

    @Test
    void everyMistakeIsNamedWithLineAndValue() throws Exception {
        String all = refusal("0 -1 2\n1 0 NaN\n3 x 0\n", 3);
        assertTrue(all.contains("delays.txt:1: column 2: -1: negative"), all);
        assertTrue(all.contains("delays.txt:2: column 3: NaN"), all);
        assertTrue(all.contains("delays.txt:3: column 2: 'x' is no number"), all);
        assertTrue(refusal("0 1\n# c\n1 0 5\n", 2).contains("delays.txt:3: 3 values, but the matrix has 2 rows"));
        assertTrue(refusal("0 1\n1 0\n", 5).contains("2 rows, too few for 5 hosts"));
        assertTrue(refusal("0 1\n1 7\n", 2).contains("delays.txt:2: column 2: 7: from a host to itself"));
        assertTrue(refusal("0 1e9\n1 0\n", 2).contains("1e9: more than 10000 ms"));
        assertTrue(refusal("# nothing\n", 2).contains("no rows"));
    }

    @Test
    void wrongRowsAreRefused() throws Exception {
        assertTrue(refusal(THREE, 2, 0, 1).contains("row 0: "));
        assertTrue(refusal(THREE, 2, 4, 1).contains("has rows 1 to 3"));
        assertTrue(refusal(THREE, 2, 1, 1).contains("row 1 is there twice"));
        assertTrue(refusal(THREE, 3, 1, 2).contains("2 rows for 3 hosts"));
        assertThrows(Matrix.Refused.class, () -> Main.check(2, List.of("delays=" + folder.resolve("delays.txt"), "hosts=1:x")));
    }

    @Test
    void oneTimeForAllPairsIsARoundTrip() throws Exception {
        assertEquals(10_000_000, Main.check(3, List.of("delay=20ms")).nanos(2, 0));
        assertEquals(150_000, Main.check(3, List.of("delay=300us")).nanos(0, 1));
        assertEquals(0, Main.check(3, List.of("delay=0.5s")).nanos(1, 1));
        for (String wrong : List.of("20", "-1ms", "NaNms", "11s", "")) {
            assertThrows(Matrix.Refused.class, () -> Main.check(3, List.of("delay=" + wrong)), wrong);
        }
    }

    @Test
    void theRelayReadsWhatTheCheckPrints() throws Exception {
        Matrix matrix = Matrix.read(file(THREE), 3, List.of());
        assertEquals(matrix.text(), Matrix.parse(matrix.text().lines().toList()).text());
        assertThrows(IllegalArgumentException.class, () -> Matrix.parse(List.of("0 1", "1")));
    }
}
