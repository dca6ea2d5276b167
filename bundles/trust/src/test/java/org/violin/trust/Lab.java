// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

import static org.violin.testkit.cluster.Eventually.eventually;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.violin.api.cluster.Identity;
import org.violin.testkit.cluster.MemoryState;
import org.violin.testkit.cluster.MemoryView;

/** Hosts of one lab on loopback, each with its folder and, when wanted, the shared state. */
final class Lab implements AutoCloseable {
    static final Guard.Limits PATIENT = new Guard.Limits(8, 8, 1_000, 1_000, Enrolment.DEADLINE_MILLIS);

    final MemoryState state = new MemoryState();
    final ShiftedClock clock = new ShiftedClock();
    final List<String> events = new CopyOnWriteArrayList<>();
    private final Path root;
    private final List<AutoCloseable> open = new ArrayList<>();
    private final ExecutorService calls = Executors.newCachedThreadPool();

    Lab(Path root) {
        this.root = root;
    }

    /** The authority, ready. */
    HostTrust authority(String name) throws Exception {
        HostTrust authority = authority(name, PATIENT);
        eventually("the authority is ready: " + authority.trouble(), () -> authority.port() > 0);
        return authority;
    }

    /** The authority, started. */
    HostTrust authority(String name, Guard.Limits limits) {
        return started(new Settings(name, "127.0.0.1", keys(name), "", 0, tokenFile(name)), limits);
    }

    /** A host, started, that has a token of the authority. */
    HostTrust joiner(String name, HostTrust authority) throws Exception {
        putToken(name, authority.token("", Duration.ofHours(1)));
        return joiner(name, authority.port());
    }

    /** A host, started. */
    HostTrust joiner(String name, int port) {
        return started(new Settings(name, "127.0.0.1", keys(name), "127.0.0.1:" + port, 4791, tokenFile(name)), PATIENT);
    }

    /** A host that was let in. */
    HostTrust member(String name, HostTrust authority) throws Exception {
        HostTrust member = joiner(name, authority);
        eventually(name + " is admitted", () -> member.identity().isPresent());
        return member;
    }

    /** Gives a host its way to the shared state. */
    MemoryView share(HostTrust host) {
        MemoryView view = state.view("x");
        open.add(view);
        host.state(view);
        return view;
    }

    void putToken(String name, String text) throws Exception {
        Files.createDirectories(root.resolve(name));
        Files.deleteIfExists(tokenFile(name));
        KeyFolder.writeSecret(tokenFile(name), text + "\n");
    }

    Path keys(String name) {
        return root.resolve(name).resolve("keys");
    }

    Path tokenFile(String name) {
        return root.resolve(name).resolve("token");
    }

    static HostIdentity identity(HostTrust host) {
        return host.identity().orElseThrow();
    }

    /** A server that answers each byte, until it is closed; it counts whom it served. */
    Door door(Identity server) throws IOException {
        Door door = new Door(server);
        open.add(door);
        return door;
    }

    /** Stops a host; its files stay. */
    void stop(HostTrust host) {
        open.remove(host);
        host.close();
    }

    @Override
    public void close() throws Exception {
        for (AutoCloseable each : open) each.close();
        calls.shutdownNow();
    }

    private HostTrust started(Settings settings, Guard.Limits limits) {
        HostTrust host = new HostTrust(settings, clock, new Guard(limits, System::nanoTime),
                (topic, subject, text) -> events.add(topic + " " + subject + ": " + text), identity -> {});
        open.add(host);
        host.start();
        return host;
    }

    final class Door implements AutoCloseable {
        private final SSLServerSocket socket;
        private final Identity server;
        /** Never asks who is there, so that nothing but the handshake refuses. */
        volatile boolean naive;
        final List<String> served = new CopyOnWriteArrayList<>();

        Door(Identity server) throws IOException {
            this.server = server;
            socket = (SSLServerSocket) server.tls().getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
            calls.execute(this::accept);
        }

        int port() {
            return socket.getLocalPort();
        }

        private void accept() {
            while (!socket.isClosed()) {
                try {
                    SSLSocket client = (SSLSocket) socket.accept();
                    CompletableFuture.runAsync(() -> echo(client), calls);
                } catch (IOException e) {
                    continue;
                }
            }
        }

        private void echo(SSLSocket client) {
            try (client) {
                for (int next = client.getInputStream().read(); next >= 0; next = client.getInputStream().read()) {
                    served.add(naive ? "" : server.peer(client.getSession()));
                    client.getOutputStream().write(next);
                }
            } catch (IOException e) {
                throw new CompletionException(e);
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /** The machine's time, moved. */
    static final class ShiftedClock extends Clock {
        private volatile Duration shift = Duration.ZERO;

        void shift(Duration by) {
            shift = shift.plus(by);
        }

        @Override
        public Instant instant() {
            return Instant.now().plus(shift);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
