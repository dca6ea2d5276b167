// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.math.BigInteger;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.violin.api.model.Cidr;

/** Checks what vRouters of one violin must not have in common: router-ids, and addresses of their own that are in no segment's subnet; and the interfaces that their services name. */
final class RouterCheck {
    private final Draft draft;
    private final Mistakes mistakes;
    /** By family and first address; subnets do not overlap, or that is a mistake of its own. */
    private final Map<Boolean, TreeMap<BigInteger, Owned>> subnets = Map.of(false, new TreeMap<>(), true, new TreeMap<>());

    private record Owned(Block block, Segment segment) {}

    RouterCheck(Draft draft, Mistakes mistakes) {
        this.draft = draft;
        this.mistakes = mistakes;
    }

    /** Reports mistakes, and keeps the loopbacks as attribute {@code loopback}: with prefix length, IPv4 first, joined by commas. */
    void check(List<Segment> segments) {
        index(segments);
        Map<String, Draft.Node> byId = new HashMap<>();
        Map<String, Draft.Given> byAddress = new HashMap<>();
        for (Draft.Node node : draft.nodes.values()) {
            String id = node.attributes.get("router-id");
            Draft.Node first = id == null ? null : byId.putIfAbsent(id, node);
            if (first != null && node.routerIdLine > 0) mistakes.add(node.routerIdLine, id, "this router-id is already given to '" + first.name + "', line "
                    + first.routerIdLine);
            for (Draft.Given loopback : node.loopbacks) {
                Draft.Given other = byAddress.putIfAbsent(loopback.cidr().address(), loopback);
                if (other != null) mistakes.add(loopback.line(), loopback.cidr().address(), "this address is already given in line " + other.line());
                else outside(loopback);
            }
            nics(node);
            if (node.loopbacks.isEmpty()) continue;
            node.attributes.put("loopback", node.loopbacks.stream().map(Draft.Given::cidr).sorted(Comparator.comparing(Cidr::isIpv6))
                    .map(Cidr::toString).collect(Collectors.joining(",")));
        }
    }

    /** The interfaces that services name; by now all have their names. */
    private void nics(Draft.Node node) {
        boolean wayOut = node.attributes.containsKey(ServiceKeys.PREFIX + ServiceKeys.UPLINK);
        node.serviceNics.forEach((service, nics) -> {
            for (ServiceKeys.Nic nic : nics) {
                boolean known = node.nics.containsKey(nic.name()) || wayOut && nic.name().equals(ServiceKeys.UPLINK);
                if (!known) mistakes.add(nic.line(), nic.name(), "no interface of '" + node.name + "', for its service " + service + "; it has "
                        + (node.nics.isEmpty() ? "none" : String.join(", ", new java.util.TreeSet<>(node.nics.keySet()))));
            }
        });
    }

    private void index(List<Segment> segments) {
        if (draft.nodes.values().stream().allMatch(n -> n.loopbacks.isEmpty())) return;
        for (Segment segment : segments) {
            subnets.forEach((ipv6, owned) -> {
                for (Cidr subnet : segment.subnets(ipv6)) owned.put(Block.of(subnet).low(), new Owned(Block.of(subnet), segment));
            });
        }
    }

    private void outside(Draft.Given loopback) {
        BigInteger number = Block.number(loopback.cidr());
        Map.Entry<BigInteger, Owned> before = subnets.get(loopback.cidr().isIpv6()).floorEntry(number);
        if (before == null || !before.getValue().block().contains(number)) return;
        mistakes.add(loopback.line(), loopback.cidr().address(), "in " + before.getValue().block().cidr() + ", the subnet of "
                + before.getValue().segment().word() + ": a loopback is in no interface's subnet");
    }
}
