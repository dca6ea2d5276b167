// SPDX-License-Identifier: Apache-2.0
package org.violin.control;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.violin.api.dataplane.DataPlane;
import org.violin.api.dataplane.FrameDevice;
import org.violin.api.guest.Guest;
import org.violin.api.guest.GuestException;
import org.violin.api.guest.GuestRuntime;
import org.violin.api.model.NicSpec;
import org.violin.api.model.NodeId;
import org.violin.api.model.PortId;
import org.violin.api.model.RouteSpec;
import org.violin.api.routing.Routers;

/** The running guests of this host, and what is done to one of them. Different guests may be worked on at the same time. */
final class Guests {
    private final Map<String, GuestRuntime> runtimes = new ConcurrentHashMap<>();
    private final DataPlane dataPlane;
    private final Supplier<Optional<Routers>> routers;
    private final Map<NodeId, Held> running = new ConcurrentHashMap<>();
    private final Map<PortId, FrameDevice> plugged = new ConcurrentHashMap<>();

    /** A guest and the runtime that gave it: what came from a runtime that went is used for nothing but running programs. */
    private record Held(Guest guest, String kind, GuestRuntime by) {}

    /**
     * @param routes of one guest
     * @param lost why they could not be computed; empty: they were
     */
    record Routes(Collection<RouteSpec> routes, String lost) {}

    Guests(DataPlane dataPlane, Supplier<Optional<Routers>> routers) {
        this.dataPlane = dataPlane;
        this.routers = routers;
    }

    Optional<Guest> find(NodeId id) {
        return Optional.ofNullable(running.get(id)).map(Held::guest);
    }

    /** Those that ended. Of a runtime that is not there now nothing is known; what its successor did not adopt is dead. */
    Collection<Guest> dead() {
        List<Guest> dead = new ArrayList<>();
        for (Held held : running.values()) {
            GuestRuntime now = runtimes.get(held.kind());
            if (now == null) continue;
            if (now != held.by() || !held.guest().status().running()) dead.add(held.guest());
        }
        return dead;
    }

    /** Forgets the runtimes that are not there any more. Their guests run on, plugged as they are. */
    void keepOnly(List<GuestRuntime> there) {
        runtimes.values().removeIf(r -> there.stream().noneMatch(t -> t == r));
    }

    boolean knows(GuestRuntime runtime) {
        return runtimes.get(runtime.kind()) == runtime;
    }

    /**
     * Takes over the guests that a runtime finds running; only then are guests started by it. Returns those that were not known; the others
     * go on as they are, with what is plugged, in the new runtime's care.
     */
    List<Guest> adopt(GuestRuntime runtime) {
        List<Guest> found = new ArrayList<>();
        String kind = runtime.kind();
        for (Guest guest : runtime.adopt()) {
            if (running.put(guest.id(), new Held(guest, kind, runtime)) == null) found.add(guest);
        }
        runtimes.put(kind, runtime);
        return found;
    }

    Collection<GuestRuntime> runtimes() {
        return runtimes.values();
    }

    /** Lets go of a guest that died: nothing is plugged any more, and nothing of it is left behind. */
    void lost(Guest guest) {
        running.computeIfPresent(guest.id(), (id, held) -> held.guest() == guest ? null : held);
        try {
            closeRouter(guest.id(), null);
            unplugAll(guest.id());
            guest.stop();
        } catch (GuestException | RuntimeException | LinkageError e) {
            org.slf4j.LoggerFactory.getLogger(Guests.class).warn("{} died and could not be cleaned away wholly: {}", guest.id(), e.getMessage());
        }
    }

    /** One node's part of a plan, in order; removals and makes are never mixed in one call. */
    void perform(List<Action> group, Round round, Routes routes) {
        NodeId id = new NodeId(group.get(0).key().violin(), group.get(0).key().node());
        if (group.get(0) instanceof Action.Remove) remove(id, group, round);
        else make(id, group, round, routes);
    }

    private void remove(NodeId id, List<Action> group, Round round) {
        boolean whole = group.stream().anyMatch(a -> a.key().kind() == Key.Kind.GUEST);
        try {
            Guest guest = running.containsKey(id) ? guest(id) : null;
            if (whole) {
                closeRouter(id, null);
                unplugAll(id);
                if (guest != null) guest.stop();
                running.remove(id);
            } else if (guest != null) {
                Set<String> gone = new HashSet<>();
                for (Action action : group) {
                    if (action.key().kind() == Key.Kind.NIC) gone.add(port(action.key()).port());
                    if (action.key().kind() == Key.Kind.ROUTER) closeRouter(id, guest);
                    // A control plane that comes takes them away when it has learnt its own.
                    if (action.key().kind() == Key.Kind.ROUTES && !learns(id, round)) guest.routes(List.of());
                }
                unplug(guest, gone);
            }
            group.forEach(round::done);
        } catch (GuestException | RuntimeException | LinkageError e) {
            group.forEach(a -> round.fail(a, String.valueOf(e.getMessage())));
        }
    }

