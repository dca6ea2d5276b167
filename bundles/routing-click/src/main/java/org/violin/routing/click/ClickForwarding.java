// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.click;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.dataplane.FrameDevice;
import org.violin.api.dataplane.HandOver;
import org.violin.api.dataplane.Poller;
import org.violin.api.guest.GuestException;
import org.violin.api.routing.FibBatch;
import org.violin.api.routing.Forwarding;
import org.violin.api.routing.RouterSpec;
import org.violin.linux.Netns;
import org.violin.linux.OwnNetns;

/**
 * One vRouter whose packets Click forwards. Click, and our ends of its sockets, are in a network namespace of their own, so nobody else
 * on the host can send to it or listen. A Click that dies is started again with the same graph and routes; the sockets stay.
 */
final class ClickForwarding implements Forwarding {
    private static final Logger LOG = LoggerFactory.getLogger(ClickForwarding.class);
    /** Neighbours' addresses as {@code VNIC ADDRESS MAC} lines, IPv4 first: what a {@link HandOver} of this kind holds. */
    static final String NEIGHBOURS = "neighbours";
    private static final int MOST_NEIGHBOURS = 10_000;
    private static final long LONGEST_PAUSE = 30_000_000_000L;

    /** What it is told on the way: a topic and a line for people. */
    interface Announcer {
        void announce(String topic, String text);
    }

    /** How one is started. */
    record Setting(ClickProgram program, int user, int timeoutMillis, Supplier<Poller> pollers, Announcer announcer) {}

    private final String name;
    private final Setting setting;
    private final Layout layout;
    private volatile Graph graph;
    private final FibTable fib;
    /** Null: the guest's kernel forwards IPv6. */
    private final Fib6Table fib6;
    private final RunFolder folder;
    private final OwnNetns namespace;
    private final Map<String, FrameDevice> guests;
    private final Map<String, SocketDevice> overlay = new HashMap<>();
    private final List<SlowPath.Pair> slow = new ArrayList<>();
    private final Map<String, Boolean> carriers = new HashMap<>();
    private volatile ClickProcess click;
    private volatile Handlers handlers = Handlers.NONE;
    private volatile SlowPath pump;
    private volatile long restarts;
    private volatile boolean closed;
    private volatile long launched;
    /** Before the next start, nanoseconds; grows while it keeps ending. */
    private volatile long pause;

    private ClickForwarding(RouterSpec spec, Setting setting, Map<String, FrameDevice> guests, RunFolder folder, OwnNetns namespace) {
        this.name = spec.id().toString();
        this.setting = setting;
        this.folder = folder;
        this.namespace = namespace;
        this.guests = Map.copyOf(guests);
        layout = new Layout(spec);
        BaseRoutes base = new BaseRoutes(spec, layout);
        graph = GraphText.of(spec, layout, base);
        fib = new FibTable(layout, base, GraphText.paths(spec));
        boolean six = Ip6Text.wanted(spec, layout, new ServiceSettings(spec, layout));
        fib6 = six ? new Fib6Table(layout, new BaseRoutes6(spec, layout), GraphText.paths(spec)) : null;
    }

    /** Starts it; the folder and the namespace are its own from now on. Throws GuestException; then nothing is left. */
    static ClickForwarding open(RouterSpec spec, Setting setting, Map<String, FrameDevice> guests, RunFolder folder, OwnNetns namespace, FibBatch routes,
            HandOver before) throws GuestException {
        ClickForwarding made = new ClickForwarding(spec, setting, guests, folder, namespace);
        try {
            folder.graph(made.graph.text());
            Netns.call(namespace.path(), () -> {
                made.sockets();
                return null;
            });
            made.launch();
            made.fib(routes);
            made.seed(before);
            return made;
        } catch (IOException e) {
            made.close();
            throw new GuestException(spec.id() + ": start click: " + e.getMessage(), e);
        } catch (GuestException | RuntimeException e) {
            made.close();
            throw e;
        }
    }

