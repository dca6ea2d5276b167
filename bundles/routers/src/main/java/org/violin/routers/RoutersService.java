// SPDX-License-Identifier: Apache-2.0
package org.violin.routers;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.event.Event;
import org.osgi.service.event.EventAdmin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.control.Events;
import org.violin.api.control.Routing;
import org.violin.api.dataplane.DataPlane;
import org.violin.api.dataplane.FrameDevice;
import org.violin.api.guest.Guest;
import org.violin.api.guest.GuestException;
import org.violin.api.model.Mistake;
import org.violin.api.model.NodeId;
import org.violin.api.model.NodeSpec;
import org.violin.api.model.RouteSpec;
import org.violin.api.model.ViolinSpec;
import org.violin.api.routing.ControlChange;
import org.violin.api.routing.ControlPlaneProvider;
import org.violin.api.routing.ForwardingProvider;
import org.violin.api.routing.RouterSpec;
import org.violin.api.routing.RouterStatus;
import org.violin.api.routing.Routers;
import org.violin.api.routing.RoutingWords;
import org.violin.api.routing.ServiceProvider;

/** The vRouters of this overlay host, and the plugins that come and go under them. */
@Component(service = Routers.class, immediate = true)
public final class RoutersService implements Routers {
    private static final Logger LOG = LoggerFactory.getLogger(RoutersService.class);
    private static final long RETRY_SECONDS = 5;
    private static final long FLUSH_SECONDS = 3;
    private static final long FLUSH_MOST_MILLIS = 20_000;
    private static final int MOST_ENDED = 1000;
    /** Numbers of protocols whose routes are learnt (linux/rtnetlink.h, FRR): zebra, BGP, IS-IS, OSPF, RIP, EIGRP, static of FRR, NHRP and more. */
    private static final List<Integer> LEARNT = List.of(11, 12, 42, 186, 187, 188, 189, 190, 191, 192, 193, 194, 195, 196, 197);

