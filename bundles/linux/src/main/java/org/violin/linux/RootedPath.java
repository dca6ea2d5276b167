// SPDX-License-Identifier: Apache-2.0
package org.violin.linux;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A file below another process's root, held open. The owner of that root may have put symbolic links anywhere, which would lead out of it
 * (they are followed from the root of who looks), so none is followed: each name is opened by itself with O_PATH and O_NOFOLLOW (open(2)).
 * Called by plugins that look into guests; any thread.
 */
public final class RootedPath implements AutoCloseable {
    private static final int O_PATH = 010000000;
    /** fcntl.h of the architecture. */
    private static final int O_NOFOLLOW = System.getProperty("os.arch").equals("aarch64") ? 0100000 : 0400000;

    private final int fd;

    private RootedPath(int fd) {
        this.fd = fd;
    }

    /**
     * Opens a file, folder or socket.
     *
     * @param root such as {@code /proc/PID/root}
     * @param names one after the other, such as {@code run}, {@code frr}; neither empty nor with a slash nor {@code ..}
     * @throws IOException when there is no such thing, or a name is {@code ..}
     */
    public static RootedPath open(String root, String... names) throws IOException {
        int fd = step(root, Libc.O_RDONLY);
        for (String name : names) {
            int folder = fd;
            try {
                if (name.isEmpty() || name.indexOf('/') >= 0 || name.equals("..")) throw new IOException("'" + name + "' is not one name");
                fd = step("/proc/self/fd/" + folder + "/" + name, O_NOFOLLOW);
            } finally {
                Libc.close(folder);
            }
        }
        return new RootedPath(fd);
    }

    private static int step(String path, int flags) throws IOException {
        int fd = Libc.open(path, O_PATH | Libc.O_CLOEXEC | flags);
        if (fd < 0) throw new IOException(path.substring(path.lastIndexOf('/') + 1) + ": " + Libc.lastError());
        return fd;
    }

    /** A short path to it, good until {@link #close}: also for sockets, whose paths are limited to 108 bytes (unix(7)). */
    public Path path() {
        return Path.of("/proc/self/fd/" + fd);
    }

    /** Called once. */
    @Override
    public void close() {
        Libc.close(fd);
    }
}
