// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.shape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What "violin bench dataplane" computes from its measurements, and what it refuses; it measures nothing here. */
class BenchIT {
    private static final Path ROOT = Path.of(System.getProperty("violin.root", "..")).toAbsolutePath().normalize();
    private static final Path BENCH = ROOT.resolve("itests/bench/dataplane");

    @TempDir
    Path folder;

    private int status;

    private String run(List<String> command) throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertTrue(process.waitFor(30, TimeUnit.SECONDS), command + " does not end");
            status = process.exitValue();
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(output);
    }

    private String report(String format) throws IOException, InterruptedException {
        Files.writeString(folder.resolve("about"), "date today\ncpu A \"quoted\" one\nruns 3\n");
        Files.writeString(folder.resolve("peers"), "violin violin 1\ndirect - -\nvxlan - -\ntinc no tinc 1.0\nfast yes 2\n");
        Files.writeString(folder.resolve("goals"), "# a remark\nw tcp1 vxlan ratio>= 0.8\nw tcp1 user-space ratio>= 10\nw cpu1 violin value<= 1\nrtt p50 direct added<= 30\n");
        Files.writeString(folder.resolve("not-run"), "w vde has no device\n");
        Files.writeString(
                folder.resolve("raw"),
                // In the second run all is ten times slower: ratios within a run do not notice.
                "w tcp1 violin 1 900\nw tcp1 vxlan 1 1000\nw tcp1 tinc 1 100\nw tcp1 fast 1 100\n"
                        + "w tcp1 violin 2 80\nw tcp1 vxlan 2 100\nw tcp1 tinc 2 9\nw tcp1 fast 2 10\n"
                        + "w tcp1 violin 3 850\nw tcp1 vxlan 3 1000\nw tcp1 tinc 3 94\n"
                        + "w cpu1 violin 1 1.5\nw cpu1 violin 2 1.2\n"
                        + "rtt p50 violin 1 45\nrtt p50 direct 1 8\n");
        List<String> command = new ArrayList<>(List.of("awk", "-v", "format=" + format, "-f", BENCH.resolve("report.awk").toString()));
        for (String name : List.of("about", "peers", "goals", "not-run", "raw")) command.add(folder.resolve(name).toString());
        String text = run(command);
        assertEquals(0, status, text);
        return text.replaceAll(" +", " ");
    }

    @Test
    void ratiosAreTakenWithinARunAndComparedWithTheGoals() throws Exception {
        String table = report("table");
        assertTrue(table.contains("w tcp1 Mbit/s violin 850.0 80 .. 900.0 3 - "), table);
        assertTrue(table.contains(" vxlan 1000 100.0 .. 1000 3 0.85 ratio >= 0.8 met"), table);
        assertTrue(table.contains(" tinc 94 9 .. 100.0 3 9 ratio >= 10 MISSED by 10 %"), table);
        assertTrue(table.contains(" fast 55 10 .. 100.0 2 8.5 \n"), table); // has segmentation offload: no goal
        assertTrue(table.contains(" cpu1 s/GB violin 1.35 1.2 .. 1.5 2 - <= 1 MISSED by 35 %"), table);
        assertTrue(table.contains(" direct 8 8 .. 8 1 +37 added <= 30 MISSED by 23 %"), table);
        assertTrue(table.contains("vde, w: not run: has no device"), table);
        assertTrue(table.endsWith("1 goals met, 3 missed\n"), table);
    }

    @Test
    void programsGetEveryValue() throws Exception {
        String json = report("json");
        assertTrue(json.contains("\"cpu\":\"A \\\"quoted\\\" one\""), json);
        assertTrue(json.contains("\"peer\":\"violin\",\"values\":[900,80,850],\"median\":850,\"min\":80,\"max\":900}"), json);
        assertTrue(json.contains("\"ratios\":[0.9,0.8,0.85],\"goal\":\"ratio >= 0.8\",\"verdict\":\"met\"}"), json);
        assertTrue(json.contains("{\"setting\":\"w\",\"peer\":\"vde\",\"reason\":\"has no device\"}"), json);
    }

    @Test
    void wrongWordsAreRefusedBeforeAnythingIsStarted() throws Exception {
        String program = ROOT.resolve("violin").toString();
        for (List<String> words : List.of(
                List.of("--runs", "0"), List.of("--only", "direct,ipsec"), List.of("--settings", "hole"), List.of("-o", "xml"), List.of("--fast"))) {
            List<String> command = new ArrayList<>(List.of(program, "bench", "dataplane"));
            command.addAll(words);
            String text = run(command);
            assertEquals(2, status, text);
            assertTrue(text.contains(words.get(words.size() - 1)) || text.contains("ipsec"), text);
        }
        run(List.of(program, "bench", "startup"));
        assertEquals(2, status);
    }
}
