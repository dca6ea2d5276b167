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
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.control.Routing;
import org.violin.api.dataplane.LinkEnd;
import org.violin.api.guest.GuestSpec;
import org.violin.api.model.Cidr;
import org.violin.api.model.Conditions;
import org.violin.api.model.Endpoint;
import org.violin.api.model.LinkSpec;
import org.violin.api.model.NodeKind;
import org.violin.api.model.NodeSpec;
import org.violin.api.model.PortId;
import org.violin.api.model.RouteSpec;
import org.violin.api.routing.RouterSpec;
import org.violin.api.routing.Routers;
import org.violin.api.routing.RoutingWords;

/** Turns a placed spec into the items of overlay hosts. Pure. */
final class Lowering {
    /** About so many routes are computed at a time, which bounds the memory they take (some 100 bytes each). */
    static final int ROUTES_AT_ONCE = 200_000;

    private static final Logger LOG = LoggerFactory.getLogger(Lowering.class);
    private static final String COMPUTED = "kernel";
    private final Function<String, Optional<Routing>> routings;
    private final Supplier<Optional<Routers>> routers;

    Lowering(Function<String, Optional<Routing>> routings, Supplier<Optional<Routers>> routers) {
        this.routings = routings;
        this.routers = routers;
    }

    /** The items of the hosts that the predicate takes, by key. */
    Map<Key, Item> items(PlacedSpec placed, Predicate<String> hosts) {
        Map<Key, Item> items = new TreeMap<>();
        Map<String, NodeKind> kinds = new HashMap<>();
        Set<String> guestHosts = new TreeSet<>();
        String cipher = placed.spec().attributes().getOrDefault("cipher", "");
        for (String host : placed.hosts()) {
            if (hosts.test(host)) put(items, new Item.Transport(key(placed, host, Key.Kind.TRANSPORT, ""), placed.channel(), cipher));
        }
        Map<String, String> guests = new TreeMap<>();
        for (NodeSpec node : placed.spec().nodes()) {
            kinds.put(node.name(), node.kind());
            String host = placed.placement().get(node.name());
            if (host == null || !hosts.test(host)) continue;
            if (node.kind() == NodeKind.VSWITCH) {
                put(items, new Item.Switch(key(placed, host, Key.Kind.SWITCH, node.name()), node.provider(), node.attributes()));
            } else {
                guestHosts.add(host);
                guests.put(node.name(), host);
                guest(items, placed, node, host);
            }
        }
        for (LinkSpec link : placed.spec().links()) link(items, placed, link, kinds, hosts);
        for (String host : guestHosts) put(items, new Item.Names(key(placed, host, Key.Kind.NAMES, ""), names(placed)));
        Set<String> learning = learning(placed);
        Map<String, String> computed = new TreeMap<>(guests);
        computed.keySet().removeAll(learning);
        routes(items, placed, computed);
        routers(items, placed, guests, learning);
        return items;
    }

    /** vRouters for which no routes are computed. */
    Set<String> learning(PlacedSpec placed) {
        Optional<Routers> service = routers.get();
        if (service.isPresent()) return service.get().learning(placed.spec());
        Set<String> perhaps = new TreeSet<>();
        for (NodeSpec node : placed.spec().nodes()) if (node.kind() == NodeKind.VROUTER && words(placed, node).learns()) perhaps.add(node.name());
        return perhaps;
    }

    private static RoutingWords words(PlacedSpec placed, NodeSpec node) {
        String word = placed.spec().attributes().getOrDefault("routing", COMPUTED);
        return RoutingWords.parse(node.attributes().getOrDefault("routing", word));
    }

    private static boolean served(NodeSpec node) {
        return node.attributes().keySet().stream().anyMatch(key -> key.startsWith("service."));
    }

