// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.zebra;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.violin.api.model.Cidr;
import org.violin.api.model.NicSpec;
import org.violin.api.model.NodeId;
import org.violin.api.model.RouteSpec;
import org.violin.api.routing.Neighbour;
import org.violin.api.routing.RouterNic;
import org.violin.api.routing.RouterSpec;

/** A router's spec, written shortly. */
final class Specs {
    private final String node;
    private final int number;
    private final List<RouterNic> nics = new ArrayList<>();
    private final List<RouteSpec> routes = new ArrayList<>();
    private final List<String> loopbacks = new ArrayList<>();
    private final Map<String, String> options = new TreeMap<>();
    private final List<Neighbour> mates = new ArrayList<>();
    private final Map<String, Map<String, String>> services = new TreeMap<>();
    private Set<String> protocols = Set.of("ospf");
    private long as;
    private String text = "";

    private Specs(int number) {
        this.node = "r" + number;
        this.number = number;
    }

    /** Router N with router-id and loopback 10.255.0.N. */
    static Specs router(int number) {
        Specs specs = new Specs(number);
        specs.loopbacks.add("10.255.0." + number + "/32");
        return specs;
    }

    Specs speaks(String... words) {
        protocols = new TreeSet<>(List.of(words));
        return this;
    }

    Specs as(long n) {
        as = n;
        return this;
    }

    Specs option(String name, String value) {
        options.put(name, value);
        return this;
    }

    Specs text(String startupConfig) {
        text = startupConfig;
        return this;
    }

    Specs route(String to, String via, String nic) {
        routes.add(new RouteSpec(Cidr.parse(to), via, nic, 0));
        return this;
    }

    Specs loopback(String cidr) {
        loopbacks.add(cidr);
        return this;
    }

    Specs service(String kind, Map<String, String> settings) {
        services.put(kind, settings);
        return this;
    }

    Specs withoutLoopbacks() {
        loopbacks.clear();
        return this;
    }

    Specs mate(Neighbour mate) {
        mates.add(mate);
        return this;
    }

    /** A vNIC at the cost, point-to-point when it has one neighbour. */
    Specs nic(String name, int cost, List<Neighbour> neighbours, String... addresses) {
        String mac = String.format("02:00:5e:20:%02x:%02x", number, nics.size() + 1);
        NicSpec spec = new NicSpec(name, mac, 1500, Stream.of(addresses).map(Cidr::parse).toList());
        nics.add(new RouterNic(spec, cost, neighbours.size() == 1, neighbours, Map.of()));
        return this;
    }

    static Neighbour neighbour(int number, long as, Set<String> protocols, String... addresses) {
        return new Neighbour("r" + number, "10.255.0." + number, as, protocols, Stream.of(addresses).map(Cidr::parse).toList());
    }

    static List<Neighbour> ospf(int number, String... addresses) {
        return List.of(neighbour(number, 0, Set.of("ospf"), addresses));
    }

    RouterSpec build() {
        return new RouterSpec(new NodeId("zebra-test", node), "10.255.0." + number, as, protocols, "zebra", "kernel", nics, routes, loopbacks,
                options, text, mates, services, List.of());
    }
}
