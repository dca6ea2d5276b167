// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The README's first command, as it is, and that an interrupted one leaves nothing. */
class DemoIT {
    private static Violin violin(Path folder) {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root: network namespaces");
        return new Violin("itdemo", folder.resolve("state"));
    }

    @Test
    void everyCheckOfTheDemoPassesAndNothingIsLeft() throws Exception {
        Path folder = Files.createTempDirectory("violin-it");
        Violin violin = violin(folder);
        Set<String> before = Traces.now();
        Path zoo = Path.of(System.getenv().getOrDefault("VIOLIN_DATA", Violin.ROOT.resolve("../shared/data").normalize().toString()), "topology-zoo");
        List<String> words = new ArrayList<>(List.of("demo"));
        if (Files.isDirectory(zoo)) words.addAll(List.of("--zoo", zoo.toString()));
        try {
            String out = violin.ok(words.toArray(new String[0]));
            assertTrue(out.contains("traceroute vHost1 to vHost3"), out);
            assertTrue(!out.contains("FAIL"), out);
            assertEquals(Set.of(), left(before));
        } finally {
            clean(violin, folder);
        }
    }

    @Test
    void aDemoThatIsInterruptedCleansUp() throws Exception {
        Path folder = Files.createTempDirectory("violin-it");
        Violin violin = violin(folder);
        Set<String> before = Traces.now();
        try {
            Process demo = violin.start("demo");
            Violin.eventually("the lab is being built", 60, () -> Traces.now().stream().anyMatch(t -> t.startsWith("namespace vio-itdemo")));
            assertEquals(0, new ProcessBuilder("kill", "-INT", Long.toString(demo.pid())).start().waitFor());
            demo.getInputStream().readAllBytes();
            assertTrue(demo.waitFor() != 0, "an interrupted demo does not end with 0");
            assertEquals(Set.of(), left(before));
        } finally {
            clean(violin, folder);
        }
    }

    private static Set<String> left(Set<String> before) throws IOException, InterruptedException {
        Set<String> left = new TreeSet<>(Traces.now());
        left.removeAll(before);
        return left;
    }

    private static void clean(Violin violin, Path folder) throws IOException {
        violin.run("lab", "down");
        try (var files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
        }
    }
}
