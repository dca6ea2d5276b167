// SPDX-License-Identifier: Apache-2.0
package org.violin.api.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One vHost, vRouter or vSwitch as wanted.
 *
 * @param host the overlay host it is pinned to; empty lets placement choose
 * @param provider which plugin: a guest runtime's kind ({@code netns}) or a switch kind ({@code learning})
 * @param limits what it may use; for a vSwitch {@link Limits#NONE}
 * @param nics vNICs in order; empty for a vSwitch, whose ports are the ends of its links
 * @param routes routes given in the file, added to those that routing computes
 * @param exec commands run once by {@code /bin/sh -c} inside the guest when it has started and has its vNICs
 * @param attributes everything else of the file that plugins or people read, such as {@code latitude}; of a vRouter also
 *     {@code routing} and {@code routing.KEY}, which overrule the violin's, {@code as}, {@code router-id}, {@code loopback}
 *     (addresses with prefix length, joined by commas), {@code nic.NAME.KEY} and {@code service.KIND.KEY}
 */
public record NodeSpec(
        String name,
        NodeKind kind,
        Optional<String> host,
        String provider,
        Limits limits,
        List<NicSpec> nics,
        List<RouteSpec> routes,
        List<String> exec,
        Map<String, String> attributes) {
    public NodeSpec {
        Names.node(name);
        nics = List.copyOf(nics);
        routes = List.copyOf(routes);
        exec = List.copyOf(exec);
        attributes = java.util.Collections.unmodifiableMap(new TreeMap<>(attributes));
    }

    /** The vNIC of that name, if this node has one. */
    public Optional<NicSpec> nic(String nicName) {
        return nics.stream().filter(n -> n.name().equals(nicName)).findFirst();
    }

    /** A copy with other vNICs. */
    public NodeSpec withNics(List<NicSpec> newNics) {
        return new NodeSpec(name, kind, host, provider, limits, newNics, routes, exec, attributes);
    }

    /** A copy that is tied to a host, or free. */
    public NodeSpec withHost(Optional<String> newHost) {
        return new NodeSpec(name, kind, newHost, provider, limits, nics, routes, exec, attributes);
    }
}
