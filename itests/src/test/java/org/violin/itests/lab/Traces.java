// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What VIOLIN could leave on a machine: namespaces, interfaces, processes, mounts, cgroups, nft rules, temporary files. */
final class Traces {
    private Traces() {}

    static Set<String> now() throws IOException, InterruptedException {
        Set<String> found = new TreeSet<>();
        lines(found, "namespace ", "ip", "netns", "list");
        lines(found, "interface ", "ip", "-o", "-br", "link");
        lines(found, "nft ", "nft", "list", "ruleset");
        processes(found);
        for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) found.add("mount " + line.split(" ")[4]);
        folders(found, Path.of("/sys/fs/cgroup"), 3);
        folders(found, Path.of("/tmp"), 1);
        folders(found, Path.of("/run"), 1);
        found.removeIf(t -> t.startsWith("file ") && List.of("violin-it", "junit", "surefire", "hsperfdata").stream().anyMatch(t::contains));
        return found;
    }

    private static void lines(Set<String> found, String prefix, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        text.lines().map(l -> l.split("[ @]")[0]).forEach(l -> found.add(prefix + l));
    }

    private static void processes(Set<String> found) throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            for (Path process : (Iterable<Path>) all.filter(p -> p.getFileName().toString().matches("\\d+"))::iterator) {
                try {
                    String line = Files.readString(process.resolve("cmdline")).replace('\0', ' ');
                    boolean violin = line.contains("violin-guest") || line.contains("org.apache.karaf");
                    // Not those of another source tree that is tested on the same machine.
                    boolean ours = line.contains(Violin.ROOT + "/") || line.contains("/violin-it");
                    boolean inside = Files.readSymbolicLink(process.resolve("cwd")).toString().contains("/violin-it");
                    if (violin && ours || inside) found.add("process " + process.getFileName() + " " + line);
                } catch (IOException e) {
                    continue; // it ended meanwhile
                }
            }
        }
    }

    /** First processes of the guests whose root lies below that folder. */
    static Set<Long> guestsBelow(Path folder) throws IOException {
        Set<Long> pids = new TreeSet<>();
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            for (Path process : (Iterable<Path>) all.filter(p -> p.getFileName().toString().matches("\\d+"))::iterator) {
                try {
                    boolean guest = Files.readString(process.resolve("comm")).startsWith("violin-");
                    if (guest && Files.readString(process.resolve("mountinfo")).contains(folder + "/")) {
                        pids.add(Long.parseLong(process.getFileName().toString()));
                    }
                } catch (IOException e) {
                    continue; // it ended meanwhile
                }
            }
        }
        return pids;
    }

    private static void folders(Set<String> found, Path top, int depth) throws IOException {
        if (!Files.isDirectory(top)) return;
        try (Stream<Path> all = Files.walk(top, depth)) {
            all.filter(p -> p.toString().toLowerCase(java.util.Locale.ROOT).contains("vio")).forEach(p -> found.add("file " + p));
        } catch (java.io.UncheckedIOException e) {
            found.add("unreadable " + top);
        }
    }
}
