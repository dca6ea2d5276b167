// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.violin.api.cluster.HostInfo;
import org.violin.api.cluster.Members;
import org.violin.api.guest.GuestException;

/** {@code violin:hosts}. */
@Service
@Command(scope = "violin", name = "hosts", description = "Lists the overlay hosts, or one of them", detailedDescription = """
        The host that answers has a star.
        Examples:
          violin:hosts
          violin:hosts host2
          violin:hosts -o json
        """)
public final class HostsVerb extends Query {
    @Argument(name = "host", description = "Only this overlay host")
    @Completion(HostNames.class)
    String host;

    @Reference(optional = true)
    Members members;

    @Override
    int run(Streams io) throws WrongUse, GuestException, IOException {
        boolean json = json();
        Members m = need(members, "org.violin.members");
        List<HostInfo> hosts = m.hosts().stream().filter(h -> host == null || h.name().equals(host)).toList();
        if (host != null && hosts.isEmpty()) {
            io.err().println("hosts: no overlay host '" + host + "' is joined; there are: "
                    + String.join(" ", m.hosts().stream().map(HostInfo::name).toList()));
            return FAILED;
        }
        if (json) {
            io.out().println(Json.pretty(hosts));
        } else {
            String self = m.self().name();
            Table table = new Table("host", "", "address", "tunnel", "ssh", "jmx", "cpus", "memory", "runtimes", "version", "up");
            for (HostInfo h : hosts) {
                table.row(h.name(), h.name().equals(self) ? "*" : "", h.address(), h.tunnelPort(), h.sshPort(), h.jmxPort(),
                        String.format(Locale.ROOT, "%.1f", h.cpus()), (h.memoryBytes() >> 20) + " MiB", String.join(" ", h.runtimes()),
                                h.version(),
                        duration(System.currentTimeMillis() - h.startedMillis()));
            }
            io.out().print(table.text(io.colour()));
        }
        if (!m.connected()) io.err().println("the shared state is out of reach; this is what was known last");
        return DONE;
    }

    static String duration(long millis) {
        long s = Math.max(0, millis / 1000);
        if (s < 60) return s + " s";
        if (s < 3600) return s / 60 + " min";
        return s < 86400 ? s / 3600 + " h " + s / 60 % 60 + " min" : s / 86400 + " d " + s / 3600 % 24 + " h";
    }
}
