// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.kernel;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.violin.api.model.Cidr;
import org.violin.api.model.Endpoint;
import org.violin.api.model.LinkSpec;
import org.violin.api.model.NicSpec;
import org.violin.api.model.NodeKind;
import org.violin.api.model.NodeSpec;
import org.violin.api.model.Segments;
import org.violin.api.model.ViolinSpec;

/**
 * A violin as IP of one family sees it, in arrays. Vertices are the vRouters, sorted by name, then each vSwitch once for every subnet on
 * its segment (a segment is what links and vSwitches join). vHosts are no vertices, since they do not forward: they are stubs with
 * accesses. A vNIC takes part in the subnets it has addresses of, so a neighbour in another subnet of the same Ethernet is no next hop.
 */
final class Layer3 {
    /** One way out of a vHost. Gateway is an index, or -1 when the vertex is a switch, which carries the gateway of each run. */
    record Access(int vertex, double weight, int gateway, String nic) {}

    record Stub(List<Access> accesses) {}

    /** A router that has an address in a subnet, and the weight of its link into it. */
    record Attached(int router, double weight) {}

    private record Edge(int from, int to, double weight, int gateway, int nic) {}

    final Map<String, Integer> routers = new TreeMap<>();
    final Map<String, Stub> stubs = new TreeMap<>();
    /** By guest: the subnets it is in, as indexes. */
    final Map<String, BitSet> connected = new HashMap<>();
    final List<Cidr> destinations;
    final List<List<Attached>> attached = new ArrayList<>();
    final List<String> gateways = new ArrayList<>();
    final List<String> nicNames = new ArrayList<>();
    final int vertices;
    final int[] first;
    final int[] to;
    final double[] weight;
    final int[] gateway;
    final int[] nic;

    private final Map<String, NodeSpec> nodes;
    private final Map<Endpoint, Map<Cidr, String>> addresses = new HashMap<>();
    private final Map<String, Integer> nicIndex = new HashMap<>();
    private final List<Edge> edges = new ArrayList<>();

    Layer3(ViolinSpec spec, boolean ipv6) {
        nodes = spec.nodesByName();
        Segments segments = new Segments(spec);
        boolean byDelay = "delay".equals(spec.attributes().get("metric"));
        List<LinkSpec> links = spec.links().stream().sorted(Comparator.comparing(LinkSpec::a).thenComparing(LinkSpec::b)).toList();
        for (String name : new TreeSet<>(nodes.keySet())) {
            NodeSpec node = nodes.get(name);
            if (node.kind() == NodeKind.VROUTER) routers.put(name, routers.size());
            if (node.kind() == NodeKind.VHOST) stubs.put(name, new Stub(new ArrayList<>()));
            for (NicSpec n : node.nics()) addresses.put(new Endpoint(name, n.name()), subnets(n, ipv6));
        }
        TreeSet<Cidr> all = new TreeSet<>();
        Map<String, TreeSet<Cidr>> onSegment = new HashMap<>();
        addresses.forEach((end, nets) -> {
            all.addAll(nets.keySet());
            onSegment.computeIfAbsent(segments.of(end), k -> new TreeSet<>()).addAll(nets.keySet());
        });
        destinations = List.copyOf(all);
        Map<String, Map<Cidr, Integer>> switches = new HashMap<>();
        int count = routers.size();
        for (String name : new TreeSet<>(nodes.keySet())) {
            if (nodes.get(name).kind() != NodeKind.VSWITCH) continue;
            Map<Cidr, Integer> copies = new TreeMap<>();
            for (Cidr net : onSegment.getOrDefault(segments.of(name), new TreeSet<>())) copies.put(net, count++);
            switches.put(name, copies);
        }
        vertices = count;
        Map<Endpoint, Double> weights = new HashMap<>();
        for (LinkSpec link : links) {
            double w = byDelay ? link.delayMillis() : link.cost();
            weights.put(link.a(), w);
            weights.put(link.b(), w);
            Map<Cidr, Integer> a = switches.get(link.a().node());
            Map<Cidr, Integer> b = switches.get(link.b().node());
            if (a != null && b != null) {
                a.forEach((net, v) -> edge(v, b.get(net), w));
            } else if (a != null || b != null) {
                toSwitch(a == null ? link.a() : link.b(), a == null ? b : a, w);
            } else {
                direct(link.a(), link.b(), w);
                direct(link.b(), link.a(), w);
            }
        }
        attach(weights);
        int m = edges.size();
        first = new int[vertices + 1];
        to = new int[m];
        weight = new double[m];
        gateway = new int[m];
        nic = new int[m];
        fill();
    }

