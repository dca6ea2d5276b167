// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.felix.service.command.Process;
import org.apache.karaf.shell.api.console.Session;

/**
 * Where one command reads and writes. The streams belong to the command's process and may be used from any thread, unlike System.in and
 * System.out, which the shell redirects by thread. Bytes pass unchanged; text is UTF-8.
 *
 * <p>Each write is flushed down to the SSH channel: Karaf 4.4.10 does not flush its exec channel's streams before it closes the channel, so
 * what is left in them is lost. The same flush tells that the reader is gone, which Karaf does not tell the command either.
 *
 * @param colour whether a person looks at the output on a terminal
 * @param settle called when all is written; returns when it is safe to let the connection be closed
 */
record Streams(InputStream in, PrintStream out, PrintStream err, boolean colour, Runnable settle) {
    static Streams of(InputStream in, OutputStream out, OutputStream err) {
        return of(in, out, err, false, () -> { });
    }

    private static Streams of(InputStream in, OutputStream out, OutputStream err, boolean colour, Runnable settle) {
        return new Streams(in, new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8),
                colour, settle);
    }

    /** The streams of the command that this thread runs. */
    static Streams current(Session session) {
        Process process = Process.Utils.current();
        if (process == null) return of(System.in, System.out, System.err);
        boolean terminal = session.getTerminal() != null;
        InputStream in = terminal && process.isTty(0) ? new ConsoleInput(session.getTerminal(), process.in()) : process.in();
        Through out = new Through(process.out(), session.getConsole());
        Through err = new Through(process.err(), consoleErr(session.get(".commandSession")));
        boolean colour = terminal && process.isTty(1) && session.getTerminal().isAnsiSupported();
        return of(in, out, err, colour, () -> {
            if (out.bytes.get() + err.bytes.get() > SshConnection.MUCH_BYTES) SshConnection.drain(session);
        });
    }

    /** True when nobody reads the output any more: the connection is lost. */
    boolean gone() {
        return out.checkError();
    }

    void flush() {
        out.flush();
        err.flush();
    }

    /** The session's own error stream. Gogo has no accessor for it, unlike for output. Null when it is not found. */
    private static OutputStream consoleErr(Object gogoSession) {
        for (Class<?> c = gogoSession == null ? null : gogoSession.getClass(); c != null; c = c.getSuperclass()) {
            try {
                Field field = c.getDeclaredField("err");
                field.setAccessible(true);
                return field.get(gogoSession) instanceof OutputStream stream ? stream : null;
            } catch (NoSuchFieldException e) {
                continue;
            } catch (IllegalAccessException | RuntimeException e) {
                return null;
            }
        }
        return null;
    }

    /** Writes to the process's stream and flushes the session's stream behind it. */
    private static final class Through extends OutputStream {
        private final OutputStream to;
        private final OutputStream console;
        final AtomicLong bytes = new AtomicLong();

        Through(OutputStream to, OutputStream console) {
            this.to = to;
            this.console = console;
        }

        @Override
        public void write(int b) throws IOException {
            to.write(b);
            bytes.incrementAndGet();
        }

        @Override
        public void write(byte[] buffer, int offset, int length) throws IOException {
            to.write(buffer, offset, length);
            bytes.addAndGet(length);
        }

        @Override
        public void flush() throws IOException {
            to.flush();
            if (console instanceof PrintStream p && p.checkError()) throw new IOException("nobody reads any more");
        }
    }
}
