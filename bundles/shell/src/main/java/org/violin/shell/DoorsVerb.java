// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.violin.api.guest.GuestException;
import org.violin.shell.link.LinkServer;

/** {@code violin:doors}. */
@Service
@Command(scope = "violin", name = "doors", description = "Shows where commands of other overlay hosts come in", detailedDescription = """
        Address, hosts whose commands run now, and what came and was refused
        since the start.
        Examples:
          violin:doors
          violin:doors -o json
        """)
public final class DoorsVerb extends Query {
    @Reference(optional = true)
    LinkServer server;

    @Override
    int run(Streams io) throws WrongUse, GuestException, IOException {
        boolean json = json();
        LinkServer link = need(server, TRUST);
        String address = link.address() == null ? "" : link.address().toString().replaceFirst("^.*/", "");
        List<String> hosts = link.connected();
        Map<String, Long> counters = link.counters();
        if (json) {
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("address", address);
            answer.put("connected", hosts);
            answer.put("counters", counters);
            io.out().println(Json.pretty(answer));
            return DONE;
        }
        Table table = new Table("door", "address", "connected", "counters");
        table.row("control link", address.isEmpty() ? "down" : address, String.join(" ", hosts), counters.entrySet().stream()
                .map(e -> e.getKey() + " " + e.getValue()).toList());
        io.out().print(table.text(io.colour()));
        return DONE;
    }
}
