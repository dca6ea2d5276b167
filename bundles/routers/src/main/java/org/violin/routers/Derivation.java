// SPDX-License-Identifier: Apache-2.0
package org.violin.routers;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.CRC32;
import org.violin.api.model.Cidr;
import org.violin.api.model.Endpoint;
import org.violin.api.model.LinkSpec;
import org.violin.api.model.NicSpec;
import org.violin.api.model.NodeKind;
import org.violin.api.model.NodeSpec;
import org.violin.api.model.RouteSpec;
import org.violin.api.model.Segments;
import org.violin.api.model.ViolinSpec;
import org.violin.api.routing.Neighbour;
import org.violin.api.routing.RouterNic;
import org.violin.api.routing.RouterSpec;
import org.violin.api.routing.Station;

/** What the vRouters of one violin have to do, from its spec alone. Pure; one thread. */
final class Derivation {
    private static final String OPTION = "routing.";
    private static final String SERVICE = "service.";
    /** Services that name or address other nodes. */
    private static final Set<String> KNOWS_STATIONS = Set.of("dhcp", "dns");
    private static final String STARTUP = "startup-config";
    /** The rate whose cost is 1, bits per second, when costs come from rates. */
    private static final double REFERENCE_RATE = 100e9;
    private static final int MAX_COST = 65_535;
    private static final double PART_SCALE = 100;

    private final ViolinSpec violin;
    private final Collection<String> controls;
    private final Collection<String> computing;
    private final Segments segments;
    private final Map<Endpoint, LinkSpec> links = new HashMap<>();
    private final Map<String, List<Endpoint>> onSegment = new TreeMap<>();
    private final Map<String, NodeSpec> nodes;
    private final double scale;

    /** @param controls kinds of control planes known here besides the usual; @param computing kinds that only compute routes */
    Derivation(ViolinSpec violin, Collection<String> controls, Collection<String> computing) {
        this.violin = violin;
        this.controls = controls;
        this.computing = computing;
        segments = new Segments(violin);
        nodes = violin.nodesByName();
        scale = violin.links().stream().allMatch(l -> l.cost() == Math.rint(l.cost())) ? 1 : PART_SCALE;
        for (LinkSpec link : violin.links()) {
            links.put(link.a(), link);
            links.put(link.b(), link);
        }
        for (NodeSpec node : violin.nodes()) {
            if (node.kind() != NodeKind.VROUTER) continue;
            for (NicSpec nic : node.nics()) {
                Endpoint end = new Endpoint(node.name(), nic.name());
                onSegment.computeIfAbsent(segments.of(end), s -> new ArrayList<>()).add(end);
            }
        }
    }

    /** Throws IllegalArgumentException when the words make no sense. */
    Words words(NodeSpec node) {
        String text = node.attributes().getOrDefault("routing", violin.attributes().getOrDefault("routing", "kernel"));
        return Words.parse(text, controls, computing);
    }

    /** Whether this is more than computed routes in the guest's kernel: a plugin, services, or addresses of its own. Throws IllegalArgumentException when the words make no sense. */
    boolean special(NodeSpec node) {
        return words(node).special() || !loopbacks(node).isEmpty() || node.attributes().keySet().stream().anyMatch(key -> key.startsWith(SERVICE));
    }

    boolean isRouter(NodeSpec node) {
        return node.kind() == NodeKind.VROUTER;
    }

    /** @param computed the routes of nodes that learn none */
    RouterSpec spec(NodeSpec node, List<RouteSpec> computed) {
        Words words = words(node);
        Map<String, String> options = options(node);
        String startup = options.remove(STARTUP);
        List<RouterNic> nics = node.nics().stream().map(nic -> nic(node, nic, options.getOrDefault("metric", ""))).toList();
        Map<String, Map<String, String>> services = services(node);
        List<Station> stations = Collections.disjoint(services.keySet(), KNOWS_STATIONS) ? List.of() : stations(node);
        return new RouterSpec(violin.id(node.name()), routerId(node), as(node), words.protocols(), words.control(), words.forwarding(), nics,
                words.computed() ? computed : node.routes(), loopbacks(node), options, startup == null ? "" : startup, mates(node), services, stations);
    }

    private Map<String, String> options(NodeSpec node) {
        Map<String, String> options = new TreeMap<>();
        if (violin.attributes().containsKey("metric")) options.put("metric", violin.attributes().get("metric"));
        for (Map<String, String> level : List.of(violin.attributes(), node.attributes())) {
            level.forEach((key, value) -> {
                if (key.startsWith(OPTION)) options.put(key.substring(OPTION.length()), value);
            });
        }
        return options;
    }

    /** Of attributes {@code service.KIND} (it is wanted) and {@code service.KIND.KEY}. */
    static Map<String, Map<String, String>> services(NodeSpec node) {
        Map<String, Map<String, String>> services = new TreeMap<>();
        node.attributes().forEach((key, value) -> {
            if (!key.startsWith(SERVICE)) return;
            String[] words = key.substring(SERVICE.length()).split("\\.", 2);
            Map<String, String> settings = services.computeIfAbsent(words[0], k -> new TreeMap<>());
            if (words.length == 2) settings.put(words[1], value);
        });
        return services;
    }

