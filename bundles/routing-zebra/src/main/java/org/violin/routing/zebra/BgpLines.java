// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.zebra;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.violin.api.model.Cidr;
import org.violin.api.routing.Neighbour;
import org.violin.api.routing.RouterNic;
import org.violin.api.routing.RouterSpec;

/** BGP-4 (RFC 4271): to each neighbour of another autonomous system on a link, and to every mate of the own one. Pure. */
final class BgpLines {
    private final RouterSpec spec;
    private final Settings settings;
    private final Config config;

    /** @param source own address to speak from; empty: the link's */
    private record Peer(String address, long as, boolean ipv6, String source) {}

    BgpLines(RouterSpec spec, Settings settings, Config config) {
        this.spec = spec;
        this.settings = settings;
        this.config = config;
    }

    void write() {
        String router = "router bgp " + spec.as();
        config.add(router, "bgp router-id " + spec.routerId(), "no bgp ebgp-requires-policy", "no bgp network import-check",
                "no bgp default ipv4-unicast", "bgp bestpath as-path multipath-relax", "timers bgp 1 3", "bgp graceful-restart",
                "bgp graceful-restart restart-time 30", "bgp graceful-restart preserve-fw-state");
        Map<String, Peer> peers = new TreeMap<>();
        for (boolean ipv6 : new boolean[] {false, true}) {
            for (RouterNic nic : spec.nics()) outside(nic, ipv6, peers);
            for (Neighbour mate : spec.mates()) inside(mate, ipv6, peers);
        }
        for (Peer p : peers.values()) {
            String neighbor = "neighbor " + p.address;
            config.add(router, neighbor + " remote-as " + p.as, neighbor + " timers connect 1", neighbor + " advertisement-interval 0");
            if (!p.source.isEmpty()) config.add(router, neighbor + " update-source " + p.source);
            if (settings.bfd()) config.add(router, neighbor + " bfd", neighbor + " bfd profile " + ConfigWriter.FAST);
        }
        for (boolean ipv6 : new boolean[] {false, true}) family(router, ipv6, peers);
    }

    private void family(String router, boolean ipv6, Map<String, Peer> peers) {
        List<String> context = List.of(router, "address-family " + (ipv6 ? "ipv6" : "ipv4") + " unicast");
        if (ipv6 && spec.nics().stream().noneMatch(n -> ConfigWriter.has(n, true)) && ConfigWriter.loopbacks(spec, true).isEmpty()) return;
        config.add(context, "redistribute connected");
        if (spec.speaks("ospf")) config.add(context, "redistribute " + (ipv6 ? "ospf6" : "ospf"));
        if (spec.speaks("isis")) config.add(context, "redistribute isis");
        if (spec.speaks("rip")) config.add(context, "redistribute " + (ipv6 ? "ripng" : "rip"));
        if (spec.routes().stream().anyMatch(r -> r.destination().isIpv6() == ipv6)) config.add(context, "redistribute static");
        if (!ipv6 && ConfigWriter.wayOut(spec)) config.add(context, "redistribute kernel route-map " + ConfigWriter.DEFAULT_ONLY);
        for (Peer p : peers.values()) {
            if (p.ipv6 != ipv6) continue;
            config.add(context, "neighbor " + p.address + " activate");
            if (p.as == spec.as()) config.add(context, "neighbor " + p.address + " next-hop-self");
        }
        config.add(context, "maximum-paths 64");
    }

    private void outside(RouterNic nic, boolean ipv6, Map<String, Peer> peers) {
        for (Neighbour n : nic.neighbours()) {
            if (!n.protocols().contains("bgp") || n.as() == spec.as() || n.as() == 0) continue;
            for (Cidr own : ConfigWriter.addresses(nic.spec().addresses(), ipv6)) {
                for (Cidr theirs : ConfigWriter.addresses(n.addresses(), ipv6)) {
                    if (own.network().equals(theirs.network())) peers.putIfAbsent(theirs.address(), new Peer(theirs.address(), n.as(), ipv6, ""));
                }
            }
        }
    }

    private void inside(Neighbour mate, boolean ipv6, Map<String, Peer> peers) {
        if (!mate.protocols().contains("bgp")) return;
        List<Cidr> theirs = ConfigWriter.addresses(mate.addresses(), ipv6);
        if (theirs.isEmpty()) return;
        List<Cidr> own = ConfigWriter.loopbacks(spec, ipv6);
        String source = own.isEmpty() ? "" : own.get(0).address();
        peers.putIfAbsent(theirs.get(0).address(), new Peer(theirs.get(0).address(), spec.as(), ipv6, source));
    }
}
