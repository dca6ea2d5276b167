// SPDX-License-Identifier: Apache-2.0
package org.violin.shell.link;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.violin.api.cluster.HostInfo;
import org.violin.api.cluster.Identity;
import org.violin.api.guest.ExecSession;

/**
 * Runs commands of this scope on other overlay hosts, over TLS with this host's identity. There only once this host was admitted. Called
 * by the commands; any thread.
 */
@Component(service = RemoteHosts.class)
public final class RemoteHosts {
    /** Status of a command whose connection broke; OpenSSH's client answers the same. */
    public static final int CONNECTION_LOST = 255;
    static final int TIMEOUT_MILLIS = 5_000;
    static final int MAX_CONNECTIONS = 64;

    private final Identity identity;
    private final Semaphore free = new Semaphore(MAX_CONNECTIONS);
    private final Map<RemoteCommand, SSLSession> open = new ConcurrentHashMap<>();
    private final ScheduledExecutorService clock = Threads.clock("violin-link-client");
    private final AutoCloseable listening;

    @Activate
    public RemoteHosts(@Reference Identity identity) {
        this.identity = identity;
        this.listening = identity.listen(this::check);
    }

    /**
     * Starts a command there; the words are those of {@code violin:call}. The streams have bounds of their own: one that is not read holds
     * up neither the other nor the end. A connection that breaks ends the command with status 255 and a line on its standard error.
     *
     * @throws IOException with the host, its address and the reason, when it cannot be reached in 5 s, is another host than the one meant,
     *     was expelled, or refuses
     */
    public ExecSession exec(HostInfo host, List<String> words) throws IOException {
        byte[] request = request(words);
        if (!free.tryAcquire()) {
            throw new IOException("more than " + MAX_CONNECTIONS + " connections to other overlay hosts; try again later");
        }
        Socket raw = new Socket();
        AtomicBoolean expired = new AtomicBoolean();
        Future<?> deadline = clock.schedule(() -> {
            expired.set(true);
            Threads.close(raw);
        }, TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
        RemoteCommand command = null;
        try {
            raw.connect(new InetSocketAddress(host.address(), host.controlPort()), TIMEOUT_MILLIS);
            Wire wire = Wire.client(raw, identity.tls());
            RemoteCommand[] self = new RemoteCommand[1];
            command = self[0] = new RemoteCommand(host.name(), wire, () -> over(self[0]));
            open.put(command, wire.session());
            String peer = identity.peer(wire.session());
            if (!peer.equals(host.name())) throw new IOException("it is overlay host " + peer + ", by its certificate");
            wire.send(Wire.REQUEST, request);
            Wire.Frame answer = wire.receive();
            if (answer == null) throw new IOException("it closed the connection without an answer");
            if (answer.type() == Wire.ERROR) throw new IOException("it refuses: " + answer.text());
            if (answer.type() != Wire.ACCEPTED) throw new IOException("it answered with a frame of type " + answer.type());
            if (!deadline.cancel(false) || expired.get()) throw new SocketTimeoutException();
            return command.start();
        } catch (IOException | RuntimeException e) {
            boolean late = !deadline.cancel(false) || expired.get();
            Threads.close(raw);
            if (command != null) open.remove(command);
            free.release();
            throw new IOException("overlay host " + host.name() + " cannot be reached at " + host.address() + ":" + host.controlPort()
                    + ": " + (late ? "no answer in " + TIMEOUT_MILLIS / 1000 + " s" : reason(e)), e);
        }
    }

    private void over(RemoteCommand command) {
        if (open.remove(command) != null) free.release();
    }

    private static String reason(Exception e) {
        String said = e.getMessage() == null ? e.toString() : e.getMessage();
        if (e instanceof SSLPeerUnverifiedException) return "it is no admitted host: " + said;
        return e instanceof SSLException ? "no TLS between admitted hosts: " + said : said;
    }

    private static byte[] request(List<String> words) throws IOException {
        StringBuilder s = new StringBuilder();
        s.append((char) Wire.VERSION);
        for (String word : words) {
            if (word.indexOf('\0') >= 0) throw new IOException("a word with a NUL in it cannot be sent to another overlay host");
            s.append(word).append('\0');
        }
        byte[] bytes = s.toString().getBytes(StandardCharsets.UTF_8);
        if (bytes.length > Wire.MAX_BYTES) throw new IOException("a command of " + bytes.length + " bytes; at most " + Wire.MAX_BYTES);
        return bytes;
    }

    /** Ends what goes to hosts that are not believed any more. */
    private void check() {
        open.forEach((command, session) -> {
            try {
                identity.peer(session);
            } catch (SSLPeerUnverifiedException e) {
                command.refuse("the other overlay host was expelled");
            }
        });
    }

    /** Connections that are open now. */
    int connections() {
        return open.size();
    }

    /** Ends all connections. */
    @Deactivate
    public void close() throws Exception {
        listening.close();
        clock.shutdownNow();
        open.keySet().forEach(c -> c.refuse("this overlay host lost its identity, or its bundle was stopped"));
    }
}