    private List<Station> stations(NodeSpec node) {
        Map<String, String> own = new HashMap<>();
        for (NicSpec nic : node.nics()) own.put(segments.of(new Endpoint(node.name(), nic.name())), nic.name());
        List<Station> stations = new ArrayList<>();
        for (NodeSpec other : violin.nodes()) {
            if (other.name().equals(node.name())) continue;
            for (NicSpec nic : other.nics()) {
                stations.add(new Station(other.name(), nic, own.getOrDefault(segments.of(new Endpoint(other.name(), nic.name())), "")));
            }
        }
        return stations;
    }

    static long as(NodeSpec node) {
        return Long.parseLong(node.attributes().getOrDefault("as", "0"));
    }

    static List<String> loopbacks(NodeSpec node) {
        String text = node.attributes().getOrDefault("loopback", "");
        return text.isEmpty() ? List.of() : List.of(text.split("[ ,]+"));
    }

    /** As the file says; else an IPv4 loopback address; else the lowest IPv4 address of its vNICs; else made from its name. */
    static String routerId(NodeSpec node) {
        String given = node.attributes().get("router-id");
        if (given != null) return given;
        for (String loopback : loopbacks(node)) {
            Cidr address = Cidr.parse(loopback);
            if (!address.isIpv6()) return address.address();
        }
        TreeSet<Cidr> own = new TreeSet<>();
        for (NicSpec nic : node.nics()) nic.addresses().stream().filter(a -> !a.isIpv6()).forEach(own::add);
        if (!own.isEmpty()) return own.first().address();
        CRC32 hash = new CRC32();
        hash.update(node.name().getBytes(StandardCharsets.UTF_8));
        long h = hash.getValue();
        return (1 + h % 126) + "." + (h >> 8 & 255) + "." + (h >> 16 & 255) + "." + (1 + (h >> 24 & 127));
    }

    private List<Neighbour> mates(NodeSpec node) {
        if (as(node) == 0) return List.of();
        List<Neighbour> mates = new ArrayList<>();
        for (NodeSpec other : violin.nodes()) {
            if (!isRouter(other) || as(other) != as(node) || other.name().equals(node.name())) continue;
            List<Cidr> addresses = new ArrayList<>(loopbacks(other).stream().map(Cidr::parse).toList());
            if (addresses.isEmpty()) other.nics().forEach(nic -> addresses.addAll(nic.addresses()));
            mates.add(new Neighbour(other.name(), routerId(other), as(other), words(other).protocols(), addresses));
        }
        mates.sort(java.util.Comparator.comparing(Neighbour::node));
        return mates;
    }

    private RouterNic nic(NodeSpec node, NicSpec nic, String metric) {
        Endpoint end = new Endpoint(node.name(), nic.name());
        LinkSpec link = links.get(end);
        Map<String, String> options = new TreeMap<>();
        String prefix = "nic." + nic.name() + ".";
        node.attributes().forEach((key, value) -> {
            if (key.startsWith(prefix)) options.put(key.substring(prefix.length()), value);
        });
        String given = options.remove("cost");
        int cost = given != null ? Integer.parseInt(given) : link == null ? 1 : cost(link, metric);
        Endpoint far = link == null ? null : link.a().equals(end) ? link.b() : link.a();
        boolean direct = far != null && nodes.get(far.node()).kind() != NodeKind.VSWITCH;
        return new RouterNic(nic, cost, direct, neighbours(end), options);
    }

    /** 1 to 65,535: the link's cost, in hundredths where any of the violin is not whole; or its delay in tenths of a millisecond; or 100 Gbit/s over its rate (RFC 2328 leaves it to us). */
    int cost(LinkSpec link, String metric) {
        double cost = link.cost() * scale;
        if (metric.equals("delay")) cost = link.delayMillis() * 10;
        if (metric.equals("rate") && link.bitsPerSecond().isPresent()) cost = REFERENCE_RATE / link.bitsPerSecond().getAsDouble();
        return (int) Math.max(1, Math.min(MAX_COST, Math.round(cost)));
    }

    private List<Neighbour> neighbours(Endpoint end) {
        List<Neighbour> found = new ArrayList<>();
        for (Endpoint other : onSegment.getOrDefault(segments.of(end), List.of())) {
            if (other.node().equals(end.node())) continue;
            NodeSpec node = nodes.get(other.node());
            List<Cidr> addresses = node.nic(other.port()).orElseThrow().addresses();
            Set<String> protocols = words(node).protocols();
            found.add(new Neighbour(node.name(), routerId(node), as(node), protocols, addresses));
        }
        found.sort(java.util.Comparator.comparing(Neighbour::node).thenComparing(n -> n.addresses().toString()));
        return found;
    }
}