    private void sockets() throws IOException {
        for (Layout.Nic nic : layout.nics) {
            String vnic = nic.spec().name();
            overlay.put(vnic, SocketDevice.open(nic.overlayPort(), up -> carrier(vnic, up)));
            FrameDevice guest = guests.get(vnic);
            SocketDevice device = SocketDevice.open(nic.slowPort(), up -> {});
            slow.add(new SlowPath.Pair(guest, device));
        }
    }

    private synchronized void launch() throws IOException {
        launched = System.nanoTime();
        ClickProcess made = ClickProcess.start(setting.program(), namespace, folder, setting.user(), setting.timeoutMillis());
        try {
            handlers = Handlers.of(made.control(), layout);
            if (handlers.routes()) fib.replay(made.control()::write);
            if (fib6 != null) fib6.replay(port(made.control()));
        } catch (ClickError e) {
            made.close();
            throw new IOException(e.getMessage());
        } catch (IOException e) {
            made.close();
            throw e;
        }
        click = made;
        made.onExit(() -> died(made));
    }

    private void died(ClickProcess dead) {
        if (closed || click != dead) return;
        Thread thread = new Thread(() -> restart(dead), "violin-click-restart");
        thread.setDaemon(true);
        thread.start();
    }

    private void restart(ClickProcess dead) {
        tell("router/forwarding", "Click ended (" + dead.end() + "); it is started again");
        dead.close();
        for (;;) {
            boolean steady = System.nanoTime() - launched > LONGEST_PAUSE;
            pause = steady ? 0 : Math.min(pause * 2 + 25_000_000L, LONGEST_PAUSE);
            if (pause > 0) LockSupport.parkNanos(pause);
            synchronized (this) {
                if (closed) return;
                try {
                    restarts++;
                    launch();
                    tell("router/forwarding", "Click runs again, with " + (fib.size() + (fib6 == null ? 0 : fib6.size())) + " routes");
                    return;
                } catch (IOException e) {
                    LOG.warn("{}: start click: {}", name, e.getMessage());
                }
            }
        }
    }

    private void tell(String topic, String text) {
        LOG.info("{}: {}", name, text);
        setting.announcer().announce(topic, text);
    }

    /** The engine's word for the link behind the port: the guest's kernel sees it while the port points here. */
    private void carrier(String vnic, boolean up) {
        synchronized (carriers) {
            carriers.put(vnic, up);
            FrameDevice guest = guests.get(vnic);
            if (pump != null && guest != null) guest.carrier(up);
        }
    }

    @Override
    public Optional<FrameDevice> device(String nic) {
        return Optional.ofNullable(overlay.get(nic));
    }

    @Override
    public synchronized void begin() {
        if (closed) return;
        if (pump != null) {
            pump.hear(true);
            return;
        }
        List<SlowPath.Pair> whole = slow.stream().filter(p -> p.guest() != null).toList();
        synchronized (carriers) {
            pump = new SlowPath(name, whole, setting.pollers().get());
            carriers.forEach((vnic, up) -> {
                FrameDevice guest = guests.get(vnic);
                if (guest != null) guest.carrier(up);
            });
        }
    }

    @Override
    public synchronized void end() {
        if (pump != null && !closed) pump.hear(false);
    }

    /**
     * In place where the graph differs in nothing but what handlers take (rules of the firewall, rates, whom nat is for); routes come by
     * {@link #fib}.
     */
    @Override
    public synchronized boolean apply(RouterSpec next) throws GuestException {
        Layout to = new Layout(next);
        if (!GraphText.mistakes(next).isEmpty() || !new ServiceSettings(next, to).mistakes.isEmpty()) return false;
        Graph wanted = GraphText.of(next, to, new BaseRoutes(next, to));
        if (!wanted.skeleton().equals(graph.skeleton())) return false;
        if (wanted.live().equals(graph.live())) return true;
        if (wanted.live().values().stream().anyMatch(v -> v.length() > ControlClient.MOST_BYTES)) return false;
        Graph before = graph;
        List<String> done = new ArrayList<>();
        try {
            folder.graph(wanted.text()); // what a Click that is started again has
            graph = wanted;
            for (Map.Entry<String, String> one : wanted.live().entrySet()) {
                if (one.getValue().equals(before.live().get(one.getKey()))) continue;
                done.add(one.getKey());
                click.control().write(one.getKey(), one.getValue());
            }
            return true;
        } catch (ClickError e) {
            undo(before, done);
            throw new GuestException(name + ": Click refused the change: " + e.getMessage(), e);
        } catch (IOException e) {
            LOG.info("{}: the change waits for Click: {}", name, e.getMessage());
            click.close(); // it is started again, with the new graph
            return true;
        }
    }

