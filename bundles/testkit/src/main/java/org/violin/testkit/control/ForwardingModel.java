// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.control;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.violin.api.model.Cidr;
import org.violin.api.model.Endpoint;
import org.violin.api.model.LinkSpec;
import org.violin.api.model.NicSpec;
import org.violin.api.model.NodeKind;
import org.violin.api.model.NodeSpec;
import org.violin.api.model.RouteSpec;
import org.violin.api.model.ViolinSpec;

/**
 * Forwards packets by hand, slowly and plainly, as kernels with these routes would (longest prefix; connected before routed; only vRouters
 * forward). Used by tests to check computed routes; shares no code with any routing plugin.
 */
public final class ForwardingModel {
    /**
     * @param nodes guests visited, the sender first
     * @param failure why the packet was lost; empty when it arrived
     */
    public record Walk(List<String> nodes, String failure) {
        public boolean arrived() {
            return failure.isEmpty();
        }
    }

    private record Attachment(NodeSpec node, NicSpec nic) {}

    private final Map<String, NodeSpec> nodes;
    private final Map<String, List<RouteSpec>> routes;
    private final Map<String, List<Endpoint>> cables = new HashMap<>();

    public ForwardingModel(ViolinSpec spec, Map<String, List<RouteSpec>> routes) {
        this.nodes = spec.nodesByName();
        this.routes = routes;
        for (LinkSpec link : spec.links()) {
            cables.computeIfAbsent(vertex(link.a()), k -> new ArrayList<>()).add(link.b());
            cables.computeIfAbsent(vertex(link.b()), k -> new ArrayList<>()).add(link.a());
        }
    }

    /** Sends one packet to an address and follows it. */
    public Walk walk(String from, String address) {
        Cidr to = Cidr.parse(address);
        List<String> visited = new ArrayList<>();
        NodeSpec at = nodes.get(from);
        while (true) {
            visited.add(at.name());
            if (owns(at, to.address())) return new Walk(visited, "");
            if (visited.size() > nodes.size()) return new Walk(visited, "loop");
            if (visited.size() > 1 && at.kind() != NodeKind.VROUTER) return new Walk(visited, at.name() + " does not forward");
            Hop hop = hop(at, to);
            if (hop == null) return new Walk(visited, at.name() + " has no route to " + address);
            if (hop.via.equals(at.name())) return new Walk(visited, at.name() + " routes to itself");
            NodeSpec next = neighbour(at, hop);
            if (next == null) return new Walk(visited, at.name() + " finds no " + hop.via + " on " + hop.nic);
            at = next;
        }
    }

    /** True when the address answers on the segment of that vNIC and lies in one of the vNIC's subnets. */
    public boolean onLink(String node, String nic, String address) {
        NodeSpec n = nodes.get(node);
        return n.nic(nic).isPresent()
                && n.nic(nic).get().addresses().stream().anyMatch(a -> a.contains(Cidr.parse(address)))
                && neighbour(n, new Hop(address, nic)) != null;
    }

    private record Hop(String via, String nic) {}

    private Hop hop(NodeSpec at, Cidr to) {
        Hop best = null;
        int bestPrefix = -1;
        for (NicSpec nic : at.nics()) {
            for (Cidr own : nic.addresses()) {
                if (own.contains(to) && own.prefix() > bestPrefix) {
                    best = new Hop(to.address(), nic.name());
                    bestPrefix = own.prefix();
                }
            }
        }
        for (RouteSpec route : routes.getOrDefault(at.name(), List.of())) {
            if (route.destination().contains(to) && route.destination().prefix() > bestPrefix) {
                best = new Hop(route.via(), route.nic());
                bestPrefix = route.destination().prefix();
            }
        }
        return best;
    }

    private NodeSpec neighbour(NodeSpec at, Hop hop) {
        for (Attachment a : segment(at, hop.nic)) {
            if (a.nic.addresses().stream().anyMatch(c -> c.address().equals(hop.via)) && !a.node.name().equals(at.name())) return a.node;
        }
        return null;
    }

    /** All guests' vNICs that share the Ethernet of this vNIC. */
    private List<Attachment> segment(NodeSpec at, String nic) {
        List<Attachment> found = new ArrayList<>();
        List<String> open = new ArrayList<>(List.of(at.name() + ":" + nic));
        for (int i = 0; i < open.size(); i++) {
            for (Endpoint end : cables.getOrDefault(open.get(i), List.of())) {
                String v = vertex(end);
                if (open.contains(v)) continue;
                open.add(v);
                NodeSpec node = nodes.get(end.node());
                if (node.kind().isGuest()) node.nic(end.port()).ifPresent(n -> found.add(new Attachment(node, n)));
            }
        }
        return found;
    }

    private String vertex(Endpoint end) {
        return nodes.get(end.node()).kind() == NodeKind.VSWITCH ? end.node() : end.toString();
    }

    private static boolean owns(NodeSpec node, String address) {
        return node.nics().stream().anyMatch(n -> n.addresses().stream().anyMatch(c -> c.address().equals(address)));
    }
}
