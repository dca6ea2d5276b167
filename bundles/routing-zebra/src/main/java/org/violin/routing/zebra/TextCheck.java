// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.zebra;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.violin.api.model.Mistake;

/** FRR's own syntax check of configuration text, {@code vtysh -C}; no daemon is asked. Any thread. */
final class TextCheck {
    private static final Pattern COMPLAINT = Pattern.compile("line ([0-9]+): (% .*?)(?:\\[[0-9]+\\])?: ?(.*)");
    private static final int TIMEOUT_SECONDS = 20;

    private final Path vtysh;

    TextCheck(Path vtysh) {
        this.vtysh = vtysh;
    }

    /**
     * @param before lines that come first and are not the user's
     * @param own the user's text; its first line is line 1
     * @return a mistake for each line that FRR does not know
     */
    List<Mistake> check(String name, String before, String own) throws IOException {
        Path folder = Files.createTempDirectory("violin-frr");
        try {
            Files.writeString(folder.resolve("vtysh.conf"), "");
            Path file = Files.writeString(folder.resolve("frr.conf"), before + own + "\n");
            return parse(name, (int) before.lines().count(), own, run(folder, file));
        } finally {
            try (Stream<Path> all = Files.list(folder)) {
                for (Path p : all.toList()) Files.deleteIfExists(p);
            }
            Files.deleteIfExists(folder);
        }
    }

    private String run(Path folder, Path file) throws IOException {
        Process process = new ProcessBuilder(vtysh.toString(), "--config_dir", folder.toString(), "-C", "-f", file.toString())
                .redirectErrorStream(true).redirectOutput(folder.resolve("said").toFile()).start();
        process.getOutputStream().close();
        try {
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) throw new IOException("vtysh -C did not end in " + TIMEOUT_SECONDS + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while vtysh ran", e);
        } finally {
            process.destroyForcibly();
        }
        String said = Files.readString(folder.resolve("said"), StandardCharsets.UTF_8);
        if (process.exitValue() != 0 && !COMPLAINT.matcher(said).find()) throw new IOException("vtysh -C: " + said.strip());
        return said;
    }

    /** Pure; mistakes before the user's first line are the generator's and say so. */
    static List<Mistake> parse(String name, int before, String own, String said) {
        List<Mistake> found = new ArrayList<>();
        List<String> lines = own.lines().toList();
        for (String line : said.split("\n")) {
            Matcher m = COMPLAINT.matcher(line);
            if (!m.matches()) continue;
            int at = Integer.parseInt(m.group(1)) - before;
            boolean theirs = at >= 1 && at <= lines.size();
            String rule = "FRR: " + m.group(2);
            found.add(theirs ? new Mistake(name + " startup-config", at, lines.get(at - 1).strip(), rule)
                    : new Mistake(name + " generated configuration", Integer.parseInt(m.group(1)), m.group(3).strip(), rule));
        }
        return found;
    }
}
