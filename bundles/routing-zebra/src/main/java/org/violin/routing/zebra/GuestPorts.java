// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.zebra;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The ports on which daemons listen, and whether somebody else in the guest has them. FRR's daemons log that and go on deaf, so it is looked
 * at before they start. Read from the tables of proc_net(5), which name the network namespace of the process they are opened by.
 */
final class GuestPorts {
    /** State of a listening TCP socket in those tables. */
    private static final String LISTENS = "0A";

    private GuestPorts() {}

    /** Port numbers of IANA: BGP, BFD (RFC 5881, RFC 5883), RIP and RIPng. */
    private record Needed(Daemon daemon, String protocol, int port) {}

    private static final List<Needed> NEEDED = List.of(new Needed(Daemon.BGPD, "tcp", 179), new Needed(Daemon.BFDD, "udp", 3784),
            new Needed(Daemon.BFDD, "udp", 4784), new Needed(Daemon.RIPD, "udp", 520), new Needed(Daemon.RIPNGD, "udp", 521));

    /** One sentence for each port that is taken; empty: all are free. @param guestPid a process in the guest's network namespace */
    static List<String> taken(long guestPid, Collection<Daemon> daemons) {
        List<String> taken = new ArrayList<>();
        for (Needed need : NEEDED) {
            if (daemons.contains(need.daemon) && (has(guestPid, need.protocol, need.port) || has(guestPid, need.protocol + "6", need.port))) {
                taken.add(need.daemon.program() + " needs " + need.protocol + " port " + need.port + ", which another program in the vRouter has; "
                        + "which one says: ss -lnp" + need.protocol.charAt(0));
            }
        }
        return taken;
    }

    private static boolean has(long pid, String table, int port) {
        String end = String.format(":%04X", port);
        try {
            for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/net/" + table))) {
                String[] words = line.strip().split("\\s+");
                if (words.length > 3 && words[1].endsWith(end) && (table.startsWith("udp") || words[3].equals(LISTENS))) return true;
            }
        } catch (IOException e) {
            return false; // no such family
        }
        return false;
    }
}
