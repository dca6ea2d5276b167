// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.violin.api.model.Cidr;
import org.violin.api.model.Endpoint;
import org.violin.api.model.LinkSpec;
import org.violin.api.model.NicSpec;
import org.violin.api.model.NodeSpec;
import org.violin.api.model.Timeline;
import org.violin.api.model.ViolinSpec;

/**
 * Makes a spec of a draft: names the ports, finds the segments, gives subnets, addresses, MACs and MTUs, and checks the whole. Automatic
 * things stay as they are in the present spec while they are legal, so an edit changes nothing but what was edited. Deterministic.
 */
final class Completion {
    private final Draft draft;
    private final Present present;
    private final Mistakes mistakes;
    private final Map<Endpoint, List<Cidr>> addresses = new HashMap<>();
    private final Map<Endpoint, Integer> mtus = new HashMap<>();

    Completion(Draft draft, Optional<ViolinSpec> present, Mistakes mistakes) {
        this.draft = draft;
        this.present = new Present(present);
        this.mistakes = mistakes;
    }

    /** Empty when there are mistakes, old or new. */
    Optional<ViolinSpec> spec() {
        if (tooMany("nodes", draft.nodes.size(), ViolinFormat.MAX_NODES) | tooMany("links", draft.links.size(), ViolinFormat.MAX_LINKS)) {
            return Optional.empty();
        }
        new GroupCheck(draft, mistakes).check();
        boolean readable = mistakes.none();
        List<Wiring.Wire> wires = new Wiring(draft, present, mistakes).wires();
        boolean wired = mistakes.none();
        List<Segment> segments = Segment.of(draft, wires, mistakes);
        unlinked(segments, wires);
        for (boolean ipv6 : new boolean[] {false, true}) {
            new SubnetPlan(ipv6, draft.pool(ipv6), present, mistakes).fill(segments, draft.nodes.values());
            AddressPlan plan = new AddressPlan(ipv6, present, mistakes, addresses);
            segments.forEach(plan::fill);
        }
        new RouterCheck(draft, mistakes).check(segments);
        segments.forEach(this::mtus);
        Map<Endpoint, String> macs = new MacPlan(draft, present, mistakes).macs();
        RouteCheck routes = new RouteCheck(addresses, mistakes, readable && wired);
        ConditionCheck conditions = new ConditionCheck(mistakes);
        List<LinkSpec> links = wires.stream().map(conditions::link).toList();
        Timeline timeline = draft.timeline == null ? Timeline.NONE : new TimelineKeys(draft, new LinkNames(draft, wires, wired, mistakes), reachable(), mistakes).read();
        List<NodeSpec> nodes = new ArrayList<>();
        for (Draft.Node node : draft.nodes.values()) {
            List<NicSpec> nics = nics(node, macs);
            if (draft.name.isEmpty()) continue;
            nodes.add(new NodeSpec(node.name, node.kind, node.host, node.provider, node.limits, nics, routes.routes(node), node.exec,
                    node.attributes));
        }
        if (!mistakes.none()) return Optional.empty();
        return Optional.of(new ViolinSpec(draft.name, nodes, links, draft.attributes, timeline));
    }

    /** Nodes that have an address. */
    private Set<String> reachable() {
        Set<String> nodes = new HashSet<>();
        addresses.forEach((end, list) -> {
            if (!list.isEmpty()) nodes.add(end.node());
        });
        draft.nodes.values().forEach(node -> {
            if (!node.loopbacks.isEmpty()) nodes.add(node.name);
        });
        return nodes;
    }

    private boolean tooMany(String what, int count, int limit) {
        if (count > limit) mistakes.add(0, String.valueOf(count), "a violin has at most " + limit + " " + what);
        return count > limit;
    }

    /** Interfaces that no link uses have what the file gives them and nothing automatic. */
    private void unlinked(List<Segment> segments, List<Wiring.Wire> wires) {
        java.util.Set<Endpoint> linked = new java.util.HashSet<>();
        for (Wiring.Wire wire : wires) {
            linked.add(wire.a());
            linked.add(wire.b());
        }
        for (Draft.Node node : draft.nodes.values()) {
            node.nics.forEach((name, nic) -> {
                Endpoint end = new Endpoint(node.name, name);
                if (linked.contains(end)) return;
                for (Draft.Given given : nic.addresses.given) {
                    if (given.bare()) mistakes.add(given.line(), given.cidr().address(),
                            "the prefix length is missing, and no link leads to " + end);
                    else addresses.computeIfAbsent(end, k -> new ArrayList<>()).add(given.cidr());
                }
            });
        }
    }

    private void mtus(Segment segment) {
        int lowest = Integer.MAX_VALUE;
        int highest = 0;
        for (Segment.Member m : segment.members) {
            int mtu = first(m.nic().mtu, m.wire().link().mtu, segment.mtu, draft.mtu);
            mtus.put(m.end(), mtu);
            lowest = Math.min(lowest, mtu);
            highest = Math.max(highest, mtu);
        }
        if (highest > 0 && lowest != highest) mistakes.note("MTUs from " + lowest + " to " + highest + " in " + segment.word()
                + ": large packets get lost");
    }

    private static int first(int... values) {
        for (int value : values) if (value != 0) return value;
        return 0;
    }

    private List<NicSpec> nics(Draft.Node node, Map<Endpoint, String> macs) {
        List<NicSpec> nics = new ArrayList<>();
        node.nics.forEach((name, nic) -> {
            Endpoint end = new Endpoint(node.name, name);
            List<Cidr> list = addresses.getOrDefault(end, List.of());
            int mtu = mtus.getOrDefault(end, first(nic.mtu, draft.mtu));
            if (mtu < AddressKeys.MIN_MTU_IPV6 && list.stream().anyMatch(Cidr::isIpv6)) {
                mistakes.add(nic.line, String.valueOf(mtu), "an MTU below " + AddressKeys.MIN_MTU_IPV6
                        + " needs 'ipv6: none' (RFC 8200): interface " + end);
            }
            nics.add(new NicSpec(name, macs.get(end), mtu, list));
        });
        nics.sort(java.util.Comparator.comparing(NicSpec::name, NaturalOrder.INSTANCE));
        return nics;
    }
}
