// SPDX-License-Identifier: Apache-2.0
package org.violin.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RootedPathTest {
    @TempDir
    Path root;

    @Test
    void aFileBelowTheRoot() throws IOException {
        Files.writeString(Files.createDirectories(root.resolve("a/b")).resolve("f"), "here");
        try (RootedPath path = RootedPath.open(root.toString(), "a", "b", "f")) {
            assertEquals("here", Files.readString(path.path()));
        }
    }

    @Test
    void noLinkLeadsOut() throws IOException {
        Files.createSymbolicLink(root.resolve("etc"), Path.of("/etc"));
        assertThrows(IOException.class, () -> RootedPath.open(root.toString(), "etc", "passwd").close());
        Files.createSymbolicLink(root.resolve("file"), Path.of("/etc/passwd"));
        try (RootedPath path = RootedPath.open(root.toString(), "file")) {
            assertTrue(!Files.isRegularFile(path.path()), "the link itself, not what it names");
        }
        assertThrows(IOException.class, () -> RootedPath.open(root.toString(), "..").close());
        assertThrows(IOException.class, () -> RootedPath.open(root.toString(), "a/b").close());
    }

    @Test
    void socketsBelowLongPathsButNotBehindLinks() throws IOException {
        Path far = Files.createDirectories(root.resolve("x".repeat(100)).resolve("y".repeat(100)));
        Path near = Files.createTempDirectory(Path.of("/tmp"), "rp");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(near.resolve("s")));
            Files.createSymbolicLink(far.resolve("link"), near.resolve("s"));
            Files.move(near.resolve("s"), far.resolve("s"));
            try (RootedPath path = RootedPath.open(root.toString(), "x".repeat(100), "y".repeat(100), "s");
                    SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path.path()))) {
                assertTrue(client.isConnected());
            }
            try (RootedPath link = RootedPath.open(root.toString(), "x".repeat(100), "y".repeat(100), "link")) {
                assertThrows(IOException.class, () -> SocketChannel.open(UnixDomainSocketAddress.of(link.path())).close());
            }
        } finally {
            Files.deleteIfExists(near.resolve("s"));
            Files.delete(near);
        }
    }
}
