// SPDX-License-Identifier: Apache-2.0
package org.violin.api.cluster;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One overlay host as it announces itself.
 *
 * @param address IP address on the underlay that tunnels and control connections go to
 * @param tunnelPort UDP
 * @param controlPort TCP, for commands of other overlay hosts, over TLS
 * @param jmxPort TCP, of the RMI registry
 * @param cpus cores it lends
 * @param memoryBytes memory it lends
 * @param runtimes kinds of guest runtimes that work there
 * @param incarnation differs between starts of the container
 * @param startedMillis wall clock, since the epoch
 * @param certificate X.509 of that host, DER in base64; empty: none. Believed only as far as {@link Identity} says
 * @param labels what its owner says of it, for placement, such as {@code site}, {@code country}, {@code owner}, {@code domain} (what fails
 *     together); {@code up} and {@code down} are the rates of its access in bits per second, {@code slots} how many nodes it takes
 */
public record HostInfo(
        String name,
        String address,
        int tunnelPort,
        int controlPort,
        int jmxPort,
        double cpus,
        long memoryBytes,
        List<String> runtimes,
        String version,
        long incarnation,
        long startedMillis,
        String certificate,
        Map<String, String> labels) {
    public HostInfo {
        runtimes = List.copyOf(runtimes);
        labels = java.util.Collections.unmodifiableMap(new TreeMap<>(labels));
    }

    /** One of which its owner says nothing. */
    public HostInfo(String name, String address, int tunnelPort, int controlPort, int jmxPort, double cpus, long memoryBytes, List<String> runtimes,
            String version, long incarnation, long startedMillis, String certificate) {
        this(name, address, tunnelPort, controlPort, jmxPort, cpus, memoryBytes, runtimes, version, incarnation, startedMillis, certificate,
                Map.of());
    }
}
