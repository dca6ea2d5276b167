// SPDX-License-Identifier: Apache-2.0
package org.violin.control;

import static java.util.stream.Collectors.toList;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.violin.api.dataplane.DataPlane;
import org.violin.api.guest.GuestException;
import org.violin.api.model.NodeId;
import org.violin.api.model.PortId;
import org.violin.api.model.RouteSpec;

/**
 * Performs this host's plan. In-process work (switches, links, names) is done in order on the caller's thread; the work on guests, which
 * costs processes, is spread over a small pool, each node's part in order. A failed action stops its branch and is reported; nothing is
 * retried here, the next round plans again. Called by the agent's thread, one round at a time.
 */
final class Executor {
    /** Deadline of the work on one guest. */
    static final long GUEST_DEADLINE_SECONDS = 60;

    private final DataPlane dataPlane;
    private final Lowering lowering;
    private final Guests guests;
    private final ExecutorService pool;
    private final Map<Key, Integer> links = new ConcurrentHashMap<>();

    Executor(DataPlane dataPlane, Lowering lowering, Guests guests, ExecutorService pool) {
        this.dataPlane = dataPlane;
        this.lowering = lowering;
        this.guests = guests;
        this.pool = pool;
    }

    void perform(List<Action> plan, Round round) {
        List<Action> removals = plan.stream().filter(a -> a instanceof Action.Remove).collect(toList());
        List<Action> makes = plan.stream().filter(a -> !(a instanceof Action.Remove)).collect(toList());
        inOrder(only(removals, Key.Kind.LINK), round);
        inOrder(only(removals, Key.Kind.CONDITIONS), round);
        onGuests(without(removals, Key.Kind.LINK, Key.Kind.CONDITIONS, Key.Kind.SWITCH, Key.Kind.NAMES, Key.Kind.TRANSPORT), round, false);
        inOrder(only(removals, Key.Kind.SWITCH, Key.Kind.NAMES, Key.Kind.TRANSPORT), round);
        inOrder(only(makes, Key.Kind.TRANSPORT, Key.Kind.NAMES, Key.Kind.SWITCH), round);
        onGuests(only(makes, Key.Kind.GUEST, Key.Kind.NIC, Key.Kind.ROUTES, Key.Kind.ROUTER), round, true);
        inOrder(only(makes, Key.Kind.CONDITIONS, Key.Kind.LINK), round);
        onGuests(only(makes, Key.Kind.EXEC), round, true);
    }

    private static List<Action> only(List<Action> actions, Key.Kind... kinds) {
        return actions.stream().filter(is(kinds)).collect(toList());
    }

    private static List<Action> without(List<Action> actions, Key.Kind... kinds) {
        return actions.stream().filter(is(kinds).negate()).collect(toList());
    }

    private static Predicate<Action> is(Key.Kind... kinds) {
        return a -> List.of(kinds).contains(a.key().kind());
    }

    private void inOrder(List<Action> actions, Round round) {
        for (Action action : actions) {
            try {
                inProcess(action);
                round.done(action);
            } catch (GuestException | RuntimeException | LinkageError e) {
                round.fail(action, String.valueOf(e.getMessage()));
            }
        }
    }

    private void inProcess(Action action) throws GuestException {
        Key key = action.key();
        if (action instanceof Action.Remove) {
            switch (key.kind()) {
                case LINK -> {
                    Integer vni = links.remove(key);
                    if (vni != null) dataPlane.closeLink(vni);
                }
                case CONDITIONS -> dataPlane.condition(PortId.parse(key.violin() + "/" + key.entity()), Map.of());
                case SWITCH -> dataPlane.closeSwitch(new NodeId(key.violin(), key.entity()));
                case TRANSPORT -> dataPlane.closeViolin(key.violin());
                default -> names(key.violin(), Map.of());
            }
            return;
        }
        Item item = action instanceof Action.Create create ? create.item() : ((Action.Change) action).item();
        if (item instanceof Item.Conditions conditions) {
            dataPlane.condition(conditions.from(), conditions.settings());
        } else if (item instanceof Item.Link link) {
            Integer before = links.put(key, link.vni());
            if (before != null && before != link.vni()) dataPlane.closeLink(before);
            dataPlane.openLink(link.vni(), link.a(), link.b());
        } else if (item instanceof Item.Switch sw) {
            dataPlane.openSwitch(new NodeId(key.violin(), key.entity()), sw.kind(), sw.attributes());
        } else if (item instanceof Item.Transport transport) {
            dataPlane.openViolin(key.violin(), transport.channel(), transport.cipher());
        } else if (item instanceof Item.Names names) {
            names(key.violin(), names.addresses());
        }
    }

    private void names(String violin, Map<String, List<org.violin.api.model.Cidr>> addresses) throws GuestException {
        if (guests.runtimes().isEmpty()) throw new GuestException("no guest runtime on this overlay host (now)");
        for (var runtime : guests.runtimes()) runtime.names(violin, addresses);
    }

    private void onGuests(List<Action> actions, Round round, boolean make) {
        Map<String, List<Action>> groups = Round.byNode(actions);
        List<String> nodes = new ArrayList<>(groups.keySet());
        for (List<String> chunk : Lowering.chunks(round.spec(), nodes)) {
            Map<String, List<RouteSpec>> routes = null;
            String lost = "";
            try {
                routes = routesOf(chunk, groups, round);
            } catch (Patience.Lost e) {
                lost = e.getMessage();
            }
            List<Future<?>> running = new ArrayList<>();
            for (String node : chunk) {
                List<Action> group = groups.get(node);
                Guests.Routes own = new Guests.Routes(routes == null ? List.of() : routes.getOrDefault(node, List.of()), lost);
                running.add(pool.submit(() -> guests.perform(group, round, own)));
            }
            for (int i = 0; i < chunk.size(); i++) await(running.get(i), groups.get(chunk.get(i)), round);
        }
    }

    private Map<String, List<RouteSpec>> routesOf(List<String> nodes, Map<String, List<Action>> groups, Round round)
            throws Patience.Lost {
        List<String> wanted = nodes.stream()
                .filter(n -> groups.get(n).stream().anyMatch(a -> a.key().kind() == Key.Kind.ROUTES && !(a instanceof Action.Remove)))
                .collect(toList());
        return wanted.isEmpty() ? Map.of() : lowering.routes(round.spec(), wanted);
    }

    private static void await(Future<?> task, List<Action> group, Round round) {
        String reason;
        try {
            task.get(GUEST_DEADLINE_SECONDS, TimeUnit.SECONDS);
            return;
        } catch (TimeoutException e) {
            task.cancel(true);
            reason = "took longer than " + GUEST_DEADLINE_SECONDS + " s";
        } catch (ExecutionException e) {
            reason = String.valueOf(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            task.cancel(true);
            reason = "the host is stopping";
        }
        for (Action action : group) {
            if (!round.failed(action.key())) round.fail(action, reason);
        }
    }
}
