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
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.violin.api.control.Report;
import org.violin.api.control.SpecReader;
import org.violin.api.control.Violins;
import org.violin.api.guest.GuestException;
import org.violin.api.model.Refused;

/** A command that takes a file with a violin. */
abstract class SpecOrder extends Query {
    /** A character of the reader's bound takes at most four bytes of UTF-8. */
    private static final int MAX_BYTES = 4 * SpecReader.MAX_CHARACTERS;

    @Argument(name = "file", description = "A file on this overlay host")
    @Completion(FileNames.class)
    String file;

    @Option(name = "--part", description = "Read only this part of a GraphML network whose parts no edge joins", valueToShowInHelp = "")
    int part;

    @Option(name = "--routing", description = "Overrules the file's routing: words joined by '+'", valueToShowInHelp = "")
    @Completion(value = StringsCompleter.class, values = {"kernel", "click", "ospf", "ospf+click", "ospf+bgp", "rip", "isis", "static"})
    String routing;

    @Option(name = "--emulate", description = "Overrules whether conditions of links are imposed: true or false", valueToShowInHelp = "")
    @Completion(value = StringsCompleter.class, values = {"true", "false"})
    String emulate;

    @Option(name = "--pin", description = "NODE=HOST: this node goes to that overlay host; may be given several times", valueToShowInHelp = "", multiValued = true)
    List<String> pins = List.of();

    @Option(name = "-v", aliases = "--verbose", description = "Print each step")
    boolean verbose;

    @Option(name = "--stdin", description = "Read standard input; the value is the name for messages", valueToShowInHelp = "")
    String stdin;

    @Reference(optional = true)
    Violins violins;

    final int order(Streams io, String verb, boolean dryRun) throws WrongUse, GuestException, Refused, IOException {
        boolean json = json();
        if ((file == null) == (stdin == null)) throw new WrongUse(verb + " FILE, or " + verb + " --stdin NAME; one of them");
        Violins service = need(violins, "org.violin.control");
        String name = file == null ? stdin : file;
        String read = (part > 0 ? name + "#" + part : name) + (routing == null ? "" : "#routing=" + routing)
                + (emulate == null ? "" : "#emulate=" + emulate);
        String text = decode(name, file == null ? io.in().readNBytes(MAX_BYTES + 1) : read(file));
        Report report = service.apply(read, text, pins(pins), dryRun, io.err()::println);
        io.out().print(json ? Json.pretty(report) + "\n" : ReportText.of(report, verbose, io.colour()));
        report.failures().forEach(io.err()::println);
        return report.failures().isEmpty() ? DONE : FAILED;
    }

    /** Host by node, of words {@code NODE=HOST}. */
    static Map<String, String> pins(List<String> words) throws WrongUse {
        Map<String, String> pins = new TreeMap<>();
        for (String word : words) {
            int at = word.indexOf('=');
            if (at < 1 || at == word.length() - 1) throw new WrongUse("--pin '" + word + "': NODE=HOST");
            if (pins.putIfAbsent(word.substring(0, at), word.substring(at + 1)) != null) throw new WrongUse("--pin '" + word + "': this node is pinned already");
        }
        return pins;
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
