// SPDX-License-Identifier: Apache-2.0
package org.violin.control;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.event.Event;
import org.osgi.service.event.EventAdmin;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.LoggerFactory;
import org.violin.api.cluster.Members;
import org.violin.api.cluster.SharedState;
import org.violin.api.cluster.StateException;
import org.violin.api.control.Events;
import org.violin.api.control.GuestAccess;
import org.violin.api.control.Placements;
import org.violin.api.control.Report;
import org.violin.api.control.SpecReader;
import org.violin.api.control.Specs;
import org.violin.api.control.ViolinSummary;
import org.violin.api.control.ViolinView;
import org.violin.api.control.Violins;
import org.violin.api.dataplane.DataPlane;
import org.violin.api.guest.ExecRequest;
import org.violin.api.guest.ExecSession;
import org.violin.api.guest.Guest;
import org.violin.api.guest.Guest.GuestStatus;
import org.violin.api.guest.GuestException;
import org.violin.api.model.NodeId;
import org.violin.api.model.Refused;
import org.violin.api.model.ViolinSpec;

/** Wires desk, agent and viewer together and offers them as services. */
@Component(service = {Violins.class, Specs.class, GuestAccess.class, Placements.class}, configurationPid = "org.violin.control", immediate = true)
@Designate(ocd = ControlService.Config.class)
public final class ControlService implements Violins, Specs, GuestAccess, Placements {
    private final Desk desk;
    private final Placer placer;
    private final Drained drained;
    private final Failover failover;
    private final Members members;
    private final Agent agent;
    private final Viewer viewer;
    private final Guests guests;
    private final ThreadPoolExecutor pool;
    private final Waiter waiter;
    private final ScheduledExecutorService sweeper;

    @ObjectClassDefinition(name = "VIOLIN control")
    @interface Config {
        @AttributeDefinition(description = "Word of the placement plugin")
        String placement() default "message";

        @AttributeDefinition(description = "Threads that start and change guests", min = "1", max = "32")
        int guestThreads() default 4;

        @AttributeDefinition(description = "An apply gives up on an overlay host without progress for so long", min = "1", max = "3600")
        int silenceSeconds() default 60;

        @AttributeDefinition(description = "What ran on an overlay host that is gone for so long is placed elsewhere; 0: never by itself. The host "
                + "may be cut off and not dead: then its nodes run twice until it is back", min = "0", max = "86400")
        int failoverSeconds() default 0;
    }

    @Activate
    public ControlService(
            @Reference Members members,
            @Reference SharedState state,
            @Reference DataPlane dataPlane,
            @Reference SpecReader reader,
            @Reference Providers providers,
            @Reference EventAdmin events,
            Config config) {
        this(members, new SpecStore(state), dataPlane, reader, providers, announcer(events), Path.of(System.getProperty("karaf.data"), "control"),
                config.placement(), config.guestThreads(), config.silenceSeconds() * 1000L);
        failover.after(config.failoverSeconds() * 1000L);
        start();
    }

