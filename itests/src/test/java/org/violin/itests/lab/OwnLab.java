// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.lab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** A lab that one test class has for itself, with a folder for its state and files, and what the machine had before it. */
final class OwnLab implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The launcher, for this lab. */
    final Violin violin;
    private final String name;
    private final Path folder;
    private final Set<String> before;

    /** Starts it; needs root. */
    OwnLab(String name, int hosts) throws IOException, InterruptedException {
        this.name = name;
        before = Traces.now();
        folder = Files.createTempDirectory("violin-it");
        violin = new Violin(name, folder.resolve("state"));
        violin.ok("lab", "up", "-n", "" + hosts);
    }

    /** Writes a file and returns its path. */
    String file(String file, String text) throws IOException {
        return Files.writeString(folder.resolve(file), text).toString();
    }

    /** Configuration of an overlay host, which its container notices by itself. */
    void configure(String host, String pid, String text) throws IOException {
        Files.writeString(violin.state().resolve(name).resolve(host).resolve("etc").resolve(pid + ".cfg"), text);
    }

    /** What a verb says with {@code -o json}, which is among the words. */
    JsonNode json(String... words) throws IOException {
        return JSON.readTree(violin.ok(words));
    }

    /** The status of each vRouter of a violin, by name. */
    Map<String, JsonNode> routers(String of) throws IOException {
        Map<String, JsonNode> all = new HashMap<>();
        for (JsonNode one : json("routers", of, "-o", "json")) all.put(one.at("/status/id/node").asText(), one.get("status"));
        return all;
    }

    /** The address of an overlay host in its underlay. */
    String underlay(String host) throws IOException {
        for (JsonNode one : json("hosts", "-o", "json")) {
            if (one.findPath("name").asText().equals(host)) return one.findPath("address").asText();
        }
        throw new AssertionError("no overlay host " + host);
    }

    /** What is on the machine now and was not before the lab, but for other labs that came meanwhile. */
    Set<String> traces() throws IOException, InterruptedException {
        Set<String> left = new TreeSet<>(Traces.now());
        left.removeAll(before);
        left.removeIf(t -> t.matches(".*\\bvio-(?!" + name + "-).*"));
        return left;
    }

    @Override
    public void close() throws IOException {
        violin.run("lab", "down");
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
        }
    }
}
