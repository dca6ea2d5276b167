// SPDX-License-Identifier: Apache-2.0
package org.violin.swap;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.violin.api.cluster.HostInfo;
import org.violin.api.dataplane.Frames;
import org.violin.api.model.Cidr;
import org.violin.api.model.Endpoint;
import org.violin.api.model.Limits;
import org.violin.api.model.LinkSpec;
import org.violin.api.model.NicSpec;
import org.violin.api.model.NodeId;
import org.violin.api.model.NodeKind;
import org.violin.api.model.NodeSpec;
import org.violin.api.model.ViolinSpec;
import org.violin.api.placement.Demand;
import org.violin.api.placement.Distances;
import org.violin.api.placement.Substrate;
import org.violin.api.routing.RouterNic;
import org.violin.api.routing.RouterSpec;

/** What providers are tried with: two hosts, a vHost on each side of a vRouter, Ethernet frames. Addresses are those of RFC 5737. */
final class Samples {
    static final String WORD = "trial";
    static final List<String> NODES = List.of("a", "r", "b");
    static final List<HostInfo> HOSTS = List.of(host("trial1", "192.0.2.1"), host("trial2", "192.0.2.2"));

    private Samples() {}

    private static HostInfo host(String name, String address) {
        return new HostInfo(name, address, 4789, 0, 0, 4, 1L << 30, List.of(WORD), "0", 1, 0, "");
    }

    /** a:eth0 - r:eth0, r:eth1 - b:eth0. */
    static ViolinSpec violin() {
        NodeSpec a = node("a", NodeKind.VHOST, nic("eth0", 1, "198.51.100.2/30"));
        NodeSpec r = node("r", NodeKind.VROUTER, nic("eth0", 2, "198.51.100.1/30"), nic("eth1", 3, "198.51.100.5/30"));
        NodeSpec b = node("b", NodeKind.VHOST, nic("eth0", 4, "198.51.100.6/30"));
        LinkSpec left = new LinkSpec(new Endpoint("a", "eth0"), new Endpoint("r", "eth0"), 1, 0, Map.of());
        LinkSpec right = new LinkSpec(new Endpoint("b", "eth0"), new Endpoint("r", "eth1"), 1, 0, Map.of());
        return new ViolinSpec(WORD, List.of(a, r, b), List.of(left, right), Map.of());
    }

    /** The same for placement: traffic of 1 Mbit/s on each link. */
    static Demand demand() {
        List<Demand.Entity> nodes = NODES.stream().map(n -> new Demand.Entity(n, 0, 0, 0.1, List.of(), "", 0)).toList();
        List<Demand.Traffic> traffic = violin().links().stream()
                .map(l -> new Demand.Traffic(l.a().node(), l.b().node(), 1, 0, Double.POSITIVE_INFINITY)).toList();
        return new Demand(nodes, traffic, List.of(), Demand.Weights.LATENCY, true);
    }

    static Substrate substrate() {
        return new Substrate(HOSTS.stream().map(h -> Substrate.Host.free(h.name())).toList(), Distances.even(HOSTS.size(), 10), List.of());
    }

    /** The vRouter of {@link #violin}, between its two vHosts. @param protocol empty: none @param control empty: none */
    static RouterSpec router(String protocol, String control, String forwarding) {
        NodeSpec r = violin().nodesByName().get("r");
        List<RouterNic> nics = r.nics().stream().map(n -> new RouterNic(n, 1, true, List.of(), Map.of())).toList();
        return new RouterSpec(new NodeId(WORD, "r"), "198.51.100.1", 64496, protocol.isEmpty() ? Set.of() : Set.of(protocol), control, forwarding, nics,
                List.of(), List.of("203.0.113.1/32"), Map.of(), ""); // AS: RFC 5398
    }

    private static NodeSpec node(String name, NodeKind kind, NicSpec... nics) {
        return new NodeSpec(name, kind, Optional.empty(), WORD, Limits.NONE, List.of(nics), List.of(), List.of(), Map.of());
    }

    private static NicSpec nic(String name, int number, String address) {
        return new NicSpec(name, "02:00:5e:10:00:0" + number, 1500, List.of(Cidr.parse(address)));
    }

    /** A record with a frame of 60 bytes between two stations; to station 0: to all. Direct, from its beginning. */
    static ByteBuffer frame(int from, int to) {
        ByteBuffer slab = ByteBuffer.allocateDirect(Frames.OFFLOAD_HEADER + 60);
        int at = Frames.OFFLOAD_HEADER;
        slab.putShort(at, (short) (to == 0 ? 0xffff : 0x0200)).putInt(at + 2, to == 0 ? -1 : 0x5e100000 | to);
        slab.putShort(at + 6, (short) 0x0200).putInt(at + 8, 0x5e100000 | from);
        return slab.putShort(at + 12, (short) 0x88b5); // local experimental EtherType 1 of IEEE 802
    }
}