    private void routers(Map<Key, Item> items, PlacedSpec placed, Map<String, String> guests, Set<String> learning) {
        Optional<Routers> service = routers.get();
        if (service.isEmpty()) {
            for (NodeSpec node : placed.spec().nodes()) {
                String host = guests.get(node.name());
                boolean special = learning.contains(node.name()) || node.kind() == NodeKind.VROUTER && served(node);
                if (host != null && special) put(items, new Item.Router(key(placed, host, Key.Kind.ROUTER, node.name()), null));
            }
            return;
        }
        Map<String, RouterSpec> specs = service.get().specs(placed.spec(), guests.keySet(), Map.of());
        List<String> needed = specs.keySet().stream().filter(n -> !learning.contains(n)).toList();
        if (!needed.isEmpty()) {
            try {
                specs = service.get().specs(placed.spec(), guests.keySet(), routes(placed, needed));
            } catch (Patience.Lost e) {
                LOG.warn("{}: {}", placed.name(), e.getMessage());
            }
        }
        specs.forEach((node, spec) -> put(items, new Item.Router(key(placed, guests.get(node), Key.Kind.ROUTER, node), spec)));
    }

    /** Parts a list of nodes so that the routes of each part together stay near {@link #ROUTES_AT_ONCE}. */
    static List<List<String>> chunks(PlacedSpec placed, List<String> nodes) {
        if (placed == null) return List.of(nodes);
        Map<String, NodeSpec> byName = placed.spec().nodesByName();
        int ofRouter = 2 * placed.spec().links().size();
        List<List<String>> chunks = new ArrayList<>();
        int from = 0;
        int routes = 0;
        for (int i = 0; i < nodes.size(); i++) {
            NodeSpec node = byName.get(nodes.get(i));
            routes += node != null && node.kind() == NodeKind.VROUTER ? ofRouter : 8;
            if (routes < ROUTES_AT_ONCE && i < nodes.size() - 1) continue;
            chunks.add(nodes.subList(from, i + 1));
            from = i + 1;
            routes = 0;
        }
        return chunks;
    }

    /**
     * The routes of some nodes; what it returns is as large as the caller's list, see {@link #chunks}. Throws when there is no such routing
     * now, or it broke; routes that are set stay then.
     */
    Map<String, List<RouteSpec>> routes(PlacedSpec placed, Collection<String> nodes) throws Patience.Lost {
        String kind = computing(RoutingWords.parse(placed.spec().attributes().getOrDefault("routing", COMPUTED)));
        Routing routing = routings.apply(kind).orElseThrow(() -> new Patience.Lost(
                "no routing '" + kind + "' on this overlay host; routes stay as they are. Install it: feature:install violin-routing-" + kind, null));
        Map<String, List<RouteSpec>> routes =
                new HashMap<>(Patience.call("routing " + kind, () -> routing.routes(placed.spec(), new HashSet<>(nodes))));
        for (NodeSpec node : placed.spec().nodes()) {
            if (node.kind() == NodeKind.VROUTER && routes.containsKey(node.name()) && words(placed, node).fixed()) routes.put(node.name(), node.routes());
        }
        return routes;
    }

    /** Who computes: a word that is such a plugin, also one that is away for now. */
    private String computing(RoutingWords words) {
        Optional<String> there = words.kinds().stream().filter(k -> routings.apply(k).isPresent()).findFirst();
        if (there.isPresent()) return there.get();
        Optional<String> unknown = words.kinds().stream().filter(k -> !RoutingWords.CONTROL.contains(k) && !RoutingWords.FORWARDING.contains(k)).findFirst();
        return routers.get().isEmpty() ? unknown.orElse(COMPUTED) : COMPUTED;
    }

    private void guest(Map<Key, Item> items, PlacedSpec placed, NodeSpec node, String host) {
        GuestSpec spec =
                new GuestSpec(placed.spec().id(node.name()), node.kind() == NodeKind.VROUTER, node.limits(), node.exec());
        put(items, new Item.Guest(key(placed, host, Key.Kind.GUEST, node.name()), node.kind(), node.provider(), spec));
        node.nics().forEach(nic ->
                put(items, new Item.Nic(key(placed, host, Key.Kind.NIC, node.name() + ":" + nic.name()), nic)));
        if (!node.exec().isEmpty()) {
            put(items, new Item.Exec(key(placed, host, Key.Kind.EXEC, node.name()), node.exec()));
        }
    }

