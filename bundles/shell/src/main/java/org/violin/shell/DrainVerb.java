// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.IOException;
import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.violin.api.control.Placements;
import org.violin.api.control.Report;
import org.violin.api.guest.GuestException;
import org.violin.api.model.Refused;

/** {@code violin:drain}. */
@Service
@Command(scope = "violin", name = "drain", description = "Takes an overlay host out: what runs there moves to others, and nothing new comes",
        detailedDescription = """
        All violins are placed anew first; when one does not fit without the host,
        nothing is changed. The host stays out, also over restarts, until --undo.
        Without a host: which are out.
        Examples:
          violin:drain host2
          violin:drain --dry-run host2
          violin:drain --undo host2
          violin:drain
        """)
public final class DrainVerb extends Query {
    @Argument(name = "host", description = "The overlay host")
    @Completion(HostNames.class)
    String host;

    @Option(name = "--dry-run", description = "Only say what would move where")
    boolean dryRun;

    @Option(name = "--undo", description = "Let it have nodes again; nothing moves back by itself")
    boolean undo;

    @Reference(optional = true)
    Placements placements;

    @Override
    int run(Streams io) throws WrongUse, GuestException, Refused, IOException {
        boolean json = json();
        Placements service = need(placements, "org.violin.control");
        if (host == null) {
            if (undo || dryRun) throw new WrongUse("drain --undo HOST");
            io.out().println(json ? Json.pretty(service.drained()) : service.drained().isEmpty() ? "no host is taken out" : String.join(" ", service.drained()));
            return DONE;
        }
        if (undo) {
            service.undrain(host);
            io.out().println(json ? Json.pretty(service.drained()) : host + " may have nodes again");
            return DONE;
        }
        List<Report> reports = service.drain(host, dryRun, io.err()::println);
        if (json) io.out().println(Json.pretty(reports));
        else for (Report report : reports) io.out().print(ReportText.moves(report, io.colour()));
        if (!json) io.out().println(dryRun ? host + " would be taken out; nothing was changed" : host + " is taken out");
        reports.forEach(r -> r.failures().forEach(io.err()::println));
        return reports.stream().allMatch(r -> r.failures().isEmpty()) ? DONE : FAILED;
    }
}
