// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.violin.api.control.SpecReader;
import org.violin.api.model.ViolinSpec;

/** Short ways to read texts and files in tests. */
final class Reading {
    static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();

    private Reading() {}

    static SpecReader.Reading of(String file, String text) {
        return new TopologyReader().read(file, text, name -> Optional.empty());
    }

    static SpecReader.Reading of(String text, ViolinSpec present) {
        return new TopologyReader().read("test.yaml", text, name -> Optional.ofNullable(present).filter(p -> p.name().equals(name)));
    }

    /** The spec of a text without mistakes; fails with the mistakes otherwise. */
    static ViolinSpec spec(String text, ViolinSpec present) {
        SpecReader.Reading reading = of(text, present);
        return reading.spec().orElseThrow(() -> new AssertionError(reading.mistakes().toString()));
    }

    static String example(String name) {
        return text(ROOT.resolve("examples").resolve(name));
    }

    /** A folder of public data, or the test is skipped. */
    static Path data(String folder) {
        String given = System.getenv("VIOLIN_DATA");
        Path path = (given == null ? ROOT.resolve("../shared/data") : Path.of(given)).resolve(folder);
        Assumptions.assumeTrue(Files.isDirectory(path), "no folder " + folder + " of public data; set VIOLIN_DATA");
        return path;
    }

    static String text(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
