// SPDX-License-Identifier: Apache-2.0
package org.violin.api.cluster;

import java.util.List;

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
        String certificate) {
    public HostInfo {
        runtimes = List.copyOf(runtimes);
    }
}
