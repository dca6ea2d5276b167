// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.lang.annotation.Annotation;
import java.util.List;
import org.violin.api.cluster.HostInfo;
import org.violin.shell.link.LinkServer;
import org.violin.testkit.cluster.MemoryAuthority;

/** The control link's server of one host on loopback, real TLS before a {@link KarafShell}. */
final class Doors {
    final MemoryAuthority authority = new MemoryAuthority();
    private LinkServer server;

    HostInfo host(String name, int port) {
        HostInfo h = Fakes.HOST1;
        return new HostInfo(name, "127.0.0.1", 4789, port, 1099, 2, h.memoryBytes(), h.runtimes(), "0.1", 8, 0,
                authority.identity(name).certificate());
    }

    /** Lets commands in as that host and returns the port. */
    int open(KarafShell shell, String name) {
        return open(shell, name, 0);
    }

    int open(KarafShell shell, String name, int port) {
        HostInfo self = host(name, port);
        server = new LinkServer(authority.identity(name), new Fakes.FakeMembers(self, List.of(self)), shell.factory(), new Announced());
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (server.address() == null && System.nanoTime() < deadline) Thread.onSpinWait();
        return server.address().getPort();
    }

    LinkServer server() {
        return server;
    }

    void close() throws Exception {
        server.close();
    }

    private static final class Announced implements LinkServer.Configuration {
        @Override
        public String address() {
            return "";
        }

        @Override
        public int port() {
            return 0;
        }

        @Override
        public Class<? extends Annotation> annotationType() {
            return LinkServer.Configuration.class;
        }
    }
}
