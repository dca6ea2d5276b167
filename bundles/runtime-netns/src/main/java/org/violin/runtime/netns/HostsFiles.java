// SPDX-License-Identifier: Apache-2.0
package org.violin.runtime.netns;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.violin.api.model.Cidr;

/** One {@code /etc/hosts} for each violin on this host. Guests have it bind-mounted, so the file is changed but never replaced. */
final class HostsFiles {
    private static final String ALWAYS = "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n";

    private final Path folder;

    HostsFiles(Path folder) {
        this.folder = folder;
    }

    /** The file of a violin, made if need be. */
    synchronized Path of(String violin) throws IOException {
        Path file = folder.resolve(violin);
        if (!Files.exists(file)) write(file, ALWAYS);
        return file;
    }

    synchronized void set(String violin, Map<String, List<Cidr>> addressesByName) throws IOException {
        if (addressesByName.isEmpty() && !Files.exists(folder.resolve(violin))) return;
        StringBuilder text = new StringBuilder(ALWAYS);
        new TreeMap<>(addressesByName).forEach((name, addresses) -> {
            for (Cidr cidr : addresses) text.append(cidr.address()).append(' ').append(name).append('\n');
        });
        write(folder.resolve(violin), text.toString());
    }

    /** Forgets violins that have no guest here. */
    synchronized void keepOnly(java.util.Set<String> violins) throws IOException {
        try (var all = Files.newDirectoryStream(folder)) {
            for (Path file : all) {
                if (!violins.contains(file.getFileName().toString())) Files.delete(file);
            }
        }
    }

    synchronized void remove(String violin) throws IOException {
        Files.deleteIfExists(folder.resolve(violin));
    }

    private static void write(Path file, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.write(bytes);
            out.setLength(bytes.length);
        }
        Files.setPosixFilePermissions(file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
    }
}
