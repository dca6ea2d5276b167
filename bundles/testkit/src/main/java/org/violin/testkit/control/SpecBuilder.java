// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.control;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.violin.api.model.Cidr;
import org.violin.api.model.Endpoint;
import org.violin.api.model.Limits;
import org.violin.api.model.LinkSpec;
import org.violin.api.model.NicSpec;
import org.violin.api.model.NodeKind;
import org.violin.api.model.NodeSpec;
import org.violin.api.model.RouteSpec;
import org.violin.api.model.ViolinSpec;

/** Writes a violin in a few lines of a test. Nothing is checked or completed: what is not said is not there. */
public final class SpecBuilder {
    private final String name;
    private final Map<String, NodeSpec> nodes = new LinkedHashMap<>();
    private final List<LinkSpec> links = new ArrayList<>();
    private final Map<String, String> attributes = new TreeMap<>();
    private int macs;

    private SpecBuilder(String name) {
        this.name = name;
    }

    public static SpecBuilder violin(String name) {
        return new SpecBuilder(name);
    }

    /** The paper's Figure 2: two LANs of two vHosts each, joined by one vRouter, IPv4 and IPv6. */
    public static SpecBuilder figure2() {
        SpecBuilder b = violin("figure2").vswitches("vSwitch1", "vSwitch2");
        b.vrouter("vRouter1").nic("vRouter1", "eth1", "10.0.1.1/24", "fd00:1::1/64").nic("vRouter1", "eth2", "10.0.2.1/24", "fd00:2::1/64");
        b.vhost("vHost1").nic("vHost1", "eth1", "10.0.1.2/24", "fd00:1::2/64");
        b.vhost("vHost2").nic("vHost2", "eth1", "10.0.1.3/24", "fd00:1::3/64");
        b.vhost("vHost3").nic("vHost3", "eth1", "10.0.2.2/24", "fd00:2::2/64");
        b.vhost("vHost4").nic("vHost4", "eth1", "10.0.2.3/24", "fd00:2::3/64");
        b.link("vSwitch1:p1", "vHost1:eth1", 1).link("vSwitch1:p2", "vHost2:eth1", 1).link("vSwitch1:p3", "vRouter1:eth1", 1);
        return b.link("vSwitch2:p1", "vHost3:eth1", 1).link("vSwitch2:p2", "vHost4:eth1", 1).link("vSwitch2:p3", "vRouter1:eth2", 1);
    }

    public SpecBuilder attribute(String key, String value) {
        attributes.put(key, value);
        return this;
    }

    public SpecBuilder vhost(String node) {
        return add(node, NodeKind.VHOST, "netns");
    }

    public SpecBuilder vrouter(String node) {
        return add(node, NodeKind.VROUTER, "netns");
    }

    public SpecBuilder vswitches(String... names) {
        for (String node : names) add(node, NodeKind.VSWITCH, "learning");
        return this;
    }

    /** Adds a vNIC with these addresses to a node that is already there. */
    public SpecBuilder nic(String node, String nic, String... addresses) {
        List<NicSpec> nics = new ArrayList<>(nodes.get(node).nics());
        int n = ++macs;
        String mac = String.format("02:00:5e:%02x:%02x:%02x", n >> 16 & 255, n >> 8 & 255, n & 255);
        nics.add(new NicSpec(nic, mac, 1500, Arrays.stream(addresses).map(Cidr::parse).toList()));
        nodes.put(node, nodes.get(node).withNics(nics));
        return this;
    }

    public SpecBuilder link(String a, String b, double cost) {
        return link(a, b, cost, 0);
    }

    public SpecBuilder link(String a, String b, double cost, double delayMillis) {
        links.add(new LinkSpec(Endpoint.parse(a), Endpoint.parse(b), cost, delayMillis, Map.of()));
        return this;
    }

    /** Adds a route of the file. */
    public SpecBuilder route(String node, String destination, String via, String nic) {
        NodeSpec n = nodes.get(node);
        List<RouteSpec> routes = new ArrayList<>(n.routes());
        routes.add(new RouteSpec(Cidr.parse(destination), via, nic, 0));
        nodes.put(node, new NodeSpec(node, n.kind(), n.host(), n.provider(), n.limits(), n.nics(), routes, n.exec(), n.attributes()));
        return this;
    }

    /** Pins a node to an overlay host. */
    public SpecBuilder pin(String node, String host) {
        NodeSpec n = nodes.get(node);
        nodes.put(node, new NodeSpec(node, n.kind(), Optional.of(host), n.provider(), n.limits(), n.nics(), n.routes(), n.exec(),
                n.attributes()));
        return this;
    }

    /** Gives a node limits and, if not null, another provider. */
    public SpecBuilder needs(String node, Limits limits, String provider) {
        NodeSpec n = nodes.get(node);
        String kind = provider == null ? n.provider() : provider;
        nodes.put(node, new NodeSpec(node, n.kind(), n.host(), kind, limits, n.nics(), n.routes(), n.exec(), n.attributes()));
        return this;
    }

    /** Gives a node an attribute. */
    public SpecBuilder attribute(String node, String key, String value) {
        NodeSpec n = nodes.get(node);
        Map<String, String> more = new TreeMap<>(n.attributes());
        more.put(key, value);
        nodes.put(node, new NodeSpec(node, n.kind(), n.host(), n.provider(), n.limits(), n.nics(), n.routes(), n.exec(), more));
        return this;
    }

    public ViolinSpec build() {
        return new ViolinSpec(name, List.copyOf(nodes.values()), links, attributes);
    }

    private SpecBuilder add(String node, NodeKind kind, String provider) {
        nodes.put(node, new NodeSpec(node, kind, Optional.empty(), provider, Limits.NONE, List.of(), List.of(), List.of(), Map.of()));
        return this;
    }
}
