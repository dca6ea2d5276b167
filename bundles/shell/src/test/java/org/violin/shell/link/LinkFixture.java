// SPDX-License-Identifier: Apache-2.0
package org.violin.shell.link;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.violin.api.cluster.HostInfo;
import org.violin.api.guest.ExecSession;
import org.violin.testkit.cluster.MemoryAuthority;

/** A server on host2, a client on host1, over real TLS on loopback. */
abstract class LinkFixture {
    final MemoryAuthority authority = new MemoryAuthority();
    final TestCommands commands = new TestCommands();
    LinkServer server;
    RemoteHosts client;
    HostInfo host2;

    @BeforeEach
    void open() {
        server = new LinkServer(authority.identity("host2"), commands, () -> new InetSocketAddress("127.0.0.1", 0));
        await("the server listens", () -> server.address() != null);
        host2 = host("host2", server.address().getPort());
        client = new RemoteHosts(authority.identity("host1"));
    }

    @AfterEach
    void shut() throws Exception {
        client.close();
        server.close();
        await("no command runs any more", () -> commands.running.get() == 0);
    }

    static HostInfo host(String name, int port) {
        return new HostInfo(name, "127.0.0.1", 4790, port, 1099, 1, 1, List.of(), "1", 1, 0, "");
    }

    ExecSession exec(String... words) throws IOException {
        return client.exec(host2, List.of(words));
    }

    static String text(InputStream stream) throws IOException {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }

    long count(String what) {
        return server.counters().getOrDefault(what, 0L);
    }

    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (!condition.getAsBoolean() && System.nanoTime() < deadline) Thread.onSpinWait();
        assertTrue(condition.getAsBoolean(), what);
    }
}
