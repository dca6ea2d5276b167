// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.violin.api.model.Endpoint;
import org.violin.api.model.LinkSpec;

/**
 * Checks the ends of all links and names the ports that the file leaves open: as they are named now where that is still possible, else the
 * lowest free {@code ethN} at guests, and at a vSwitch a name made from the far end, so that no other port's name depends on it.
 */
final class Wiring {
    /** vNICs of one guest. */
    static final int MAX_NICS = 1000;

    /** A link with both ports named. {@code a} and {@code b} are in the order of the file. */
    record Wire(Draft.Link link, Endpoint a, Endpoint b) {}

    private final Draft draft;
    private final Present present;
    private final Mistakes mistakes;
    private final Map<Endpoint, Draft.Link> used = new HashMap<>();
    private final Map<String, Integer> lowest = new HashMap<>();
    private final Map<String, Integer> portsOfGuest = new HashMap<>();

    Wiring(Draft draft, Present present, Mistakes mistakes) {
        this.draft = draft;
        this.present = present;
        this.mistakes = mistakes;
    }

    /** The links that can be made, in the order of the file; what is wrong with the others is reported. */
    List<Wire> wires() {
        List<Draft.Link> good = new ArrayList<>();
        for (Draft.Link link : draft.links) if (check(link)) good.add(link);
        good.removeIf(link -> !reserve(link, link.a) | !reserve(link, link.b));
        Wire[] wires = new Wire[good.size()];
        for (int i = 0; i < wires.length; i++) wires[i] = kept(good.get(i));
        for (int i = 0; i < wires.length; i++) if (wires[i] == null) wires[i] = named(good.get(i));
        portsOfGuest.forEach((node, ports) -> {
            if (ports > MAX_NICS) mistakes.add(draft.nodes.get(node).line, node, ports + " interfaces; a node has at most " + MAX_NICS);
        });
        return List.of(wires);
    }

    private boolean check(Draft.Link link) {
        boolean known = check(link.a) & check(link.b);
        if (known && link.a.node().equals(link.b.node())) {
            mistakes.add(link.line, link.a.node(), "a link joins two different nodes");
            return false;
        }
        return known && (unaddressed(link.a) & unaddressed(link.b));
    }

    private boolean check(Draft.End end) {
        if (draft.nodes.containsKey(end.node())) return true;
        mistakes.add(end.line(), end.node(), "no such node" + Nearest.hint(end.node(), draft.nodes.keySet()));
        return false;
    }

    private boolean unaddressed(Draft.End end) {
        boolean plain = end.nic().mac.isEmpty() && end.nic().mtu == 0 && end.nic().addresses.given.isEmpty();
        if (plain || draft.nodes.get(end.node()).kind.isGuest()) return true;
        mistakes.add(end.line(), end.node(), "a port of a vswitch has no addresses");
        return false;
    }

    private boolean reserve(Draft.Link link, Draft.End end) {
        if (draft.nodes.get(end.node()).kind.isGuest()) portsOfGuest.merge(end.node(), 1, Integer::sum);
        if (end.port().isEmpty()) return true;
        Endpoint port = new Endpoint(end.node(), end.port());
        Draft.Link first = used.putIfAbsent(port, link);
        if (first == null) return true;
        mistakes.add(end.line(), port.toString(), "this interface is already used by the link in line " + first.line);
        return false;
    }

    /** The names of a present link between the same nodes, when none of them is taken and the given ones are the same. */
    private Wire kept(Draft.Link link) {
        if (!link.a.port().isEmpty() && !link.b.port().isEmpty()) return wire(link, link.a.port(), link.b.port());
        for (Iterator<LinkSpec> i = present.links(link.a.node(), link.b.node()).iterator(); i.hasNext();) {
            LinkSpec old = i.next();
            boolean same = old.a().node().equals(link.a.node());
            Endpoint a = same ? old.a() : old.b();
            Endpoint b = same ? old.b() : old.a();
            if (fits(link.a, a) && fits(link.b, b)) {
                i.remove();
                used.put(a, link);
                used.put(b, link);
                return wire(link, a.port(), b.port());
            }
        }
        return null;
    }

    private boolean fits(Draft.End end, Endpoint old) {
        return end.port().isEmpty() ? !used.containsKey(old) : end.port().equals(old.port());
    }

    private Wire named(Draft.Link link) {
        boolean guestA = draft.nodes.get(link.a.node()).kind.isGuest();
        // A vSwitch's port is named after the far end, so guests first.
        String a = guestA ? name(link, link.a, null) : null;
        String b = name(link, link.b, link.a.node() + (a == null ? "" : "-" + a));
        if (a == null) a = name(link, link.a, link.b.node() + (draft.nodes.get(link.b.node()).kind.isGuest() ? "-" + b : ""));
        return wire(link, a, b);
    }

    private String name(Draft.Link link, Draft.End end, String far) {
        if (!end.port().isEmpty()) return end.port();
        String port = draft.nodes.get(end.node()).kind.isGuest() ? lowest(end.node()) : after(end.node(), farNode(link, end), far);
        used.put(new Endpoint(end.node(), port), link);
        return port;
    }

    private static String farNode(Draft.Link link, Draft.End end) {
        return end == link.a ? link.b.node() : link.a.node();
    }

    private String lowest(String node) {
        int n = lowest.getOrDefault(node, 0);
        while (used.containsKey(new Endpoint(node, "eth" + n))) n++;
        lowest.put(node, n + 1);
        return "eth" + n;
    }

    private String after(String node, String farNode, String far) {
        String name = PortName.of(farNode);
        for (int n = 0; used.containsKey(new Endpoint(node, name)); n++) name = PortName.of(far + (n == 0 ? "" : "-" + n));
        return name;
    }

    private static Wire wire(Draft.Link link, String a, String b) {
        return new Wire(link, new Endpoint(link.a.node(), a), new Endpoint(link.b.node(), b));
    }
}
