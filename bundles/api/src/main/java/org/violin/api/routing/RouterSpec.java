// SPDX-License-Identifier: Apache-2.0
package org.violin.api.routing;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.violin.api.model.NodeId;
import org.violin.api.model.RouteSpec;

/**
 * One vRouter as routing sees it, complete; derived from the violin's spec, the same on every overlay host.
 *
 * @param routerId dotted quad, unique in the violin
 * @param as its autonomous system; 0: none
 * @param protocols what it speaks: {@code ospf}, {@code bgp}, {@code rip}, {@code isis}, {@code pim}; empty: only what {@code routes} say
 * @param control kind of the control plane, such as {@code zebra}; empty: none, the routes are computed
 * @param forwarding kind of the forwarding, such as {@code kernel}
 * @param routes static ones: those of the file where a control plane learns the others, else all
 * @param loopbacks addresses of the router itself, with full prefix length; may be empty
 * @param options settings, of the file and overruled by the node: {@code area}, {@code hello} and {@code dead} in ms, {@code bfd} true or
 *     false, {@code metric} delay or rate or cost, and others that a plugin reads
 * @param startupConfig text in the control plane's own language, after what is generated; empty: none
 * @param mates the other vRouters of its autonomous system, wherever they are, each with the addresses to speak to it at (its loopbacks, or
 *     else those of its vNICs); empty where {@code as} is 0
 */
public record RouterSpec(
        NodeId id,
        String routerId,
        long as,
        Set<String> protocols,
        String control,
        String forwarding,
        List<RouterNic> nics,
        List<RouteSpec> routes,
        List<String> loopbacks,
        Map<String, String> options,
        String startupConfig,
        List<Neighbour> mates,
        Map<String, Map<String, String>> services,
        List<Station> stations) {
    public RouterSpec {
        mates = List.copyOf(mates);
        stations = List.copyOf(stations);
        TreeMap<String, Map<String, String>> byKind = new TreeMap<>();
        services.forEach((kind, settings) -> byKind.put(kind, Collections.unmodifiableMap(new TreeMap<>(settings))));
        services = Collections.unmodifiableMap(byKind);
        protocols = Collections.unmodifiableSet(new TreeSet<>(protocols));
        nics = List.copyOf(nics);
        routes = List.copyOf(routes);
        loopbacks = List.copyOf(loopbacks);
        options = Collections.unmodifiableMap(new TreeMap<>(options));
    }

    /** One without mates and services. */
    public RouterSpec(
            NodeId id,
            String routerId,
            long as,
            Set<String> protocols,
            String control,
            String forwarding,
            List<RouterNic> nics,
            List<RouteSpec> routes,
            List<String> loopbacks,
            Map<String, String> options,
            String startupConfig) {
        this(id, routerId, as, protocols, control, forwarding, nics, routes, loopbacks, options, startupConfig, List.of(), Map.of(), List.of());
    }

    /** The same with another kind of forwarding. */
    public RouterSpec forwardedBy(String kind) {
        return new RouterSpec(id, routerId, as, protocols, control, kind, nics, routes, loopbacks, options, startupConfig, mates, services, stations);
    }

    public boolean speaks(String protocol) {
        return protocols.contains(protocol);
    }

    public Optional<RouterNic> nic(String name) {
        return nics.stream().filter(n -> n.spec().name().equals(name)).findFirst();
    }
}
