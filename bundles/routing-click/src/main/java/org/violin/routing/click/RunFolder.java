// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.click;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;

/**
 * The folder one Click runs in: graph and control socket; beside it the process's number for whoever comes after a
 * crash. Only root and the user Click runs as enter it.
 */
final class RunFolder implements AutoCloseable {
    /** Beside the folder, where a graph cannot write. */
    private static final String PROCESS = ".process";

    final Path path;
    private final int user;

    private RunFolder(Path path, int user) {
        this.path = path;
        this.user = user;
    }

    static RunFolder make(Path parent, String name, int user) throws IOException {
        Files.createDirectories(parent);
        Path path = Files.createTempDirectory(parent, name + ".", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        if (user != 0) own(path, user);
        return new RunFolder(path, user);
    }

    private static void own(Path path, int user) throws IOException {
        Files.setAttribute(path, "unix:uid", user);
        Files.setAttribute(path, "unix:gid", user);
    }

    void graph(String text) throws IOException {
        Path file = path.resolve(ClickProgram.FILE);
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text, StandardCharsets.UTF_8);
        if (user != 0) own(file, user);
    }

    /** Keeps the process's number and start time. */
    void process(long pid) throws IOException {
        Files.writeString(record(), pid + " " + startTicks(pid));
    }

    private Path record() {
        return path.resolveSibling(path.getFileName() + PROCESS);
    }

    /** Kills what runs in folders that an earlier container left, and removes them. */
    static void sweep(Path parent) throws IOException {
        if (!Files.isDirectory(parent)) return;
        try (Stream<Path> folders = Files.list(parent)) {
            for (Path folder : folders.toList()) {
                if (folder.toString().endsWith(PROCESS)) kill(folder);
                delete(folder);
            }
        }
    }

    private static void kill(Path file) throws IOException {
        if (!Files.isRegularFile(file)) return;
        String[] words = Files.readString(file).trim().split(" ");
        if (words.length != 2 || !words[0].matches("[0-9]{1,10}") || !words[1].matches("[0-9]{1,18}")) return;
        long pid = Long.parseLong(words[0]);
        if (startTicks(pid) == Long.parseLong(words[1])) ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    /** Field 22 of /proc/PID/stat tells a process from a later one with the same number (proc(5)); -1: there is none. */
    private static long startTicks(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[19]);
        } catch (IOException | RuntimeException e) {
            return -1;
        }
    }

    private static void delete(Path folder) throws IOException {
        if (Files.isDirectory(folder, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            try (Stream<Path> inside = Files.list(folder)) {
                for (Path one : inside.toList()) delete(one);
            }
        }
        Files.deleteIfExists(folder);
    }

    /** Removes it. */
    @Override
    public void close() {
        try {
            delete(path);
            Files.deleteIfExists(record());
        } catch (IOException e) {
            // swept at the next start
        }
    }
}