    private void link(Map<Key, Item> items, PlacedSpec placed, LinkSpec link, Map<String, NodeKind> kinds, Predicate<String> hosts) {
        String hostA = placed.placement().get(link.a().node());
        String hostB = placed.placement().get(link.b().node());
        Integer vni = placed.vnis().get(link.key());
        if (hostA == null || hostB == null || vni == null) return;
        for (String host : new TreeSet<>(List.of(hostA, hostB))) {
            if (!hosts.test(host)) continue;
            LinkEnd a = end(placed, link.a(), hostA, host, kinds);
            LinkEnd b = end(placed, link.b(), hostB, host, kinds);
            put(items, new Item.Link(key(placed, host, Key.Kind.LINK, link.key()), vni, a, b));
        }
        conditions(items, placed, link, link.a(), hostA, hosts);
        conditions(items, placed, link, link.b(), hostB, hosts);
    }

    /** Each direction is the business of the host where it begins. */
    private void conditions(Map<Key, Item> items, PlacedSpec placed, LinkSpec link, Endpoint from, String host, Predicate<String> hosts) {
        if (!hosts.test(host)) return;
        Map<String, String> settings = Conditions.of(placed.spec(), link, from);
        if (settings.isEmpty()) return;
        PortId id = PortId.of(placed.name(), from.node(), from.port());
        put(items, new Item.Conditions(key(placed, host, Key.Kind.CONDITIONS, from.toString()), id, settings));
    }

    private static LinkEnd end(PlacedSpec placed, Endpoint end, String at, String seenFrom, Map<String, NodeKind> kinds) {
        if (!at.equals(seenFrom)) return new LinkEnd.Remote(at);
        PortId id = PortId.of(placed.name(), end.node(), end.port());
        return kinds.get(end.node()) == NodeKind.VSWITCH ? new LinkEnd.Switch(id) : new LinkEnd.Nic(id);
    }

    private void routes(Map<Key, Item> items, PlacedSpec placed, Map<String, String> guests) {
        List<String> all = new ArrayList<>(guests.keySet());
        for (List<String> chunk : chunks(placed, all)) {
            Map<String, List<RouteSpec>> routes;
            try {
                routes = routes(placed, chunk);
            } catch (Patience.Lost e) {
                LOG.warn("{}: {}", placed.name(), e.getMessage());
                keepRoutes(items, placed, guests);
                return;
            }
            for (String node : chunk) {
                List<RouteSpec> of = routes.getOrDefault(node, List.of());
                if (of.isEmpty()) continue;
                Key key = key(placed, guests.get(node), Key.Kind.ROUTES, node);
                put(items, new Item.Routes(key, of.size(), Print.digest(of.toString())));
            }
        }
    }

    /** Of guests that may have some: those of a violin with vRouters, and those to which the file gives some. */
    private static void keepRoutes(Map<Key, Item> items, PlacedSpec placed, Map<String, String> guests) {
        boolean routed = placed.spec().nodes().stream().anyMatch(n -> n.kind() == NodeKind.VROUTER);
        for (NodeSpec node : placed.spec().nodes()) {
            String host = guests.get(node.name());
            if (host == null || !routed && node.routes().isEmpty()) continue;
            put(items, new Item.Routes(key(placed, host, Key.Kind.ROUTES, node.name()), 0, ""));
        }
    }

    private static Map<String, List<Cidr>> names(PlacedSpec placed) {
        Map<String, List<Cidr>> names = new TreeMap<>();
        for (NodeSpec node : placed.spec().nodes()) {
            List<Cidr> addresses = new ArrayList<>();
            node.nics().forEach(nic -> addresses.addAll(nic.addresses()));
            if (!addresses.isEmpty()) names.put(node.name(), addresses);
        }
        return names;
    }

    private static Key key(PlacedSpec placed, String host, Key.Kind kind, String entity) {
        return new Key(host, kind, placed.name(), entity);
    }

    private static void put(Map<Key, Item> items, Item item) {
        items.put(item.key(), item);
    }
}
