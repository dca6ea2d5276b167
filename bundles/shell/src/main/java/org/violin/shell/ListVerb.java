// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.IOException;
import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.violin.api.control.ViolinSummary;
import org.violin.api.control.Violins;
import org.violin.api.guest.GuestException;

/** {@code violin:list}. */
@Service
@Command(scope = "violin", name = "list", description = "Lists the violins", detailedDescription = """
        Examples:
          violin:list
          violin:list -o json
        """)
public final class ListVerb extends Query {
    @Reference(optional = true)
    Violins violins;

    @Override
    int run(Streams io) throws WrongUse, GuestException, IOException {
        boolean json = json();
        List<ViolinSummary> all = need(violins, "org.violin.control").list();
        if (json) {
            io.out().println(Json.pretty(all));
            return DONE;
        }
        Table table = new Table("violin", "state", "revision", "vhosts", "vrouters", "vswitches", "links", "hosts");
        for (ViolinSummary v : all) {
            table.row(v.name(), v.state(), v.revision(), v.vhosts(), v.vrouters(), v.vswitches(), v.links(), String.join(" ", v.hosts()));
        }
        io.out().print(all.isEmpty() ? "there are no violins; make one: apply FILE\n" : table.text(io.colour()));
        return DONE;
    }
}
