// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/**
 * The folder of this host's keys: mode 0700, files 0600, written whole or not at all (temporary file, fsync, rename, fsync of the folder).
 * Each file of ours begins with a line that has the SHA-256 of the rest, so that any damage is seen. Any thread.
 */
final class KeyFolder {
    static final int MAX_BYTES = 8 << 20;
    private static final Set<PosixFilePermission> OWNER_ONLY =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);
    private static final FileAttribute<Set<PosixFilePermission>> FILE_MODE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<Set<PosixFilePermission>> FOLDER_MODE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final String HEAD = "violin-keys 1 sha256=";

    private final Path folder;

    /** Makes the folder where it is missing; throws when it is open to others. */
    KeyFolder(Path folder) throws KeyFileException {
        this.folder = folder.toAbsolutePath().normalize();
        try {
            if (!Files.exists(this.folder, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectories(this.folder.getParent());
                Files.createDirectory(this.folder, FOLDER_MODE);
            }
        } catch (IOException e) {
            throw new KeyFileException(this.folder + ": cannot be made (" + e + "); make it with mode 700");
        }
        checkFolder(this.folder);
    }

    Path path(String name) {
        return folder.resolve(name);
    }

    /** A folder in this one, made where it is missing. */
    Path subfolder(String name) throws KeyFileException {
        return new KeyFolder(path(name)).folder;
    }

    boolean has(String name) {
        return Files.exists(path(name), LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * The text of one of our files; empty when there is none.
     *
     * @param cure what to do when it is damaged, for the message
     */
    Optional<String> read(String name, String cure) throws KeyFileException {
        Path file = path(name);
        if (!has(name)) return Optional.empty();
        String whole = readSecret(file, cure);
        int line = whole.indexOf('\n');
        String text = whole.substring(line + 1);
        if (line < 0 || !whole.substring(0, line).equals(HEAD + digest(text))) {
            throw new KeyFileException(file + ": is damaged; " + cure);
        }
        return Optional.of(text);
    }

    void write(String name, String text) throws KeyFileException {
        writeSecret(path(name), HEAD + digest(text) + "\n" + text);
    }

    /** Reads a file that only its owner may read and write; throws when others may, or when it is no plain file. */
    static String readSecret(Path file, String cure) throws KeyFileException {
        try {
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) throw new KeyFileException(file + ": is no plain file; " + cure);
            if (open(file)) throw new KeyFileException(file + ": others may read or write it; run: chmod 600 " + file);
            if (Files.size(file) > MAX_BYTES) throw new KeyFileException(file + ": is damaged (" + Files.size(file) + " bytes); " + cure);
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            throw new KeyFileException(file + ": does not exist; " + cure);
        } catch (IOException e) {
            throw new KeyFileException(file + ": cannot be read (" + e + "); " + cure);
        }
    }

    /** Writes a file of mode 0600, whole or not at all. */
    static void writeSecret(Path file, String text) throws KeyFileException {
        try {
            Path fresh = Files.createTempFile(file.getParent(), "." + file.getFileName(), ".new", FILE_MODE);
            try {
                try (FileChannel out = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
                    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
                    while (bytes.hasRemaining()) out.write(bytes);
                    out.force(true);
                }
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(fresh);
            }
            sync(file.getParent());
        } catch (IOException e) {
            throw new KeyFileException(file + ": cannot be written (" + e + "); make room and let this user write there");
        }
    }

    /** True when this call removed the file: of several callers, exactly one. The removal outlives a crash. */
    static boolean remove(Path file) throws KeyFileException {
        try {
            if (!Files.deleteIfExists(file)) return false;
            sync(file.getParent());
            return true;
        } catch (IOException e) {
            throw new KeyFileException(file + ": cannot be removed (" + e + "); let this user write in its folder");
        }
    }

    private static void checkFolder(Path folder) throws KeyFileException {
        try {
            if (!Files.isDirectory(folder)) throw new KeyFileException(folder + ": is no folder; move it away");
            if (open(folder)) throw new KeyFileException(folder + ": others may look into it; run: chmod 700 " + folder);
        } catch (IOException e) {
            throw new KeyFileException(folder + ": cannot be read (" + e + "); let this user own it, with mode 700");
        }
    }

    private static boolean open(Path path) throws IOException {
        return !OWNER_ONLY.containsAll(Files.getPosixFilePermissions(path));
    }

    /** fsync(2) of a folder makes a rename in it last. */
    private static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static String digest(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.ISO_8859_1)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
