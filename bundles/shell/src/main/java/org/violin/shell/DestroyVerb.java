// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.violin.api.control.Report;
import org.violin.api.control.ViolinSummary;
import org.violin.api.control.Violins;
import org.violin.api.guest.GuestException;
import org.violin.api.model.Mistake;
import org.violin.api.model.Refused;

/** {@code violin:destroy}. Goes on after a violin that cannot be destroyed. */
@Service
@Command(scope = "violin", name = "destroy", description = "Removes violins wholly", detailedDescription = """
        Examples:
          violin:destroy figure2
          violin:destroy figure2 abilene
          violin:destroy --all
        """)
public final class DestroyVerb extends Query {
    @Argument(name = "violin", description = "Names of violins", multiValued = true)
    @Completion(ViolinNames.class)
    List<String> names = List.of();

    @Option(name = "--all", description = "All there are")
    boolean all;

    @Reference(optional = true)
    Violins violins;

    @Override
    int run(Streams io) throws WrongUse, GuestException, IOException {
        boolean json = json();
        if (all != names.isEmpty()) throw new WrongUse("destroy VIOLIN..., or destroy --all; one of them");
        Violins service = need(violins, "org.violin.control");
        List<Report> reports = new ArrayList<>();
        int status = DONE;
        for (String name : all ? service.list().stream().map(ViolinSummary::name).toList() : names) {
            try {
                Report report = service.destroy(name, io.err()::println);
                reports.add(report);
                if (!json) io.out().println(name + ": destroyed in " + report.applyMillis() + " ms");
                report.failures().forEach(io.err()::println);
                if (!report.failures().isEmpty()) status = FAILED;
            } catch (Refused e) {
                for (Mistake m : e.mistakes()) io.err().println(m);
                status = FAILED;
            }
        }
        if (json) io.out().println(Json.pretty(reports));
        return status;
    }
}
