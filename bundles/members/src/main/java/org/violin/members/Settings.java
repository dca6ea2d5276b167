// SPDX-License-Identifier: Apache-2.0
package org.violin.members;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.violin.api.model.Cidr;
import org.violin.api.model.Names;

/**
 * What this host needs to join, checked.
 *
 * @param join empty when this host runs the ZooKeeper server itself; else where it is, {@code HOST[:PORT]} separated by commas
 * @param directory of this bundle's files
 */
record Settings(String name, String address, String join, int zookeeperPort, Path directory) {
    static final int TICK_MILLIS = 500;
    static final int SESSION_MILLIS = 6_000;
    static final String FILE = "etc/org.violin.members.cfg";

    Settings {
        Names.nodeMistake(name).ifPresent(rule -> {
            throw new IllegalArgumentException(FILE + ": name = '" + name + "': " + rule);
        });
        try {
            Cidr.parse(address);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(FILE + ": address = " + e.getMessage() + "; give this host's address on the underlay");
        }
        if (zookeeperPort < 1 || zookeeperPort > 65535) {
            throw new IllegalArgumentException(FILE + ": zookeeperPort = '" + zookeeperPort + "': must be 1 to 65535");
        }
        join = join == null ? "" : join.replace(" ", "");
    }

    /** True when this host runs the ZooKeeper server. */
    boolean embeds() {
        return join.isEmpty();
    }

    /** Where the ZooKeeper servers are, each with its port. */
    String connectString() {
        if (embeds()) return bracketed(address) + ":" + zookeeperPort;
        return Arrays.stream(join.split(",")).map(this::withPort).collect(Collectors.joining(","));
    }

    private String withPort(String server) {
        boolean bareIpv6 = server.indexOf(':') != server.lastIndexOf(':') && !server.startsWith("[");
        if (bareIpv6) return "[" + server + "]:" + zookeeperPort;
        return server.matches(".*[^:\\]]:[0-9]+|\\[.*]:[0-9]+") ? server : server + ":" + zookeeperPort;
    }

    private static String bracketed(String address) {
        return address.indexOf(':') >= 0 ? "[" + address + "]" : address;
    }

    @Override
    public String toString() {
        return name + " at " + address + ", ZooKeeper " + (embeds() ? "embedded at " : "at ") + connectString();
    }
}
