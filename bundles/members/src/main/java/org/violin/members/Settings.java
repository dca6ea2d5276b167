// SPDX-License-Identifier: Apache-2.0
package org.violin.members;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.violin.api.model.Cidr;
import org.violin.api.model.Names;

/**
 * What this host needs to join, checked.
 *
 * @param join empty when this host runs the ZooKeeper server itself; else where it is, {@code HOST[:PORT]} separated by commas
 * @param token the shared secret; never printed
 * @param directory of this bundle's files
 */
record Settings(String name, String address, String join, int zookeeperPort, String token, Path directory) {
    static final int TICK_MILLIS = 500;
    static final int SESSION_MILLIS = 6_000;
    private static final String FILE = "etc/org.violin.members.cfg";

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

    /** Reads the secret. Throws IllegalArgumentException, naming the file and the cure, when it is missing, empty or open to others. */
    static String readToken(String file) {
        Path path = Path.of(file);
        String where = FILE + ": tokenFile = '" + file + "': ";
        try {
            Set<PosixFilePermission> open = Set.of(PosixFilePermission.GROUP_READ, PosixFilePermission.GROUP_WRITE,
                    PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE);
            if (Files.getPosixFilePermissions(path).stream().anyMatch(open::contains)) {
                throw new IllegalArgumentException(where + "others may read or write it; run: chmod 600 " + file);
            }
            String token = Files.readString(path).strip();
            if (token.isEmpty()) throw new IllegalArgumentException(where + "it is empty; copy the token file of the first host");
            return token;
        } catch (IOException e) {
            throw new IllegalArgumentException(where + "cannot be read (" + e + "); copy the token file of the first host");
        }
    }

    @Override
    public String toString() {
        return name + " at " + address + ", ZooKeeper " + (embeds() ? "embedded at " : "at ") + connectString();
    }
}