    private static Map<Cidr, String> subnets(NicSpec nic, boolean ipv6) {
        Map<Cidr, String> found = new TreeMap<>();
        for (Cidr c : nic.addresses()) {
            if (c.isIpv6() == ipv6 && !linkLocal(c)) found.putIfAbsent(c.network(), c.address());
        }
        return found;
    }

    /** fe80::/10 (RFC 4291) is on every segment and never routed. */
    private static boolean linkLocal(Cidr c) {
        return c.isIpv6() && c.address().matches("fe[89ab].*");
    }

    private void edge(int a, int b, double w) {
        edges.add(new Edge(a, b, w, -1, -1));
        edges.add(new Edge(b, a, w, -1, -1));
    }

    private void toSwitch(Endpoint end, Map<Cidr, Integer> copies, double w) {
        Integer router = routers.get(end.node());
        addresses.getOrDefault(end, Map.of()).forEach((net, address) -> {
            int v = copies.get(net);
            if (router == null) {
                stubs.get(end.node()).accesses.add(new Access(v, w, -1, end.port()));
            } else {
                edges.add(new Edge(router, v, w, gateway(address), -1));
                edges.add(new Edge(v, router, w, -1, nic(end.port())));
            }
        });
    }

    /** The way from one guest to a router at the other end of its cable. */
    private void direct(Endpoint from, Endpoint next, double w) {
        Integer router = routers.get(next.node());
        if (router == null || from.node().equals(next.node())) return;
        Map<Cidr, String> mine = addresses.getOrDefault(from, Map.of());
        addresses.getOrDefault(next, Map.of()).forEach((net, address) -> {
            if (!mine.containsKey(net)) return;
            Integer self = routers.get(from.node());
            if (self == null) {
                stubs.get(from.node()).accesses.add(new Access(router, w, gateway(address), from.port()));
            } else {
                edges.add(new Edge(router, self, w, gateway(address), nic(from.port())));
            }
        });
    }

    private void attach(Map<Endpoint, Double> weights) {
        Map<Cidr, Integer> index = new HashMap<>();
        for (Cidr c : destinations) {
            index.put(c, index.size());
            attached.add(new ArrayList<>());
        }
        nodes.keySet().forEach(n -> connected.put(n, new BitSet()));
        addresses.forEach((end, nets) -> nets.keySet().forEach(net -> {
            connected.get(end.node()).set(index.get(net));
            Integer router = routers.get(end.node());
            if (router != null) attached.get(index.get(net)).add(new Attached(router, weights.getOrDefault(end, 0.0)));
        }));
    }

    private void fill() {
        for (Edge e : edges) first[e.from + 1]++;
        for (int v = 0; v < vertices; v++) first[v + 1] += first[v];
        int[] next = first.clone();
        for (Edge e : edges) {
            int i = next[e.from]++;
            to[i] = e.to;
            weight[i] = e.weight;
            gateway[i] = e.gateway;
            nic[i] = e.nic;
        }
    }

    private int gateway(String address) {
        gateways.add(address);
        return gateways.size() - 1;
    }

    private int nic(String name) {
        return nicIndex.computeIfAbsent(name, n -> {
            nicNames.add(n);
            return nicNames.size() - 1;
        });
    }
}
