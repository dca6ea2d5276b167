// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.apache.felix.service.command.Process;
import org.apache.karaf.shell.api.console.Session;

/**
 * Where one command reads and writes. The streams belong to the command's process and may be used from any thread, unlike System.in and
 * System.out, which the shell redirects by thread. Bytes pass unchanged; text is UTF-8.
 *
 * @param colour whether a person looks at the output on a terminal
 */
record Streams(InputStream in, PrintStream out, PrintStream err, boolean colour) {
    static Streams of(InputStream in, OutputStream out, OutputStream err, boolean colour) {
        return new Streams(in, text(out), text(err), colour);
    }

    /** The streams of the command that this thread runs. */
    static Streams current(Session session) {
        boolean terminal = session != null && session.getTerminal() != null;
        Process process = Process.Utils.current();
        if (process == null) return of(System.in, System.out, System.err, false);
        InputStream in = terminal && process.isTty(0) ? new ConsoleInput(session.getTerminal(), process.in()) : process.in();
        return of(in, process.out(), process.err(), terminal && process.isTty(1) && session.getTerminal().isAnsiSupported());
    }

    private static PrintStream text(OutputStream out) {
        return new PrintStream(out, true, StandardCharsets.UTF_8);
    }
}
