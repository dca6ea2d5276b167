// SPDX-License-Identifier: Apache-2.0
package org.violin.control;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this host remembers over a restart of its container: which items it had made ({@code items}, one {@code key print} a line), and the
 * last specs it saw, for a start without the shared state. Written whole and renamed, so a crash leaves the old or the new one.
 */
final class Journal {
    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
    private final Path folder;
    private final Codec codec = new Codec();

    /** Throws IllegalStateException when the folder cannot be made. */
    Journal(Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(folder.resolve("specs"));
        } catch (IOException e) {
            throw new IllegalStateException("cannot make " + folder + ": " + e.getMessage(), e);
        }
    }

    Map<Key, Print> items() {
        Map<Key, Print> items = new TreeMap<>();
        Path file = folder.resolve("items");
        if (!Files.exists(file)) return items;
        try (Stream<String> lines = Files.lines(file)) {
            lines.map(line -> line.split(" ", 2)).filter(p -> p.length == 2).forEach(p -> items.put(Key.parse(p[0]), Print.parse(p[1])));
        } catch (IOException | RuntimeException e) {
            LOG.warn("{} cannot be read; what runs here is taken as unknown and built anew: {}", file, e.toString());
            items.clear();
        }
        return items;
    }

    void items(Map<Key, Print> items) {
        String text = items.entrySet().stream().map(e -> e.getKey() + " " + e.getValue() + "\n").collect(Collectors.joining());
        replace(folder.resolve("items"), text.getBytes(StandardCharsets.UTF_8));
    }

    Map<String, PlacedSpec> specs() {
        Map<String, PlacedSpec> specs = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder.resolve("specs"))) {
            for (Path file : files.sorted().collect(Collectors.toList())) {
                if (file.toString().endsWith("~")) continue;
                PlacedSpec spec = codec.unpack(Files.readAllBytes(file), PlacedSpec.class);
                specs.put(spec.name(), spec);
            }
        } catch (IOException e) {
            LOG.warn("The kept specs cannot all be read: {}", e.toString());
        }
        return specs;
    }

    /** Keeps a spec as it is stored. */
    void spec(String violin, byte[] packed) {
        replace(folder.resolve("specs").resolve(violin), packed);
    }

    void forget(String violin) {
        try {
            Files.deleteIfExists(folder.resolve("specs").resolve(violin));
        } catch (IOException e) {
            LOG.warn("The kept spec of {} cannot be deleted: {}", violin, e.toString());
        }
    }

    private static void replace(Path file, byte[] content) {
        try {
            Path fresh = file.resolveSibling(file.getFileName() + "~");
            Files.write(fresh, content);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.error("{} cannot be written; a restart of this host would build its guests anew: {}", file, e.toString());
        }
    }
}
