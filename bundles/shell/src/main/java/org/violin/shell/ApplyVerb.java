// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.violin.api.control.Report;
import org.violin.api.control.SpecReader;
import org.violin.api.control.Violins;
import org.violin.api.guest.GuestException;
import org.violin.api.model.Refused;

/** {@code violin:apply}. */
@Service
@Command(scope = "violin", name = "apply", description = "Makes a violin as its file says, or changes it to what the file says now",
        detailedDescription = """
        Reads a violin file, containerlab YAML or Topology Zoo GraphML. Only the
        difference to what runs is done. When anything is wrong with the file,
        all mistakes are listed and nothing is changed.
        Examples:
          violin:apply /srv/figure2.yaml
          violin:apply --dry-run /srv/figure2.yaml
          violin:apply -o json /srv/figure2.yaml
          violin:apply --routing ospf /srv/Geant2012.graphml
        """)
public final class ApplyVerb extends Query {
    /** A character of the reader's bound takes at most four bytes of UTF-8. */
    private static final int MAX_BYTES = 4 * SpecReader.MAX_CHARACTERS;

    @Argument(name = "file", description = "A file on this overlay host")
    @Completion(FileNames.class)
    String file;

    @Option(name = "--dry-run", description = "Only say what would be done")
    boolean dryRun;

    @Option(name = "--part", description = "Read only this part of a GraphML network whose parts no edge joins", valueToShowInHelp = "")
    int part;

    @Option(name = "--routing", description = "Overrules the file's routing: words joined by '+'", valueToShowInHelp = "")
    @Completion(value = StringsCompleter.class, values = {"kernel", "click", "ospf", "ospf+click", "ospf+bgp", "rip", "isis", "static"})
    String routing;

    @Option(name = "-v", aliases = "--verbose", description = "Print each step")
    boolean verbose;

    @Option(name = "--stdin", description = "Read standard input; the value is the name for messages", valueToShowInHelp = "")
    String stdin;

    @Reference(optional = true)
    Violins violins;

    @Override
    int run(Streams io) throws WrongUse, GuestException, Refused, IOException {
        boolean json = json();
        if ((file == null) == (stdin == null)) throw new WrongUse("apply FILE, or apply --stdin NAME; one of them");
        Violins service = need(violins, "org.violin.control");
        String name = file == null ? stdin : file;
        String read = (part > 0 ? name + "#" + part : name) + (routing == null ? "" : "#routing=" + routing);
        String text = decode(name, file == null ? io.in().readNBytes(MAX_BYTES + 1) : read(file));
        Report report = service.apply(read, text, dryRun, io.err()::println);
        io.out().print(json ? Json.pretty(report) + "\n" : ReportText.of(report, verbose, io.colour()));
        report.failures().forEach(io.err()::println);
        return report.failures().isEmpty() ? DONE : FAILED;
    }

    private byte[] read(String name) throws IOException {
        Path path = session == null ? Path.of(name) : session.currentDir().resolve(name);
        try (InputStream in = Files.newInputStream(path)) {
            return in.readNBytes(MAX_BYTES + 1);
        } catch (NoSuchFileException e) {
            throw new IOException(path + ": there is no such file on this overlay host");
        } catch (IOException e) {
            throw new IOException(path + ": " + e.getMessage(), e);
        }
    }

    private static String decode(String name, byte[] bytes) throws Refused {
        if (bytes.length > MAX_BYTES) throw new Refused(name, "", "longer than " + SpecReader.MAX_CHARACTERS + " characters");
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new Refused(name, "", "not UTF-8 text");
        }
    }
}
