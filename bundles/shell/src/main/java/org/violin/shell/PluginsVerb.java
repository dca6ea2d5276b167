// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.IOException;
import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.violin.api.control.Plugins;
import org.violin.api.guest.GuestException;

/** {@code violin:plugins}. */
@Service
@Command(scope = "violin", name = "plugins", description = "Lists the plugins of this overlay host", detailedDescription = """
        Of routing there are halves: control learns routes, forwarding forwards,
        routes computes them. In use is what the configuration or a violin asks for. What happened to
        a plugin is among the events.
        Examples:
          violin:plugins
          violin:plugins -o json
          violin:events
        """)
public final class PluginsVerb extends Query {
    @Reference(optional = true)
    Plugins plugins;

    @Override
    int run(Streams io) throws WrongUse, GuestException, IOException {
        boolean json = json();
        List<Plugins.Plugin> all = need(plugins, "org.violin.swap").list();
        if (json) {
            io.out().println(Json.pretty(all));
            return DONE;
        }
        Table table = new Table("role", "kind", "bundle", "version", "id", "state", "ranking", "in use");
        for (Plugins.Plugin p : all) {
            String role = p.half().isEmpty() ? p.role() : p.role() + " " + p.half();
            table.row(role, p.kind(), p.bundle(), p.version(), p.bundleId(), p.state(), p.ranking(), p.inUse() ? "yes" : "-");
        }
        io.out().print(table.text(io.colour()));
        return DONE;
    }
}
