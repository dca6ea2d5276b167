// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.zebra;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.guest.Guest;
import org.violin.api.guest.GuestException;
import org.violin.api.routing.ControlPlane;
import org.violin.api.routing.ControlStatus;
import org.violin.api.routing.ControlStatus.Adjacency;
import org.violin.api.routing.RouterSink;
import org.violin.api.routing.RouterSpec;

/** FRR in one guest: its daemons, their configuration, their supervision, and what they know. Changes hold this object's lock. */
final class ZebraRouter implements ControlPlane {
    private static final Logger LOG = LoggerFactory.getLogger(ZebraRouter.class);
    private static final Pattern ANEW = Pattern.compile("clear (ip ospf|ipv6 ospf6) process");
    private static final long LOOK_MILLIS = 1000;
    private static final long SOON_MILLIS = 30;
    private static final long DEPART_SECONDS = 5;
    private static final long ACKNOWLEDGE_MILLIS = 100;
    /** Neighbours wait up to 500 ms before they compute, as they are configured (timers throttle spf). */
    private static final long COMPUTE_MILLIS = 600;

    private final Guest guest;
    private final GuestDaemons daemons;
    private final RouterSink sink;
    private final DaemonWatch watch;
    private final ScheduledExecutorService timer;
    private final Consumer<ZebraRouter> ended;
    private final Asker asker;
    private final Neighbours neighbours;
    private final Map<Daemon, Restarts> restarts = new EnumMap<>(Daemon.class);
    private final Map<Daemon, SocketChannel> watched = new EnumMap<>(Daemon.class);
    private Config config = new Config();
    private volatile RouterSpec spec;
    private volatile Set<Daemon> wanted = EnumSet.noneOf(Daemon.class);
    private volatile FpmFeed feed;
    private Future<?> looks;
    private final AtomicBoolean soon = new AtomicBoolean();
    private boolean departed;
    private volatile boolean closed;

    /** @param ended told once it no longer does anything here */
    ZebraRouter(Guest guest, GuestDaemons daemons, RouterSink sink, DaemonWatch watch, ScheduledExecutorService timer,
            Consumer<ZebraRouter> ended) {
        this.guest = guest;
        this.ended = ended;
        this.daemons = daemons;
        this.sink = sink;
        this.watch = watch;
        this.timer = timer;
        asker = new Asker(() -> guest.status().pid().orElse(0));
        neighbours = new Neighbours(guest.id().toString(), asker, sink);
        for (Daemon d : Daemon.values()) restarts.put(d, new Restarts());
    }

    /** Takes over what runs there or starts it. Returns what of the spec was refused; when it throws, nothing new runs. */
    synchronized List<String> open(RouterSpec spec) throws GuestException {
        Set<Daemon> running = running();
        Optional<String> before = running.isEmpty() ? Optional.empty() : daemons.recorded();
        if (before.isPresent()) config = Config.parse(before.get());
        wanted = running;
        try {
            if (daemons.tellsRoutes()) feed = new FpmFeed(daemons.guestPid(), guest.id().toString(), sink, this::lookSoon);
            List<String> complaints = apply(spec);
            if (!running.isEmpty()) {
                watchAll(running);
                if (running.contains(Daemon.ZEBRA)) tellWhereToFeed(new Configurer(daemons.guestPid()));
            }
            looks = timer.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
            return complaints;
        } catch (IOException | GuestException e) {
            close();
            if (running.isEmpty()) daemons.end(EnumSet.allOf(Daemon.class));
            throw e instanceof GuestException known ? known : new GuestException(guest.id() + ": " + e.getMessage(), e);
        }
    }

    private Set<Daemon> running() {
        Set<Daemon> running = EnumSet.noneOf(Daemon.class);
        running.addAll(daemons.pids().keySet());
        return running;
    }