    private final DataPlane dataPlane;
    private final Announcer announcer;
    private final long holdMillis;
    private final Plugins plugins = new Plugins();
    private final Map<NodeId, Router> routers = new ConcurrentHashMap<>();
    /** Of vRouters that learn no more and are not here any longer. */
    private final Map<NodeId, ControlChange> ended = Collections.synchronizedMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<NodeId, ControlChange> eldest) {
            return size() > MOST_ENDED;
        }
    });
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(2, task -> {
        Thread thread = new Thread(task, "violin-routers");
        thread.setDaemon(true);
        return thread;
    });

    @Activate
    public RoutersService(@Reference DataPlane dataPlane, @Reference EventAdmin events) {
        this(dataPlane, (topic, subject, text) -> events.postEvent(new Event(Events.TOPIC + topic, Map.of("subject", subject, "text", text))),
                Learning.HOLD_MILLIS);
    }

    /** @param holdMillis how long routes are kept at most while something new learns them */
    RoutersService(DataPlane dataPlane, Announcer announcer, long holdMillis) {
        this.holdMillis = holdMillis;
        this.dataPlane = dataPlane;
        this.announcer = announcer;
    }

    // ---- plugins

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC, unbind = "removeControl")
    public void addControl(ControlPlaneProvider provider) {
        plugins.add(provider);
        again();
    }

    public void removeControl(ControlPlaneProvider provider) {
        plugins.remove(provider);
        routers.values().forEach(r -> r.lose(provider));
        again();
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC, unbind = "removeForwarding")
    public void addForwarding(ForwardingProvider provider) {
        plugins.add(provider);
        again();
    }

    public void removeForwarding(ForwardingProvider provider) {
        plugins.remove(provider);
        routers.values().forEach(r -> r.lose(provider));
        again();
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC, unbind = "removeService")
    public void addService(ServiceProvider provider) {
        plugins.add(provider);
        again();
    }

    public void removeService(ServiceProvider provider) {
        plugins.remove(provider);
        routers.values().forEach(r -> r.lose(provider));
        again();
    }

    /** Only so that its word is known not to be a forwarding; control asks it. */
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC, unbind = "removeRouting")
    public void addRouting(Routing routing) {
        plugins.add(routing);
    }

    public void removeRouting(Routing routing) {
        plugins.remove(routing);
    }

    private void again() {
        for (Router router : routers.values()) later(router, 0);
    }

    /** A few times, since what a plugin needs may come a moment after it; then control's own rounds try again. */
    private void later(Router router, long seconds) {
        try {
            threads.schedule(() -> {
                if (!router.again() && seconds < 3 * RETRY_SECONDS) later(router, seconds + RETRY_SECONDS);
            }, seconds, TimeUnit.SECONDS);
        } catch (RejectedExecutionException e) {
            return; // this bundle ends
        }
    }

    // ---- specs

    @Override
    public Map<String, RouterSpec> specs(ViolinSpec spec, Set<String> nodes, Map<String, List<RouteSpec>> computed) {
        Derivation derivation = new Derivation(spec, plugins.controlKinds(), plugins.computingKinds());
        Map<String, RouterSpec> found = new TreeMap<>();
        for (NodeSpec node : spec.nodes()) {
            if (!nodes.contains(node.name()) || !derivation.isRouter(node) || !derivation.special(node)) continue;
            found.put(node.name(), derivation.spec(node, computed.getOrDefault(node.name(), node.routes())));
        }
        return found;
    }

    @Override
    public Set<String> learning(ViolinSpec spec) {
        Derivation derivation = new Derivation(spec, plugins.controlKinds(), plugins.computingKinds());
        Set<String> found = new TreeSet<>();
        for (NodeSpec node : spec.nodes()) if (derivation.isRouter(node) && !derivation.words(node).control().isEmpty()) found.add(node.name());
        return found;
    }

    @Override
    public List<Mistake> check(ViolinSpec spec) {
        return new Checks(plugins, spec).run();
    }

    // ---- routers

    @Override
    public void open(RouterSpec spec, Guest guest, Map<String, FrameDevice> vnics) throws GuestException {
        routers.computeIfAbsent(spec.id(), id -> new Router(id, plugins, dataPlane, announcer, threads, holdMillis)).open(spec, guest, vnics);
    }

    @Override
    public void close(NodeId id, Guest guest) {
        Router router = routers.remove(id);
        if (router == null) {
            if (guest != null) new Router(id, plugins, dataPlane, announcer, threads, holdMillis).clean(guest);
            return;
        }
        boolean learnt = router.close(guest);
        router.change().ifPresent(change -> ended.put(id, change));
        if (learnt && guest != null) threads.schedule(() -> flush(id, guest), FLUSH_SECONDS, TimeUnit.SECONDS);
    }

    /** What a control plane that ended left in the guest's kernel goes once others had the time to take its place. */
    private void flush(NodeId id, Guest guest) {
        Router now = routers.get(id);
        if (now != null && now.learns()) return;
        // With zebra's next hops go the routes that use them; "route flush" cannot take those away.
        StringBuilder commands = new StringBuilder("ip nexthop flush protocol 11\n");
        for (String family : List.of("-4", "-6")) {
            for (int protocol : LEARNT) commands.append("ip ").append(family).append(" route flush proto ").append(protocol).append('\n');
        }
        try {
            InGuest.run(guest, threads, FLUSH_MOST_MILLIS, commands.append("true").toString());
        } catch (GuestException | RuntimeException e) {
            LOG.warn("{}: routes of a control plane that ended stay: {}", id, e.getMessage());
        }
    }

    @Override
    public List<String> losses(String kind, String violin, Optional<String> node) {
        List<String> losses = new ArrayList<>();
        boolean forwards = plugins.forwarding(kind).isPresent() || kind.equals(RoutingWords.DEFAULT);
        new TreeMap<>(routers).forEach((id, router) -> {
            if (id.violin().equals(violin) && (node.isEmpty() || id.node().equals(node.get()))) {
                (forwards ? router.lossOfForwarding(kind) : router.lossOfControl(kind)).ifPresent(loss -> losses.add(id.node() + ": " + loss));
            }
        });
        return losses;
    }

    @Override
    public List<ControlChange> changes(String violin, Optional<String> node) {
        Map<NodeId, ControlChange> found = new TreeMap<>();
        synchronized (ended) {
            found.putAll(ended);
        }
        routers.forEach((id, router) -> router.change().ifPresent(change -> found.put(id, change)));
        found.keySet().removeIf(id -> !id.violin().equals(violin) || node.isPresent() && !id.node().equals(node.get()));
        return List.copyOf(found.values());
    }

    @Override
    public Set<NodeId> troubled() {
        Set<NodeId> troubled = new TreeSet<>();
        routers.forEach((id, router) -> {
            if (router.troubled()) troubled.add(id);
        });
        return troubled;
    }

    @Override
    public Collection<RouterStatus> status() {
        return new TreeMap<>(routers).values().stream().map(Router::status).filter(Objects::nonNull).toList();
    }

    @Override
    public String control(NodeId id, String line) throws GuestException {
        return router(id).control().command(line);
    }

    @Override
    public String forwarding(NodeId id, String operation, String target, String value) throws GuestException {
        return router(id).forwarding().command(operation, target, value);
    }

    private Router router(NodeId id) throws GuestException {
        Router router = routers.get(id);
        if (router == null) throw new GuestException(id + ": no vRouter with a control plane, forwarding or services of its own runs here");
        return router;
    }

    /** What runs in guests runs on, for the next one of us. */
    @Deactivate
    public void stop() {
        Map<NodeId, Router> all = new HashMap<>(routers);
        routers.clear();
        all.values().forEach(Router::release);
        threads.shutdownNow();
    }
}
