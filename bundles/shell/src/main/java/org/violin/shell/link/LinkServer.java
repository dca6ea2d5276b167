// SPDX-License-Identifier: Apache-2.0
package org.violin.shell.link;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.cluster.HostInfo;
import org.violin.api.cluster.Identity;
import org.violin.api.cluster.Members;

/**
 * Where commands of other overlay hosts come in. Bounded: so many connections with a command, so many whose handshake is not done; of
 * these the oldest makes room, and each has 5 s. There only once this host was admitted.
 */
@Component(service = LinkServer.class, immediate = true, configurationPid = "org.violin.shell.link")
@Designate(ocd = LinkServer.Configuration.class)
public final class LinkServer {
    static final int MAX_CONNECTIONS = 64;
    static final int MAX_HANDSHAKES = 16;
    private static final int TIMEOUT_MILLIS = 5_000;
    private static final int BACKLOG = 64;
    private static final Logger LOG = LoggerFactory.getLogger(LinkServer.class);

    /** The keys of {@code etc/org.violin.shell.link.cfg}. */
    @ObjectClassDefinition(name = "VIOLIN control link", description = "Where commands of other overlay hosts come in")
    public @interface Configuration {
        @AttributeDefinition(description = "IP address to listen on; empty: the one this host announces", required = false)
        String address() default "";

        @AttributeDefinition(description = "TCP port; 0: the one this host announces")
        int port() default 0;
    }

    private final Identity identity;
    private final Commands commands;
    private final Supplier<InetSocketAddress> door;
    private final Semaphore free = new Semaphore(MAX_CONNECTIONS);
    private final Map<ServedCommand, Future<?>> arriving = new LinkedHashMap<>();
    private final Set<ServedCommand> inside = ConcurrentHashMap.newKeySet();
    private final Map<String, Long> counters = new TreeMap<>();
    private final ScheduledExecutorService clock = Threads.clock("violin-link-server");
    private final AutoCloseable listening;
    private final Thread listener;
    private volatile ServerSocket bound;
    private volatile boolean closed;

    @Activate
    public LinkServer(@Reference Identity identity, @Reference Members members, @Reference SessionFactory sessions,
            Configuration configuration) {
        this(identity, new KarafCommands(sessions), () -> door(configuration, members.self()));
    }

    LinkServer(Identity identity, Commands commands, Supplier<InetSocketAddress> door) {
        this.identity = identity;
        this.commands = commands;
        this.door = door;
        this.listening = identity.listen(this::check);
        this.listener = Threads.start("violin-link-door", this::listen);
    }

    private static InetSocketAddress door(Configuration c, HostInfo self) {
        return new InetSocketAddress(c.address().isEmpty() ? self.address() : c.address(), c.port() == 0 ? self.controlPort() : c.port());
    }

    private void listen() {
        String trouble = "";
        while (!closed) {
            InetSocketAddress at = door.get();
            try (ServerSocket socket = new ServerSocket()) {
                socket.setReuseAddress(true);
                socket.bind(at, BACKLOG);
                bound = socket;
                LOG.info("Commands of other overlay hosts come in at {}", at);
                trouble = "";
                while (!closed) arrive(socket.accept());
            } catch (IOException | RuntimeException e) {
                if (!closed && !e.toString().equals(trouble)) LOG.warn("No commands of other overlay hosts come in at {}: {}", at, e.getMessage());
                trouble = e.toString();
            }
            pause();
        }
    }

    private void pause() {
        try {
            if (!closed) Thread.sleep(TIMEOUT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void arrive(Socket raw) {
        ServedCommand fresh = new ServedCommand(this, raw);
        ServedCommand oldest = null;
        synchronized (arriving) {
            if (arriving.size() >= MAX_HANDSHAKES) oldest = arriving.keySet().iterator().next();
        }
        if (oldest != null) {
            count("crowded");
            oldest.close();
        }
        synchronized (arriving) {
            arriving.put(fresh, clock.schedule(() -> late(fresh), TIMEOUT_MILLIS, TimeUnit.MILLISECONDS));
        }
        count("connections");
        Threads.start("violin-link-in", fresh);
    }

    private void late(ServedCommand c) {
        count("late");
        c.close();
    }

    /** The connection has said whose it is and what it wants; false when all places are taken. */
    boolean enter(ServedCommand c) {
        if (!free.tryAcquire()) return false;
        inside.add(c);
        Future<?> deadline;
        synchronized (arriving) {
            deadline = arriving.remove(c);
        }
        if (deadline == null || !deadline.cancel(false) || c.expelled() || closed) c.close();
        return true;
    }

    void left() {
        free.release();
    }

    void closed(ServedCommand c) {
        inside.remove(c);
        synchronized (arriving) {
            Future<?> deadline = arriving.remove(c);
            if (deadline != null) deadline.cancel(false);
        }
    }

    /** The other side has its answer; it has some time to close, so that nothing that is on its way is lost. */
    void soon(Wire wire) {
        try {
            clock.schedule(wire::close, TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            wire.close();
        }
    }

    /** A connection that is none of an admitted host, or broke before it asked for something. */
    void strange(ServedCommand c, Exception e) {
        count("refused");
        LOG.debug("A connection to the control link was refused", e);
    }

    void count(String what) {
        synchronized (counters) {
            counters.merge(what, 1L, Long::sum);
        }
    }

    private void check() {
        for (Iterator<ServedCommand> i = inside.iterator(); i.hasNext(); ) {
            ServedCommand c = i.next();
            if (!c.expelled()) continue;
            count("expelled");
            LOG.info("Overlay host {} was expelled; its command is ended", c.host());
            c.close();
        }
    }

    Identity identity() {
        return identity;
    }

    Commands commands() {
        return commands;
    }

    /**
     * Since the start: {@code connections} came in; {@code refused} were none of an admitted host; {@code late} and {@code crowded} made no
     * request in time, or before newer ones came; {@code full} and {@code version} got a refusal; {@code gone} broke before their command
     * ended; {@code expelled} were cut.
     */
    public Map<String, Long> counters() {
        synchronized (counters) {
            return new TreeMap<>(counters);
        }
    }

    /** Where it listens; null: nowhere yet. */
    public InetSocketAddress address() {
        ServerSocket socket = bound;
        return socket == null || socket.isClosed() ? null : new InetSocketAddress(socket.getInetAddress(), socket.getLocalPort());
    }

    /** Overlay hosts whose commands run now, sorted, one entry for each command. */
    public List<String> connected() {
        return inside.stream().map(ServedCommand::host).sorted().toList();
    }

    /** Ends all connections and what runs for them. */
    @Deactivate
    public void close() throws Exception {
        closed = true;
        listening.close();
        if (bound != null) bound.close();
        listener.interrupt();
        clock.shutdownNow();
        synchronized (arriving) {
            arriving.keySet().stream().toList().forEach(ServedCommand::close);
        }
        inside.forEach(ServedCommand::close);
    }
}
