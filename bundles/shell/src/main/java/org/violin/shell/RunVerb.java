// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.violin.api.control.Runs;
import org.violin.api.guest.GuestException;
import org.violin.api.model.Refused;

/** {@code violin:run}. */
@Service
@Command(scope = "violin", name = "run", description = "Carries out the experiment in a violin's file and writes a folder of results",
        detailedDescription = """
        Does what the file's timeline says, on all overlay hosts, measures
        meanwhile, and puts everything back. The folder gets report.html, events,
        series of each vLink, pings, outputs, the spec, versions and the seed.
        The result is 1 if a step or probe failed.
        Examples:
          violin:run ospf-ring
          violin:run --seed 7 --to /srv/results/ring-7 ospf-ring
          violin:run --data /srv/data --no-settle traces
          violin:run --stop ospf-ring
          violin:run -o json ospf-ring
        """)
public final class RunVerb extends Query {
    private static final String BUNDLE = "org.violin.timeline";
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);

    @Argument(name = "violin", description = "Name of the violin", required = true)
    @Completion(ViolinNames.class)
    String violin;

    @Option(name = "--seed", description = "Of all fates, instead of the file's", valueToShowInHelp = "")
    String seed;

    @Option(name = "--to", description = "Folder for the results on this overlay host; default VIOLIN-run-DATE-TIME", valueToShowInHelp = "")
    String to;

    @Option(name = "--data", description = "Folder with the files that the timeline names; default the present one", valueToShowInHelp = "")
    String data;

    @Option(name = "--no-settle", description = "Do not wait until all is ready")
    boolean noSettle;

    @Option(name = "--stop", description = "End the run of this violin that is under way, from any host")
    boolean stop;

    @Reference(optional = true)
    Runs runs;

    @Override
    int run(Streams io) throws Refused, WrongUse, GuestException, IOException {
        boolean json = json();
        Runs service = need(runs, BUNDLE);
        if (stop) return stopped(io, service, json);
        OptionalLong number = seed();
        Path here = session == null ? Path.of("").toAbsolutePath() : session.currentDir();
        Path folder = here.resolve(to == null ? violin + "-run-" + LocalDateTime.now().format(STAMP) : to).toAbsolutePath().normalize();
        Runs.Wish wish = new Runs.Wish(number, folder, data == null ? here : here.resolve(data), !noSettle);
        Runs.Result result = service.run(violin, wish, line -> {
            io.err().println(line);
            if (io.gone()) throw new IllegalStateException("nobody reads any more");
        });
        io.out().print(json ? Json.pretty(Json.with(result, "folder", folder.toString())) + "\n" : text(result, io.colour()));
        result.failures().forEach(io.err()::println);
        return result.failures().isEmpty() ? DONE : FAILED;
    }

    private int stopped(Streams io, Runs service, boolean json) throws Refused, IOException {
        boolean there = service.stop(violin);
        if (json) io.out().println(Json.line(Map.of("violin", violin, "stopped", there)));
        else io.out().println(there ? violin + ": the run is ended, all is put back" : violin + ": no run is under way");
        return there ? DONE : FAILED;
    }

    private OptionalLong seed() throws WrongUse {
        if (seed == null) return OptionalLong.empty();
        try {
            return OptionalLong.of(Long.parseLong(seed));
        } catch (NumberFormatException e) {
            throw new WrongUse("--seed '" + seed + "': a whole number of 64 bits");
        }
    }

    private static String text(Runs.Result r, boolean colour) {
        StringBuilder s = new StringBuilder();
        if (!r.summaries().isEmpty()) {
            Table table = new Table("what", "subject", "result");
            for (Map<String, String> row : r.summaries()) {
                List<String> figures = new ArrayList<>();
                row.forEach((name, value) -> {
                    if (!name.equals("kind") && !name.equals("subject")) figures.add(name + " " + value);
                });
                table.row(row.getOrDefault("kind", ""), row.getOrDefault("subject", ""), String.join(", ", figures));
            }
            s.append(table.text(colour));
        }
        s.append(String.format(Locale.ROOT, "%s: %d events in %.1f s, seed %d, %d failed%n", r.violin(), r.events().size(), r.durationMillis() / 1000.0, r.seed(), r.failures().size()));
        return s.append("results: ").append(r.folder()).append("/report.html\n").toString();
    }
}
