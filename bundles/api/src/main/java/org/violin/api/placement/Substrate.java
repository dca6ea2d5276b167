// SPDX-License-Identifier: Apache-2.0
package org.violin.api.placement;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What nodes may be placed on. Made by: control from members and measurements, benchmarks.
 *
 * @param hosts names differ; their order is that of {@code distances}
 * @param wires empty: every two hosts reach each other (a mesh of tunnels); else the only ways, and traffic goes by one path over them
 */
public record Substrate(List<Host> hosts, Distances distances, List<Wire> wires) {
    public Substrate {
        hosts = List.copyOf(hosts);
        wires = List.copyOf(wires);
        if (distances.size() != hosts.size()) throw new IllegalArgumentException(hosts.size() + " hosts, distances of " + distances.size());
    }

    /**
     * What a host has left for the demand.
     *
     * @param cpus cores, after what other violins have reserved
     * @param memoryBytes the same
     * @param capacity cores it has in all, more than 0; for balance
     * @param load cores that others use; for balance
     * @param slots how many entities it takes; {@link Integer#MAX_VALUE}: no limit
     * @param upMegabits per second that its access sends; infinite: not known
     * @param downMegabits per second that its access receives; infinite: not known
     * @param labels such as {@code site}, {@code country}, {@code owner}, {@code domain} (what fails together)
     */
    public record Host(String name, double cpus, long memoryBytes, double capacity, double load, int slots, double upMegabits,
            double downMegabits, Map<String, String> labels) {
        public Host {
            labels = java.util.Collections.unmodifiableMap(new TreeMap<>(labels));
        }

        /** A host without limits. */
        public static Host free(String name) {
            return new Host(name, Double.POSITIVE_INFINITY, Long.MAX_VALUE, 1, 0, Integer.MAX_VALUE, Double.POSITIVE_INFINITY,
                    Double.POSITIVE_INFINITY, Map.of());
        }
    }

    /** A link of the substrate; both directions share its rate, as the benchmarks of virtual network embedding have it. */
    public record Wire(String a, String b, double megabits) {}
}
