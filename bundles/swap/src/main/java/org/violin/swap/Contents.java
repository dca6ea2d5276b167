// SPDX-License-Identifier: Apache-2.0
package org.violin.swap;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.osgi.framework.Bundle;

/**
 * The contents of plugin bundles that were good: {@code FOLDER/BUNDLE-ID/STAMP.jar}, where the stamp is the bundle's time of last
 * modification. The last {@value #KEPT} of each bundle are kept. Used by the guardian's thread.
 */
final class Contents {
    static final int KEPT = 2;
    static final long MAX_BYTES = 64L << 20;
    private static final String MANIFEST = "META-INF/MANIFEST.MF";
    private static final String JAR = ".jar";

    private final Path folder;

    Contents(Path folder) {
        this.folder = folder;
    }

    /** Writes down what the bundle consists of, entry by entry as the framework gives them, without its fragments; if it is still that. */
    void keep(Bundle bundle, long stamp) throws IOException {
        Path own = Files.createDirectories(of(bundle));
        Path target = own.resolve(stamp + JAR);
        if (Files.exists(target)) return;
        Path half = own.resolve("half");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(half))) {
            write(bundle, zip);
        }
        if (bundle.getLastModified() != stamp) {
            Files.delete(half);
            return;
        }
        Files.move(half, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        List<Path> all = stamps(bundle);
        for (Path old : all.subList(0, Math.max(0, all.size() - KEPT))) Files.deleteIfExists(old);
    }

    private static void write(Bundle bundle, ZipOutputStream zip) throws IOException {
        long left = MAX_BYTES - add(bundle, MANIFEST, zip, MAX_BYTES); // first, as a jar wants it
        Deque<String> open = new ArrayDeque<>(List.of("/"));
        while (!open.isEmpty()) {
            Enumeration<String> paths = bundle.getEntryPaths(open.pop());
            for (String path : paths == null ? List.<String>of() : Collections.list(paths)) {
                if (path.endsWith("/")) open.push(path);
                else if (!path.equals(MANIFEST)) left -= add(bundle, path, zip, left);
            }
        }
    }

    private static long add(Bundle bundle, String path, ZipOutputStream zip, long left) throws IOException {
        URL entry = bundle.getEntry(path);
        if (entry == null) return 0;
        ZipEntry head = new ZipEntry(path);
        head.setTime(0);
        zip.putNextEntry(head);
        try (InputStream in = entry.openStream()) {
            long copied = copy(in, zip, left);
            zip.closeEntry();
            return copied;
        }
    }

    private static long copy(InputStream in, OutputStream out, long left) throws IOException {
        byte[] buffer = new byte[8192];
        long copied = 0;
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            copied += n;
            if (copied > left) throw new IOException("a plugin larger than " + MAX_BYTES + " bytes is not kept");
            out.write(buffer, 0, n);
        }
        return copied;
    }

    /** The newest good content; empty when there is none. */
    Optional<Path> last(Bundle bundle) {
        List<Path> all = stamps(bundle);
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
    }

    OptionalLong lastStamp(Bundle bundle) {
        return last(bundle).map(p -> OptionalLong.of(stamp(p))).orElse(OptionalLong.empty());
    }

    /** The content of that path is the bundle's again: it was written back. */
    void restamp(Bundle bundle, Path content) throws IOException {
        Files.move(content, of(bundle).resolve(bundle.getLastModified() + JAR), StandardCopyOption.REPLACE_EXISTING);
    }

    void forget(Bundle bundle) throws IOException {
        if (!Files.isDirectory(of(bundle))) return;
        try (Stream<Path> all = Files.list(of(bundle))) {
            for (Path one : all.toList()) Files.deleteIfExists(one);
        }
        Files.deleteIfExists(of(bundle));
    }

    private List<Path> stamps(Bundle bundle) {
        if (!Files.isDirectory(of(bundle))) return List.of();
        try (Stream<Path> all = Files.list(of(bundle))) {
            return all.filter(p -> p.getFileName().toString().matches("[0-9]{1,18}\\.jar")).sorted(Comparator.comparingLong(Contents::stamp)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long stamp(Path path) {
        String name = path.getFileName().toString();
        return Long.parseLong(name.substring(0, name.length() - JAR.length()));
    }

    private Path of(Bundle bundle) {
        return folder.resolve(Long.toString(bundle.getBundleId()));
    }
}
