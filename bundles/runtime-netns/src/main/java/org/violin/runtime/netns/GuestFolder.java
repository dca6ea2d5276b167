// SPDX-License-Identifier: Apache-2.0
package org.violin.runtime.netns;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.FileVisitResult;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.violin.api.guest.GuestSpec;
import org.violin.api.model.Limits;
import org.violin.api.model.NodeId;

/**
 * What is kept of one guest on disk:
 *
 * <pre>
 *   guests/VIOLIN/NODE/spec          what was asked for
 *                      pid           first process: number and start time; written by violin-guest
 *                      ready         the exec commands were begun
 *                      rw/           what the guest wrote (overlayfs upper and work folders)
 *                      console.log   and console.log.1
 * </pre>
 */
record GuestFolder(Path path, NodeId id) {
    private static final int ATTEMPTS = 50;

    static GuestFolder of(Path guests, NodeId id) {
        return new GuestFolder(guests.resolve(id.violin()).resolve(id.node()), id);
    }

    Path console() {
        return path.resolve("console.log");
    }

    boolean exists() {
        return Files.isDirectory(path);
    }

    void create(GuestSpec spec) throws IOException {
        createFolders(ATTEMPTS);
        write(spec);
    }

    /** Guests come and go at the same time: one that goes may take the violin's folder along before ours is in it. */
    private void createFolders(int attempts) throws IOException {
        var onlyOwner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        try {
            Files.createDirectories(path.getParent(), onlyOwner);
            Files.createDirectory(path, onlyOwner);
        } catch (NoSuchFileException | FileAlreadyExistsException e) {
            if (attempts == 1) throw e;
            createFolders(attempts - 1);
        }
    }

    void write(GuestSpec spec) throws IOException {
        Properties p = new Properties();
        p.setProperty("forwarding", Boolean.toString(spec.forwarding()));
        p.setProperty("cpus", Double.toString(spec.limits().cpus()));
        p.setProperty("memoryBytes", Long.toString(spec.limits().memoryBytes()));
        p.setProperty("processes", Integer.toString(spec.limits().processes()));
        for (int i = 0; i < spec.exec().size(); i++) p.setProperty("exec." + i, spec.exec().get(i));
        StringWriter text = new StringWriter();
        p.store(text, null);
        Path fresh = path.resolve("spec.new");
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(fresh, text.toString());
        Files.move(fresh, path.resolve("spec"), StandardCopyOption.ATOMIC_MOVE);
    }

    Optional<GuestSpec> spec() {
        try {
            Properties p = new Properties();
            p.load(new StringReader(Files.readString(path.resolve("spec"))));
            List<String> exec = new ArrayList<>();
            for (int i = 0; p.getProperty("exec." + i) != null; i++) exec.add(p.getProperty("exec." + i));
            Limits limits = new Limits(Double.parseDouble(p.getProperty("cpus")), Long.parseLong(p.getProperty("memoryBytes")),
                    Integer.parseInt(p.getProperty("processes")));
            return Optional.of(new GuestSpec(id, Boolean.parseBoolean(p.getProperty("forwarding")), limits, exec));
        } catch (IOException | NullPointerException | IllegalArgumentException e) {
            return Optional.empty(); // written atomically, so this is no guest of ours or a broken disk
        }
    }

    Optional<FirstProcess> process() {
        try {
            return FirstProcess.parse(Files.readString(path.resolve("pid")));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Notes that the exec commands are begun. False when they were before. */
    boolean markReady() throws IOException {
        if (Files.exists(path.resolve("ready"))) return false;
        Files.createFile(path.resolve("ready"));
        return true;
    }

    /** Removes all, and the violin's folder with the last guest. Links are removed, not followed. */
    void delete() throws IOException {
        deleteTree();
        try {
            Files.deleteIfExists(path.getParent());
        } catch (java.nio.file.DirectoryNotEmptyException e) {
            return; // other guests of the violin
        }
    }

    void deleteTree() throws IOException {
        if (exists()) Files.walkFileTree(path, new Removal());
    }

    private static final class Removal extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (failure instanceof NoSuchFileException) return FileVisitResult.CONTINUE;
            throw failure;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, IOException failure) throws IOException {
            Files.deleteIfExists(folder);
            return FileVisitResult.CONTINUE;
        }
    }
}