    ControlService(Members members, SpecStore store, DataPlane dataPlane, SpecReader reader, Providers providers, Announcer announcer,
            Path folder, String placement, int guestThreads, long silenceMillis) {
        AtomicInteger number = new AtomicInteger();
        this.pool = (ThreadPoolExecutor) Executors.newFixedThreadPool(guestThreads, task -> daemon(task, "violin-guests-" + number.getAndIncrement()));
        this.sweeper = Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "violin-sweeper"));
        Lowering lowering = new Lowering(providers::routing, providers::routers);
        this.guests = new Guests(dataPlane, providers::routers);
        Executor executor = new Executor(dataPlane, lowering, guests, pool);
        this.agent = new Agent(members, store, providers, lowering, guests, executor, new Journal(folder), announcer);
        this.viewer = new Viewer(members, store, agent);
        this.waiter = new Waiter(members, store, silenceMillis);
        this.members = members;
        this.drained = new Drained(store.state());
        this.placer = new Placer(members, providers, providers::distances, placement);
        this.desk = new Desk(members, store, reader, providers, lowering, announcer, waiter, placer, drained);
        this.failover = new Failover(members, host -> desk.evacuate(host, false, false, line -> {}).size(), announcer, () -> System.nanoTime() / 1_000_000);
        sweeper.scheduleWithFixedDelay(() -> sweep(members), 10, 10, TimeUnit.SECONDS);
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    private static Announcer announcer(EventAdmin events) {
        return (topic, subject, text) -> events.postEvent(new Event(Events.TOPIC + topic, Map.of("subject", subject, "text", text)));
    }

    void start() {
        agent.start();
    }

    /** In place, so that nothing is adopted anew. */
    @Modified
    void modified(Config config) {
        configure(config.placement(), config.guestThreads(), config.silenceSeconds() * 1000L);
        failover.after(config.failoverSeconds() * 1000L);
    }

    void configure(String placement, int guestThreads, long silenceMillis) {
        placer.kind(placement);
        waiter.silence(silenceMillis);
        if (guestThreads > pool.getMaximumPoolSize()) pool.setMaximumPoolSize(guestThreads);
        pool.setCorePoolSize(guestThreads);
        pool.setMaximumPoolSize(guestThreads);
    }

    private void sweep(Members members) {
        try {
            if (!members.leader()) return;
            desk.sweep();
            failover.look(agent.specs().values());
        } catch (Refused | StateException | RuntimeException e) {
            LoggerFactory.getLogger(ControlService.class).debug("Not swept: {}", e.getMessage());
        }
    }

    @Override
    public Report apply(String file, String text, Map<String, String> pins, boolean dryRun, Consumer<String> progress) throws Refused {
        return desk.apply(file, text, pins, dryRun, progress);
    }

    @Override
    public Report destroy(String violin, Consumer<String> progress) throws Refused {
        return desk.destroy(violin, progress);
    }

    @Override
    public Report optimize(String violin, Wish wish, boolean dryRun, Consumer<String> progress) throws Refused {
        return desk.optimize(violin, wish, dryRun, progress);
    }

    @Override
    public List<Report> drain(String host, boolean dryRun, Consumer<String> progress) throws Refused {
        boolean known = members.hosts().stream().anyMatch(h -> h.name().equals(host));
        if (!known && agent.specs().values().stream().noneMatch(s -> s.hosts().contains(host))) {
            throw new Refused("drain", host, "there is no such overlay host, and nothing is placed there; see: violin hosts");
        }
        return desk.evacuate(host, true, dryRun, progress);
    }

    @Override
    public void undrain(String host) throws Refused {
        drained.remove(host);
    }

    @Override
    public Set<String> drained() {
        return drained.known();
    }

    @Override
    public List<ViolinSummary> list() {
        return viewer.list();
    }

    @Override
    public Optional<ViolinView> show(String violin) {
        return viewer.show(violin);
    }

    @Override
    public Optional<ViolinSpec> spec(String violin) {
        return Optional.ofNullable(agent.specs().get(violin)).map(PlacedSpec::spec);
    }

    @Override
    public Report change(String violin, UnaryOperator<ViolinSpec> change, Consumer<String> progress) throws Refused {
        return desk.change(violin, change, progress);
    }

    @Override
    public Optional<String> hostOf(NodeId node) {
        return Optional.ofNullable(agent.specs().get(node.violin())).map(s -> s.placement().get(node.node()));
    }

    @Override
    public ExecSession exec(NodeId node, ExecRequest request) throws GuestException {
        try {
            return guest(node).exec(request);
        } catch (LinkageError e) {
            throw new GuestException(node + ": its runtime is being replaced; try again", e);
        }
    }

    @Override
    public Optional<GuestStatus> status(NodeId node) {
        try {
            return guests.find(node).map(Guest::status);
        } catch (LinkageError e) {
            return Optional.empty(); // its runtime is being replaced
        }
    }

    @Override
    public void crash(NodeId node) throws GuestException {
        agent.crash(node);
    }

    @Override
    public void revive(NodeId node) {
        agent.revive(node);
    }

    private Guest guest(NodeId node) throws GuestException {
        return guests.find(node).orElseThrow(() -> new GuestException(node + " does not run on this overlay host"));
    }

    /** The guests keep running: the next container of this host adopts them. */
    @Deactivate
    public void close() throws Exception {
        sweeper.shutdownNow();
        agent.close();
        pool.shutdownNow();
    }
}
