// SPDX-License-Identifier: Apache-2.0
package org.violin.timeline;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.control.GuestAccess;
import org.violin.api.guest.ExecRequest;
import org.violin.api.guest.ExecSession;
import org.violin.api.guest.GuestException;
import org.violin.api.model.NodeId;

/**
 * One command of {@code /bin/sh} in a guest of this host; what it prints, errors among it, is kept up to a bound. A child that it leaves
 * behind and that holds its output open is not waited for.
 */
final class Program {
    private static final Logger LOG = LoggerFactory.getLogger(Program.class);
    private static final int BUFFER = 8192;
    private static final int LONGEST_LINE = 4096;
    private static final long GRACE_MILLIS = 500;

    private final int most;
    private final Consumer<String> lines;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final StringBuilder line = new StringBuilder();
    private ExecSession session;
    private boolean killed;
    private boolean cut;

    /**
     * @param status of the command; -1: it could not be started, or was ended from here
     * @param cut there was more output
     * @param failure why it could not be started; empty
     */
    record Ended(int status, String output, boolean cut, boolean killed, String failure) {}

    private Program(int most, Consumer<String> lines) {
        this.most = most;
        this.lines = lines;
    }

    /**
     * Starts it on threads of {@code pool}.
     *
     * @param most bytes of output that are kept
     * @param lines is given each line, on a thread of the pool; null: output is kept instead
     * @param ended called once, on a thread of the pool
     */
    static Program start(GuestAccess guests, NodeId node, String command, Executor pool, int most, Consumer<String> lines, Consumer<Ended> ended) {
        Program program = new Program(most, lines);
        pool.execute(() -> ended.accept(program.run(guests, node, command, pool)));
        return program;
    }

    private Ended run(GuestAccess guests, NodeId node, String command, Executor pool) {
        ExecSession own;
        try {
            own = guests.exec(node, ExecRequest.of(List.of("/bin/sh", "-c", "exec 2>&1\n" + command)));
        } catch (GuestException | RuntimeException e) {
            return new Ended(-1, "", false, false, e.getMessage() == null ? e.toString() : e.getMessage());
        }
        boolean late;
        synchronized (this) {
            session = own;
            late = killed;
        }
        if (late) own.close();
        Drain drain = new Drain();
        pool.execute(() -> drain.read(own));
        closeInput(own);
        int status;
        try {
            status = own.waitFor();
            drain.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            kill();
            status = -1;
        } finally {
            own.close();
        }
        synchronized (this) {
            if (lines != null && line.length() > 0) lines.accept(line.toString());
            return new Ended(killed ? -1 : status, kept.toString(StandardCharsets.UTF_8), cut, killed, "");
        }
    }

    private static void closeInput(ExecSession session) {
        try {
            session.stdin().close();
        } catch (IOException e) {
            LOG.trace("It ended before it could read anything", e);
        }
    }

    /** Ends it, with its children. Idempotent; may block for two seconds. */
    void kill() {
        ExecSession own;
        synchronized (this) {
            killed = true;
            own = session;
        }
        if (own != null) own.close();
    }

    private synchronized void take(byte[] buffer, int n) {
        if (lines == null) {
            int room = Math.max(0, Math.min(n, most - kept.size()));
            kept.write(buffer, 0, room);
            cut |= room < n;
            return;
        }
        for (int i = 0; i < n; i++) {
            if (buffer[i] == '\n') {
                lines.accept(line.toString());
                line.setLength(0);
            } else if (line.length() < LONGEST_LINE) {
                line.append((char) (buffer[i] & 0xff));
            }
        }
    }

    /** Reads to the end, or until the program has ended and nothing more comes. */
    private final class Drain {
        private boolean over;
        private long moved;

        void read(ExecSession from) {
            byte[] buffer = new byte[BUFFER];
            try (InputStream in = from.stdout()) {
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    take(buffer, n);
                    synchronized (this) {
                        moved += n;
                    }
                }
            } catch (IOException e) {
                LOG.trace("Its output ended with it", e);
            } finally {
                synchronized (this) {
                    over = true;
                    notifyAll();
                }
            }
        }

        synchronized void await() throws InterruptedException {
            long before = -1;
            while (!over && moved != before) {
                before = moved;
                wait(GRACE_MILLIS);
            }
        }
    }
}
