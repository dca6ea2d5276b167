// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.zebra;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.violin.api.model.Cidr;
import org.violin.api.routing.ControlStatus.Adjacency;
import org.violin.api.routing.Neighbour;
import org.violin.api.routing.RouterNic;
import org.violin.api.routing.RouterSpec;

/**
 * Whether a router that began knows what there is to know: its neighbours are there (RFC 3623, 3.2: all adjacencies; RFC 4724: all peers)
 * and its routes are quiet, or nobody new was heard for longer than a neighbour may be silent. Pure.
 */
final class Convergence {
    private static final long QUIET_MILLIS = 1000;
    /** Of a database exchange, beyond the dead time. */
    private static final long MORE_MILLIS = 2000;

    private Convergence() {}

    /** @param quietMillis since the last change of routes */
    static boolean reached(RouterSpec spec, List<Adjacency> now, long quietMillis) {
        long enough = allThere(spec, now) ? QUIET_MILLIS : Settings.of(spec).deadMillis() + MORE_MILLIS;
        return quietMillis >= enough;
    }

    /** Somebody on each vNIC where a neighbour of the protocol is wanted (of many on a vSwitch not all become Full); all BGP peers. */
    static boolean allThere(RouterSpec spec, List<Adjacency> now) {
        Set<String> up = new HashSet<>();
        int heard = 0;
        for (Adjacency a : now) {
            if (a.up()) up.add(a.protocol() + " " + a.nic());
            if (a.protocol().equals("rip")) heard++;
            if (a.protocol().equals("bgp") && !a.up()) return false;
        }
        int silent = 0;
        for (RouterNic nic : spec.nics()) {
            for (boolean ipv6 : new boolean[] {false, true}) {
                if (!ConfigWriter.has(nic, ipv6)) continue;
                if (wanted(spec, nic, "ospf", ipv6) && !up.contains((ipv6 ? "ospf6 " : "ospf ") + nic.spec().name())) return false;
                if (wanted(spec, nic, "rip", ipv6)) silent++;
            }
            if (spec.speaks("isis") && ConfigWriter.speaksOn(spec, nic, "isis") && !up.contains("isis " + nic.spec().name())) return false;
        }
        return heard >= silent;
    }

    private static boolean wanted(RouterSpec spec, RouterNic nic, String protocol, boolean ipv6) {
        if (!spec.speaks(protocol) || !ConfigWriter.speaksOn(spec, nic, protocol)) return false;
        for (Neighbour n : nic.neighbours()) {
            List<Cidr> theirs = ConfigWriter.addresses(n.addresses(), ipv6);
            if (n.protocols().contains(protocol) && n.as() == spec.as() && !theirs.isEmpty()) return true;
        }
        return false;
    }
}
