// SPDX-License-Identifier: Apache-2.0
package org.violin.api.cluster;

import java.util.List;

/**
 * One overlay host as it announces itself.
 *
 * @param address IP address on the underlay that tunnels and control connections go to
 * @param tunnelPort UDP
 * @param sshPort TCP, of the container's shell
 * @param jmxPort TCP, of the RMI registry
 * @param cpus cores it lends
 * @param memoryBytes memory it lends
 * @param runtimes kinds of guest runtimes that work there
 * @param incarnation differs between starts of the container
 * @param startedMillis wall clock, since the epoch
 */
public record HostInfo(
        String name,
        String address,
        int tunnelPort,
        int sshPort,
        int jmxPort,
        double cpus,
        long memoryBytes,
        List<String> runtimes,
        String version,
        long incarnation,
        long startedMillis) {
    public HostInfo {
        runtimes = List.copyOf(runtimes);
    }
}
