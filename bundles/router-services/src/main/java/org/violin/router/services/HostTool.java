// SPDX-License-Identifier: Apache-2.0
package org.violin.router.services;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.violin.api.model.Probe;

/** Programs of the overlay host. Any thread. */
final class HostTool {
    private static final int TIMEOUT_SECONDS = 20;
    private static final List<String> FOLDERS = List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin");

    /** @param output both streams */
    record Said(int status, String output) {}

    private HostTool() {}

    /** Whether the programs are there; guests see the host's. */
    static Probe probe(String debianPackage, String... programs) {
        for (String program : programs) {
            if (FOLDERS.stream().noneMatch(folder -> Files.isExecutable(Path.of(folder, program)))) {
                return Probe.missing("no program " + program, "apt-get install " + debianPackage);
            }
        }
        return Probe.ok(String.join(", ", programs));
    }

    /** Runs a program to its end. The input must be small enough for a pipe, or the program read it all. */
    static Said run(String input, List<String> command) throws IOException {
        Path in = Files.createTempFile("violin", ".in");
        Path out = Files.createTempFile("violin", ".out");
        try {
            Files.write(in, input.getBytes(StandardCharsets.UTF_8));
            Process process = new ProcessBuilder(command).redirectInput(in.toFile()).redirectErrorStream(true).redirectOutput(out.toFile()).start();
            try {
                if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) throw new IOException(command.get(0) + " did not end in " + TIMEOUT_SECONDS + " s");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while " + command.get(0) + " ran", e);
            } finally {
                process.destroyForcibly();
            }
            return new Said(process.exitValue(), new String(Files.readAllBytes(out), StandardCharsets.UTF_8));
        } finally {
            Files.deleteIfExists(in);
            Files.deleteIfExists(out);
        }
    }
}
