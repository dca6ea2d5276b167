// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.kernel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.violin.api.model.Cidr;

/**
 * Folds the routes of one vHost into a default route and the exceptions to it. The default goes to the next hop that serves most subnets
 * (ties: the nearest, then the first seen); where only one router is on the segment that is always this one, whatever is behind it, so a
 * change elsewhere in the violin does not touch the vHost.
 */
final class DefaultRoute {
    private record Hop(int gateway, String nic) {}

    private record Chosen(int destination, Hop hop) {}

    private final Layer3 net;
    private final Layer3.Stub stub;
    private final Map<Hop, Integer> served = new HashMap<>();
    private final List<Chosen> chosen = new ArrayList<>();
    private Hop nearest;

    DefaultRoute(Layer3 net, Layer3.Stub stub) {
        this.net = net;
        this.stub = stub;
    }

    /** Called first, with the paths to the nearest router. */
    void nearest(ShortestPaths paths) {
        nearest = best(paths);
    }

    /** Called for each subnet the vHost is not in, in order, with the paths to it. */
    void consider(int destination, ShortestPaths paths) {
        Hop hop = best(paths);
        if (hop == null) return;
        chosen.add(new Chosen(destination, hop));
        served.merge(hop, 1, Integer::sum);
    }

    void write(Cidr all, KernelRouting.Table table) {
        Hop main = nearest;
        if (main == null) return;
        int most = served.getOrDefault(main, 0);
        for (Chosen c : chosen) {
            if (served.get(c.hop) > most) {
                main = c.hop;
                most = served.get(c.hop);
            }
        }
        table.add(all, net.gateways.get(main.gateway), main.nic);
        for (Chosen c : chosen) {
            if (!c.hop.equals(main)) table.add(net.destinations.get(c.destination), net.gateways.get(c.hop.gateway), c.hop.nic);
        }
    }

    private Hop best(ShortestPaths paths) {
        Layer3.Access best = null;
        double cost = 0;
        int links = 0;
        for (Layer3.Access a : stub.accesses()) {
            if (!paths.reached(a.vertex())) continue;
            double c = paths.distance[a.vertex()] + a.weight();
            int l = paths.links[a.vertex()] + 1;
            if (best == null || c < cost || c == cost && l < links) {
                best = a;
                cost = c;
                links = l;
            }
        }
        if (best == null) return null;
        return new Hop(best.gateway() >= 0 ? best.gateway() : paths.gateway[best.vertex()], best.nic());
    }
}
