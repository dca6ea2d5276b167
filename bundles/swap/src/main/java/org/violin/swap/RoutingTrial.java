// SPDX-License-Identifier: Apache-2.0
package org.violin.swap;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.violin.api.control.Routing;
import org.violin.api.model.Mistake;
import org.violin.api.model.Probe;
import org.violin.api.model.RouteSpec;
import org.violin.api.model.ViolinSpec;
import org.violin.api.routing.ControlPlaneProvider;
import org.violin.api.routing.ForwardingProvider;
import org.violin.api.routing.RouterSpec;
import org.violin.api.routing.RoutingWords;

/** The trial of what makes vRouters route: it answers for a violin of three nodes, and finds nothing wrong with a sound vRouter. */
final class RoutingTrial {
    private RoutingTrial() {}

    /** Each part that the provider offers. One that cannot work on this machine is not asked for more than that. */
    static Trials.Passed run(String kind, Object provider) throws Broken {
        List<String> findings = new ArrayList<>();
        boolean usable = true;
        if (provider instanceof Routing routing) findings.add(routes(routing));
        if (provider instanceof ControlPlaneProvider control) {
            Set<String> protocols = protocols(control);
            Probe probe = probe(control.probe(), findings);
            usable &= probe.usable();
            if (probe.usable()) {
                String protocol = protocols.contains("ospf") ? "ospf" : protocols.stream().findFirst().orElse("");
                sound(control.check(Samples.router(protocol, kind, RoutingWords.DEFAULT)));
                findings.add("speaks " + String.join(", ", protocols));
            }
        }
        if (provider instanceof ForwardingProvider forwarding) {
            Probe probe = probe(forwarding.probe(), findings);
            usable &= probe.usable();
            if (probe.usable()) {
                sound(forwarding.check(Samples.router("", "", kind)));
                findings.add("takes a vRouter of two vNICs");
            }
        }
        return new Trials.Passed(kind, String.join("; ", findings), usable, Half.of(provider));
    }

    private static String routes(Routing routing) throws Broken {
        ViolinSpec violin = Samples.violin();
        Map<String, List<RouteSpec>> routes = Trials.there(routing.routes(violin, Set.copyOf(Samples.NODES)), "no routes at all");
        if (!routes.keySet().containsAll(Samples.NODES)) throw new Broken("routes of " + routes.keySet() + ", asked for " + Samples.NODES);
        int count = 0;
        for (String node : Samples.NODES) {
            for (RouteSpec route : routes.get(node)) {
                if (violin.nodesByName().get(node).nic(route.nic()).isEmpty()) throw new Broken("a route of " + node + " by " + route.nic());
                count++;
            }
        }
        return count + " routes for " + Samples.NODES.size() + " nodes";
    }

    private static Set<String> protocols(ControlPlaneProvider control) throws Broken {
        Set<String> protocols = new TreeSet<>(Trials.there(control.protocols(), "no set of protocols"));
        for (String protocol : protocols) {
            if (!RoutingWords.isWord(protocol)) throw new Broken("its protocol is '" + protocol + "', not a word");
        }
        return protocols;
    }

    private static Probe probe(Probe probe, List<String> findings) throws Broken {
        Trials.there(probe, "no probe");
        findings.add(probe.finding() + (probe.usable() ? "" : "; cure: " + probe.cure()));
        return probe;
    }

    private static void sound(List<Mistake> mistakes) throws Broken {
        if (Trials.there(mistakes, "no answer to a vRouter").isEmpty()) return;
        throw new Broken("it refuses a sound vRouter: " + mistakes.get(0));
    }
}
