// SPDX-License-Identifier: Apache-2.0
package org.violin.runtime.netns;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** A bounded log: {@code console.log}, and {@code console.log.1} before it, each of at most half the bound. */
final class ConsoleLog {
    private final Path path;
    private final int halfBytes;

    ConsoleLog(Path path, int mostBytes) {
        this.path = path;
        this.halfBytes = Math.max(1, mostBytes / 2);
    }

    void line(String text) throws IOException {
        byte[] bytes = (text + "\n").getBytes(StandardCharsets.UTF_8);
        append(bytes, bytes.length);
    }

    synchronized void append(byte[] bytes, int length) throws IOException {
        for (int at = 0; at < length; ) {
            long size = size();
            if (size >= halfBytes) {
                Files.move(path, path.resolveSibling(path.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
                size = 0;
            }
            int n = (int) Math.min(length - at, halfBytes - size);
            try (var out = Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
                out.write(bytes, at, n);
            }
            at += n;
        }
    }

    private long size() throws IOException {
        try {
            return Files.size(path);
        } catch (NoSuchFileException e) {
            return 0;
        }
    }
}
