// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.violin.api.cluster.Members;
import org.violin.api.control.GuestAccess;
import org.violin.api.control.Violins;
import org.violin.api.guest.ExecRequest;
import org.violin.api.guest.GuestException;
import org.violin.api.model.NodeId;
import org.violin.api.model.Refused;
import org.violin.shell.link.RemoteHosts;

/** {@code violin:connect}. The size of the terminal is taken once, at the start. */
@Service
@Command(scope = "violin", name = "connect", description = "Opens a login shell in a vHost or vRouter", detailedDescription = """
        With a terminal of the guest's own; leave it with exit or Ctrl-D.
        Examples:
          violin:connect figure2 vHost1
          violin:connect figure2 vRouter1 -- vtysh
        """)
public final class ConnectVerb extends Verb {
    private static final List<String> LOGIN_SHELL =
            List.of("/bin/sh", "-c", "if command -v bash >/dev/null; then exec bash -l; else exec sh -l; fi");

    @Argument(index = 0, name = "violin", description = "Name of the violin", required = true)
    @Completion(ViolinNames.class)
    String violin;

    @Argument(index = 1, name = "node", description = "vHost or vRouter", required = true)
    @Completion(NodeNames.class)
    String node;

    @Argument(index = 2, name = "command", description = "-- and a program instead of the shell", multiValued = true)
    List<String> words = List.of();

    @Option(name = "--rows", description = "Lines of the terminal", valueToShowInHelp = "those of yours, else 24")
    int rows;

    @Option(name = "--columns", aliases = "--cols", description = "Columns of the terminal", valueToShowInHelp = "those of yours, else 80")
    int columns;

    @Option(name = "--term", description = "Type of the terminal", valueToShowInHelp = "that of yours, else xterm")
    String term;

    @Option(name = "--local", description = "Only if the node is on this overlay host")
    boolean local;

    @Reference(optional = true)
    Violins violins;

    @Reference(optional = true)
    GuestAccess guests;

    @Reference(optional = true)
    Members members;

    @Reference(optional = true)
    RemoteHosts remotes;

    @Override
    int run(Streams io) throws WrongUse, GuestException, Refused, IOException, InterruptedException {
        List<String> program = Verbs.program(words);
        Terminal terminal = session.getTerminal() instanceof Terminal t ? t : null;
        int height = size(rows, terminal == null ? 0 : terminal.getHeight(), "LINES", 24);
        int width = size(columns, terminal == null ? 0 : terminal.getWidth(), "COLUMNS", 80);
        Object own = terminal == null ? session.get("TERM") : terminal.getType();
        String type = term != null ? term : own == null ? "xterm" : own.toString();
        ExecRequest request = new ExecRequest(program.isEmpty() ? LOGIN_SHELL : program, Map.of("TERM", type), true, height, width);
        List<String> elsewhere = List.of("connect", "--rows", "" + height, "--columns", "" + width, "--term", type);
        GuestPrograms programs = new GuestPrograms(violins, guests, members, remotes);
        Attributes before = terminal == null ? null : raw(terminal);
        try {
            return Plumbing.join(programs.start(new NodeId(violin, node), request, elsewhere, local), io);
        } finally {
            if (before != null) terminal.setAttributes(before);
        }
    }

    private int size(int given, int terminal, String variable, int otherwise) {
        if (given > 0) return given;
        if (terminal > 0) return terminal;
        Object value = session.get(variable);
        return value != null && value.toString().matches("[1-9][0-9]{0,3}") ? Integer.parseInt(value.toString()) : otherwise;
    }

    /** Every key goes to the guest, Ctrl-C too, and its output is not touched again. */
    private static Attributes raw(Terminal terminal) {
        Attributes before = terminal.enterRawMode();
        Attributes raw = new Attributes(terminal.getAttributes());
        raw.setLocalFlag(Attributes.LocalFlag.ISIG, false);
        raw.setOutputFlag(Attributes.OutputFlag.OPOST, false);
        terminal.setAttributes(raw);
        return before;
    }
}
