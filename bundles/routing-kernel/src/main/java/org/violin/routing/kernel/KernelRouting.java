// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.kernel;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.violin.api.control.Routing;
import org.violin.api.model.Cidr;
import org.violin.api.model.NodeSpec;
import org.violin.api.model.RouteSpec;
import org.violin.api.model.ViolinSpec;

/**
 * Static routes along shortest paths, for guests whose kernel forwards. The distance to a subnet is the sum of the weights of the links on
 * the way, counted up to and with the first link into that subnet; a router that is in the subnet delivers directly. Ties go to fewer
 * links, then to the router whose name sorts first. Stateless.
 */
@Component
public final class KernelRouting implements Routing {
    private static final Cidr ALL_V4 = Cidr.parse("0.0.0.0/0");
    /** Attribute of a vRouter that leads out of the violin. */
    private static final String WAY_OUT = "service.uplink";
    private static final Cidr ALL_V6 = Cidr.parse("::/0");

    @Activate
    public KernelRouting() {}

    @Override
    public String kind() {
        return "kernel";
    }

    @Override
    public Map<String, List<RouteSpec>> routes(ViolinSpec spec, Set<String> nodes) {
        Map<String, NodeSpec> index = spec.nodesByName();
        Map<String, Table> tables = new TreeMap<>();
        for (String node : new TreeSet<>(nodes)) {
            NodeSpec n = index.get(node);
            if (n == null) throw new IllegalArgumentException("routes for '" + node + "': violin " + spec.name() + " has no such node");
            tables.put(node, new Table(n));
        }
        Layer3 ipv4 = new Layer3(spec, false);
        compute(ipv4, tables, ALL_V4);
        outside(spec, ipv4, tables);
        compute(new Layer3(spec, true), tables, ALL_V6);
        Map<String, List<RouteSpec>> answer = new TreeMap<>();
        tables.forEach((node, table) -> answer.put(node, table.routes()));
        return answer;
    }

    /** What no subnet of the violin has goes to the nearest router with a way out, which is IPv4 only. */
    private static void outside(ViolinSpec spec, Layer3 net, Map<String, Table> tables) {
        Set<Integer> ways = new TreeSet<>();
        for (NodeSpec node : spec.nodes()) {
            Integer vertex = net.routers.get(node.name());
            if (vertex != null && node.attributes().containsKey(WAY_OUT)) ways.add(vertex);
        }
        if (ways.isEmpty()) return;
        ShortestPaths paths = new ShortestPaths(net);
        paths.toNearestOf(ways);
        tables.forEach((node, table) -> {
            Integer vertex = net.routers.get(node);
            if (vertex == null || ways.contains(vertex) || !paths.reached(vertex)) return;
            table.add(ALL_V4, net.gateways.get(paths.gateway[vertex]), net.nicNames.get(paths.nic[vertex]));
        });
    }

    private static void compute(Layer3 net, Map<String, Table> tables, Cidr all) {
        ShortestPaths paths = new ShortestPaths(net);
        List<RouterRow> routers = new ArrayList<>();
        List<HostRow> hosts = new ArrayList<>();
        for (Map.Entry<String, Table> e : tables.entrySet()) {
            Integer vertex = net.routers.get(e.getKey());
            Layer3.Stub stub = net.stubs.get(e.getKey());
            if (vertex != null) routers.add(new RouterRow(vertex, e.getValue(), net.connected.get(e.getKey())));
            if (stub != null) hosts.add(new HostRow(e.getValue(), net.connected.get(e.getKey()), new DefaultRoute(net, stub)));
        }
        if (!hosts.isEmpty()) {
            paths.toNearestRouter();
            hosts.forEach(h -> h.choice.nearest(paths));
        }
        for (int d = 0; d < net.destinations.size() && !(routers.isEmpty() && hosts.isEmpty()); d++) {
            paths.toSubnet(d);
            Cidr destination = net.destinations.get(d);
            for (RouterRow r : routers) {
                if (paths.reached(r.vertex) && !r.connected.get(d)) {
                    r.table.add(destination, net.gateways.get(paths.gateway[r.vertex]), net.nicNames.get(paths.nic[r.vertex]));
                }
            }
            for (HostRow h : hosts) {
                if (!h.connected.get(d)) h.choice.consider(d, paths);
            }
        }
        hosts.forEach(h -> h.choice.write(all, h.table));
    }

    private record RouterRow(int vertex, Table table, java.util.BitSet connected) {}

    private record HostRow(Table table, java.util.BitSet connected, DefaultRoute choice) {}

    /** The routes of one node: first the file's, then the computed ones that the file does not replace. */
    static final class Table {
        private final List<RouteSpec> routes;
        private final Set<Cidr> given = new HashSet<>();

        Table(NodeSpec node) {
            routes = new ArrayList<>(node.routes());
            routes.forEach(r -> given.add(r.destination()));
        }

        void add(Cidr destination, String via, String nic) {
            if (!given.contains(destination)) routes.add(new RouteSpec(destination, via, nic, 0));
        }

        List<RouteSpec> routes() {
            return List.copyOf(routes);
        }
    }
}