    private void undo(Graph before, List<String> done) {
        graph = before;
        try {
            folder.graph(before.text());
            for (String handler : done) click.control().write(handler, before.live().get(handler));
        } catch (IOException | ClickError e) {
            click.close();
        }
    }

    @Override
    public synchronized void fib(FibBatch batch) throws GuestException {
        ClickProcess now = click;
        try {
            if (fib6 != null) fib6.prepare(batch, port(now.control()));
            try {
                fib.apply(batch, (handler, lines) -> {
                    if (handlers.routes()) now.control().write(handler, lines);
                });
            } catch (ClickError e) {
                if (fib6 != null) fib6.rollback(port(now.control()));
                throw e;
            }
            if (fib6 != null) fib6.commit(port(now.control()));
        } catch (ClickError e) {
            throw new GuestException(name + ": Click refused the routes: " + e.getMessage(), e);
        } catch (IOException e) {
            LOG.info("{}: routes wait for Click: {}", name, e.getMessage());
            now.close(); // its tables are in an unknown state: it is started again, with all routes
        }
    }

    private static Fib6Table.Port port(ControlClient control) {
        return new Fib6Table.Port() {
            @Override
            public void write(List<String[]> handlersAndValues) throws IOException, ClickError {
                control.write(handlersAndValues);
            }

            @Override
            public String read(String handler) throws IOException, ClickError {
                return control.read(handler, "");
            }
        };
    }

    @Override
    public Map<String, Long> counters() {
        Map<String, Long> all = new TreeMap<>();
        all.put("restarts", restarts);
        all.put("routes.ignored", fib.ignored() + (fib6 == null ? 0 : fib6.ignored()));
        SlowPath path = pump;
        if (path != null) {
            all.put("kernel.in", path.toKernel());
            all.put("kernel.out", path.fromKernel());
            all.put("kernel.lost", path.lost());
        }
        ClickProcess now = click;
        if (now != null) handlers.counters(now.control(), all);
        return all;
    }

    @Override
    public String command(String operation, String target, String value) throws GuestException {
        try {
            switch (operation) {
                case "read":
                    return click.control().read(target, value == null ? "" : value);
                case "write":
                    click.control().write(target, value == null ? "" : value);
                    return "";
                default:
                    throw new GuestException("'" + operation + "': expected read or write");
            }
        } catch (ClickError e) {
            throw new GuestException(target + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new GuestException(name + ": " + e.getMessage(), e);
        }
    }

    private void seed(HandOver before) {
        if (before == null || !before.kind().equals(NEIGHBOURS) || before.version() != 1) return;
        String lines = new String(before.data(), StandardCharsets.UTF_8);
        handlers.seed(click.control(), layout, lines);
        if (fib6 == null) return;
        try {
            new Neighbours6(click.control(), layout, overlay).seed(lines, fib6.side(), fib6.paths());
        } catch (IOException | ClickError | RuntimeException e) {
            LOG.info("{}: neighbours of IPv6 are asked for: {}", name, e.getMessage());
        }
    }

    /** Whom it knows by MAC, so that the next one need not ask. */
    @Override
    public HandOver release() {
        String known = handlers.neighbours(click.control(), layout, MOST_NEIGHBOURS);
        return known.isEmpty() ? null : new HandOver(NEIGHBOURS, 1, known.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Optional<String> wouldLose() {
        return handlers.translations(click.control());
    }

    @Override
    public void close() {
        SlowPath path;
        synchronized (this) {
            if (closed) return;
            closed = true;
            path = pump;
        }
        if (path != null) path.close();
        ClickProcess last = click;
        if (last != null) last.close();
        overlay.values().forEach(SocketDevice::close);
        slow.forEach(p -> p.click().close());
        namespace.close();
        folder.close();
    }
}