    private void make(NodeId id, List<Action> group, Round round, Routes routes) {
        List<Action> nics = new ArrayList<>();
        String broken = null;
        for (Action action : group) {
            if (broken == null && action.key().kind() == Key.Kind.NIC) {
                nics.add(action);
                continue;
            }
            if (broken == null) broken = plug(id, nics, round);
            if (broken == null) broken = one(id, action, round, routes);
            else round.fail(action, broken);
        }
        if (broken == null) plug(id, nics, round);
    }

    private String one(NodeId id, Action action, Round round, Routes routes) {
        try {
            switch (action.key().kind()) {
                case GUEST -> {
                    Item.Guest item = (Item.Guest) item(action);
                    if (action instanceof Action.Change) guest(id).limits(item.spec().limits());
                    else start(item);
                }
                case ROUTES -> {
                    if (!routes.lost().isEmpty()) throw new GuestException(routes.lost());
                    guest(id).routes(routes.routes());
                }
                case ROUTER -> {
                    Routers service = routers.get().orElseThrow(() -> new GuestException("the bundle org.violin.routers is not there (now)"));
                    service.open(((Item.Router) item(action)).spec(), guest(id), devices(id));
                }
                case EXEC -> {
                    if (action instanceof Action.Create) guest(id).ready();
                }
                default -> throw new IllegalStateException("not a guest's: " + action.key());
            }
            round.done(action);
            return null;
        } catch (GuestException | RuntimeException | LinkageError e) {
            round.fail(action, String.valueOf(e.getMessage()));
            return "waits for " + action.key().kind().name().toLowerCase(java.util.Locale.ROOT) + " " + action.key().entity();
        }
    }

    private boolean learns(NodeId id, Round round) {
        Optional<Routers> service = routers.get();
        return service.isPresent() && round.spec() != null && service.get().learning(round.spec().spec()).contains(id.node());
    }

    private void closeRouter(NodeId id, Guest guest) throws GuestException {
        Optional<Routers> service = routers.get();
        if (service.isPresent()) service.get().close(id, guest);
    }

    private Map<String, FrameDevice> devices(NodeId id) {
        Map<String, FrameDevice> devices = new HashMap<>();
        plugged.forEach((port, device) -> {
            if (port.node().equals(id)) devices.put(port.port(), device);
        });
        return devices;
    }

    private void start(Item.Guest item) throws GuestException {
        GuestRuntime runtime = runtimes.get(item.runtime());
        if (runtime == null) {
            throw new GuestException("no runtime '" + item.runtime() + "' on this overlay host; install it: feature:install violin-runtime-"
                    + item.runtime());
        }
        NodeId id = item.spec().id();
        if (running.containsKey(id)) {
            Guest old = guest(id);
            closeRouter(id, null);
            unplugAll(id);
            old.stop();
        }
        running.put(id, new Held(runtime.start(item.spec()), item.runtime(), runtime));
    }

    private String plug(NodeId id, List<Action> actions, Round round) {
        if (actions.isEmpty()) return null;
        List<Action> now = List.copyOf(actions);
        actions.clear();
        try {
            Guest guest = guest(id);
            Set<String> replaced = new HashSet<>();
            List<NicSpec> specs = new ArrayList<>();
            for (Action action : now) {
                specs.add(((Item.Nic) item(action)).spec());
                boolean rebuild = action instanceof Action.Change change
                        && !change.before().equals(Print.REATTACH)
                        && !change.before().rebuild().equals(change.item().print().rebuild());
                if (rebuild) replaced.add(port(action.key()).port());
            }
            unplug(guest, replaced);
            List<FrameDevice> devices = guest.plug(specs);
            for (int i = 0; i < specs.size(); i++) {
                PortId port = new PortId(id, specs.get(i).name());
                if (plugged.put(port, devices.get(i)) != devices.get(i)) dataPlane.plug(port, devices.get(i));
            }
            now.forEach(round::done);
            return null;
        } catch (GuestException | RuntimeException | LinkageError e) {
            now.forEach(a -> round.fail(a, String.valueOf(e.getMessage())));
            return "waits for the vNICs of " + id.node();
        }
    }

    private void unplug(Guest guest, Set<String> nics) throws GuestException {
        if (nics.isEmpty()) return;
        for (String nic : nics) {
            PortId port = new PortId(guest.id(), nic);
            plugged.remove(port);
            dataPlane.unplug(port);
        }
        guest.unplug(nics);
    }

    private void unplugAll(NodeId id) {
        for (PortId port : List.copyOf(plugged.keySet())) {
            if (!port.node().equals(id)) continue;
            plugged.remove(port);
            dataPlane.unplug(port);
        }
    }

    private Guest guest(NodeId id) throws GuestException {
        Held held = running.get(id);
        if (held == null) throw new GuestException(id + " does not run on this overlay host");
        if (runtimes.get(held.kind()) == held.by()) return held.guest();
        throw new GuestException(id + " runs on, but its runtime '" + held.kind() + "' is not there to change it (now); see: violin:plugins");
    }

    private static PortId port(Key key) {
        return PortId.parse(key.violin() + "/" + key.entity());
    }

    private static Item item(Action action) {
        return action instanceof Action.Create create ? create.item() : ((Action.Change) action).item();
    }
}