    @Override
    public synchronized List<String> apply(RouterSpec next) throws GuestException {
        ConfigWriter.Wanted to = ConfigWriter.write(next);
        spec = next;
        Set<Daemon> more = EnumSet.copyOf(to.daemons());
        more.removeAll(wanted);
        Set<Daemon> stay = EnumSet.copyOf(to.daemons());
        stay.removeAll(more);
        Set<Daemon> fewer = EnumSet.noneOf(Daemon.class);
        fewer.addAll(wanted);
        fewer.removeAll(to.daemons());
        unwatch(fewer);
        wanted = to.daemons();
        daemons.end(fewer);
        Configurer configurer = new Configurer(daemons.guestPid());
        try {
            if (!more.isEmpty()) daemons.start(more);
        } catch (GuestException e) {
            wanted = stay; // the next attempt starts them
            daemons.end(more);
            throw e;
        }
        if (more.contains(Daemon.ZEBRA)) tellWhereToFeed(configurer);
        List<Config.Step> difference = to.config().stepsFrom(config);
        if (departed) configurer.send(Departure.back(config), stay);
        departed = false;
        configurer.send(difference, stay);
        configurer.send(to.config().steps(), more);
        watchAll(more);
        config = to.config();
        daemons.record(config.text());
        return anew(configurer.complaints(difference));
    }

    /** Daemons that take something only when they begin again (their answers name the command that does so, which 8.4 does by halves). */
    private List<String> anew(List<String> complaints) throws GuestException {
        Set<Daemon> again = EnumSet.noneOf(Daemon.class);
        List<String> told = new ArrayList<>();
        for (String complaint : complaints) {
            Matcher wish = ANEW.matcher(complaint);
            boolean found = wish.find();
            if (found) again.add(wish.group(1).equals("ip ospf") ? Daemon.OSPFD : Daemon.OSPF6D);
            told.add(found ? complaint + ": started anew, its neighbours meet it again" : complaint);
        }
        if (again.isEmpty()) return told;
        unwatch(again);
        daemons.end(again);
        daemons.start(again);
        new Configurer(daemons.guestPid()).send(config.steps(), again);
        watchAll(again);
        return told;
    }

    private void tellWhereToFeed(Configurer configurer) throws GuestException {
        if (feed == null) return;
        try {
            // Hops with each route instead of numbers of groups; zebra connects 3 s after it is told the address.
            List<Config.Step> steps = List.of(new Config.Step(List.of(), "no fpm use-next-hop-groups"),
                    new Config.Step(List.of(), "fpm address 127.0.0.1 port " + feed.port()));
            configurer.send(steps, EnumSet.of(Daemon.ZEBRA));
        } catch (IOException e) {
            throw new GuestException(guest.id() + ": " + e.getMessage(), e);
        }
    }

    private void watchAll(Collection<Daemon> some) {
        for (Daemon d : some) {
            if (!wanted.contains(d) || watched.containsKey(d)) continue;
            try {
                SocketChannel channel = Vty.channel(guest.status().pid().orElse(0), d);
                watched.put(d, channel);
                watch.add(channel, () -> gone(d, channel));
            } catch (IOException e) {
                later(() -> restart(d), 0);
            }
        }
    }

    private void unwatch(Collection<Daemon> some) {
        for (Daemon d : some) {
            SocketChannel channel = watched.remove(d);
            if (channel != null) shut(channel);
        }
    }

