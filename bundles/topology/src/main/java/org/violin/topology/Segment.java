// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.violin.api.model.Cidr;
import org.violin.api.model.Endpoint;

/** One vLAN or point-to-point link: the vNICs that reach each other without a router. */
final class Segment {
    /** In the order of the file. */
    final List<Member> members = new ArrayList<>();
    /** Names of the vSwitches in it. */
    final List<String> switches = new ArrayList<>();
    final Draft.Addressing given = new Draft.Addressing();
    /** Subnets by family, filled by {@link SubnetPlan}: first the one that automatic addresses come from. */
    final List<Cidr> ipv4 = new ArrayList<>();
    final List<Cidr> ipv6 = new ArrayList<>();
    /** Whether the file gives the subnet of that family; else addresses without prefix length have no meaning here. */
    boolean givenIpv4;
    boolean givenIpv6;
    int line = Integer.MAX_VALUE;
    /** MTU given by a vSwitch; 0 when none. */
    int mtu;

    /** One vNIC in it; {@code node} is a guest, {@code wire} the link it is at. */
    record Member(Draft.Node node, Endpoint end, Draft.Nic nic, Wiring.Wire wire) {}

    List<Cidr> subnets(boolean ipv6Family) {
        return ipv6Family ? ipv6 : ipv4;
    }

    boolean isGiven(boolean ipv6Family) {
        return ipv6Family ? givenIpv6 : givenIpv4;
    }

    boolean isLan() {
        return !switches.isEmpty();
    }

    /** What people call it: its first vSwitch, or the link. */
    String word() {
        if (isLan()) return "vLAN " + switches.get(0);
        Wiring.Wire wire = members.get(0).wire();
        return "link " + wire.a() + "--" + wire.b();
    }

    /** The connected parts of vSwitches and links; a loop of vSwitches is a mistake, as frames would circle in it for ever. */
    static List<Segment> of(Draft draft, List<Wiring.Wire> wires, Mistakes mistakes) {
        Map<String, String> parent = new LinkedHashMap<>();
        for (Draft.Node node : draft.nodes.values()) if (!node.kind.isGuest()) parent.put(node.name, node.name);
        for (Wiring.Wire wire : wires) {
            String a = key(wire.a(), draft);
            String b = key(wire.b(), draft);
            parent.putIfAbsent(a, a);
            parent.putIfAbsent(b, b);
            String rootA = root(parent, a);
            String rootB = root(parent, b);
            if (!rootA.equals(rootB)) parent.put(rootB, rootA);
            else mistakes.add(wire.link().line, wire.a() + "--" + wire.b(),
                    "this link closes a loop of vswitches; frames would circle for ever");
        }
        Map<String, Segment> segments = new LinkedHashMap<>();
        for (Draft.Node node : draft.nodes.values()) {
            if (node.kind.isGuest()) continue;
            Segment segment = segments.computeIfAbsent(root(parent, node.name), k -> new Segment());
            segment.switches.add(node.name);
            segment.given.add(node.subnets);
            segment.line = Math.min(segment.line, node.line);
            if (segment.mtu == 0) segment.mtu = node.mtu;
        }
        for (Wiring.Wire wire : wires) {
            Segment segment = segments.computeIfAbsent(root(parent, key(wire.a(), draft)), k -> new Segment());
            segment.given.add(wire.link().subnets);
            segment.line = Math.min(segment.line, wire.link().line);
            segment.join(draft, wire, wire.a(), wire.link().a);
            segment.join(draft, wire, wire.b(), wire.link().b);
        }
        return List.copyOf(segments.values());
    }

    private void join(Draft draft, Wiring.Wire wire, Endpoint at, Draft.End end) {
        Draft.Node node = draft.nodes.get(at.node());
        if (!node.kind.isGuest()) return;
        Draft.Nic nic = node.nics.computeIfAbsent(at.port(), k -> new Draft.Nic(end.line()));
        nic.add(end.nic());
        members.add(new Member(node, at, nic, wire));
    }

    private static String key(Endpoint end, Draft draft) {
        return draft.nodes.get(end.node()).kind.isGuest() ? end.toString() : end.node();
    }

    private static String root(Map<String, String> parent, String of) {
        String at = of;
        while (!parent.get(at).equals(at)) {
            // Halve the path as we go.
            String up = parent.get(parent.get(at));
            parent.put(at, up);
            at = up;
        }
        return at;
    }
}
