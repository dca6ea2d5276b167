// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.violin.api.control.Placements;
import org.violin.api.control.Report;
import org.violin.api.guest.GuestException;
import org.violin.api.model.Refused;

/** {@code violin:place}. */
@Service
@Command(scope = "violin", name = "place", description = "Looks for better places of a running violin's nodes, and moves them on request",
        detailedDescription = """
        Uses the distances measured now. Without --optimize nothing is moved: it
        proposes moves with their gain. A move must pay its price (README). A
        moved node is stopped and started anew at its new host; nothing else is
        interrupted.
        Examples:
          violin:place figure2
          violin:place --moves 2 figure2
          violin:place --optimize --moves 2 figure2
          violin:place --optimize --pin vRouter1=host2 figure2
          violin:place --strategy spread -o json figure2
        """)
public final class PlaceVerb extends Query {
    @Argument(name = "violin", description = "Name of the violin", required = true)
    @Completion(ViolinNames.class)
    String violin;

    @Option(name = "--optimize", description = "Make the moves, not only propose them")
    boolean optimize;

    @Option(name = "--moves", description = "So many nodes may move at most; 0: all that pay their price")
    int moves;

    @Option(name = "--strategy", description = "Another placement than the violin's", valueToShowInHelp = "")
    @Completion(value = StringsCompleter.class, values = {"greedy", "message", "pack", "spread"})
    String strategy;

    @Option(name = "--pin", description = "NODE=HOST: this node goes to that overlay host; may be given several times", valueToShowInHelp = "", multiValued = true)
    List<String> pins = List.of();

    @Reference(optional = true)
    Placements placements;

    @Override
    int run(Streams io) throws WrongUse, GuestException, Refused, IOException {
        boolean json = json();
        if (moves < 0) throw new WrongUse("--moves " + moves + ": 0 or more");
        Placements service = need(placements, "org.violin.control");
        Placements.Wish wish = new Placements.Wish(moves, Optional.ofNullable(strategy), SpecOrder.pins(pins));
        Report report = service.optimize(violin, wish, !optimize, io.err()::println);
        io.out().print(json ? Json.pretty(report) + "\n" : ReportText.moves(report, io.colour()));
        report.failures().forEach(io.err()::println);
        return report.failures().isEmpty() ? DONE : FAILED;
    }
}