    private static void shut(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("closing: {}", e.getMessage());
        }
    }

    /** From the watch's thread. */
    private void gone(Daemon d, SocketChannel channel) {
        later(() -> {
            synchronized (this) {
                if (watched.remove(d, channel)) restart(d);
            }
        }, 0);
    }

    private synchronized void restart(Daemon d) {
        if (closed || !wanted.contains(d) || !guest.status().running()) return;
        if (watched.containsKey(d)) return;
        if (daemons.pids().containsKey(d)) {
            watchAll(EnumSet.of(d)); // only the connection broke
            return;
        }
        Restarts history = restarts.get(d);
        long wait = history.waitMillis(System.nanoTime() / 1_000_000);
        if (wait > 0) {
            later(() -> restart(d), wait);
            return;
        }
        history.begun(System.nanoTime() / 1_000_000);
        try {
            daemons.start(EnumSet.of(d));
            Configurer configurer = new Configurer(daemons.guestPid());
            if (d == Daemon.ZEBRA) tellWhereToFeed(configurer);
            configurer.send(config.steps(), EnumSet.of(d));
            watchAll(EnumSet.of(d));
            sink.event("daemon/restarted", guest.id() + ": " + d.program() + " died and was started again, time " + history.count());
        } catch (GuestException e) {
            sink.event("daemon/failed", guest.id() + ": " + d.program() + " died and cannot be started: " + e.getMessage());
            later(() -> restart(d), history.waitMillis(System.nanoTime() / 1_000_000));
        }
    }

    private void later(Runnable task, long millis) {
        try {
            timer.schedule(() -> {
                try {
                    task.run();
                } catch (RuntimeException e) {
                    LOG.warn("{}: supervision", guest.id(), e);
                }
            }, millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("{}: no supervision any more", guest.id());
        }
    }

    private void lookSoon() {
        if (soon.compareAndSet(false, true)) later(this::look, SOON_MILLIS);
    }

    private void look() {
        soon.set(false);
        try {
            synchronized (neighbours) {
                if (!closed) neighbours.look(wanted);
            }
        } catch (RuntimeException e) {
            LOG.warn("{}: neighbours", guest.id(), e);
        }
    }

    @Override
    public ControlStatus status() {
        Map<Daemon, Long> pids = daemons.pids();
        List<ControlStatus.Daemon> all = new ArrayList<>();
        List<String> down = new ArrayList<>();
        for (Daemon d : wanted) {
            long pid = pids.getOrDefault(d, 0L);
            if (pid == 0) down.add(d.program());
            all.add(new ControlStatus.Daemon(d.program(), (int) pid, GuestDaemons.privateBytes(pid), restarts.get(d).count()));
        }
        List<ControlStatus.Route> routes = new ArrayList<>();
        for (String family : List.of("ip", "ipv6")) {
            try {
                routes.addAll(Shows.routes(asker.ask(Daemon.ZEBRA, "show " + family + " route json")));
            } catch (IOException e) {
                LOG.debug("{}: {}", guest.id(), e.getMessage());
            }
        }
        FpmFeed told = feed;
        String state = closed || down.contains("zebra") ? "failed" : !down.isEmpty() ? "degraded" : told != null && !told.told() ? "starting" : "ready";
        String reason = closed ? "closed" : !down.isEmpty() ? String.join(", ", down) + " not running" : state.equals("starting") ? "no routes told yet" : "";
        return new ControlStatus(state, reason, Neighbours.read(asker, wanted), routes, all);
    }

    @Override
    public String command(String line) throws GuestException {
        return daemons.run(List.of("vtysh", "-c", line), "");
    }

    @Override
    public boolean converged() {
        FpmFeed told = feed;
        RouterSpec now = spec;
        if (closed || now == null || told != null && !told.told()) return false;
        return told == null || Convergence.reached(now, Neighbours.read(asker, wanted), told.quietMillis());
    }

    /** Returns when neighbours have acknowledged it and had the time to compute their routes anew. */
    @Override
    public synchronized void depart() throws GuestException {
        if (departed) return;
        departed = true;
        boolean anybody = Neighbours.read(asker, wanted).stream().anyMatch(Adjacency::up);
        List<Config.Step> away = Departure.away(config);
        new Configurer(daemons.guestPid()).send(away, wanted);
        if (!anybody || away.isEmpty()) return;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEPART_SECONDS);
        do {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(ACKNOWLEDGE_MILLIS));
        } while (System.nanoTime() < deadline && !acknowledged());
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(COMPUTE_MILLIS));
    }

    /** Whether nothing of ours waits for OSPF's acknowledgement; others do not tell. */
    private boolean acknowledged() {
        if (!wanted.contains(Daemon.OSPFD)) return true;
        try {
            return Shows.unacknowledged(asker.ask(Daemon.OSPFD, "show ip ospf neighbor json")) == 0;
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public synchronized void stop() throws GuestException {
        end();
        if (!guest.status().running()) return;
        daemons.end(EnumSet.allOf(Daemon.class));
        daemons.removeFiles();
    }

    /** Idempotent. */
    @Override
    public synchronized void close() {
        if (!closed && feed != null && guest.status().running()) {
            new Configurer(guest.status().pid().orElse(0)).send(List.of(new Config.Step(List.of(), "no fpm address")), EnumSet.of(Daemon.ZEBRA));
        }
        end();
    }

    private void end() {
        closed = true;
        ended.accept(this);
        if (looks != null) looks.cancel(false);
        if (feed != null) feed.close();
        unwatch(EnumSet.allOf(Daemon.class));
        asker.close();
    }
}
