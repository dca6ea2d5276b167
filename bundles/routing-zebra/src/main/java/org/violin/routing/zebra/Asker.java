// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.zebra;

import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Asks the daemons of one guest over connections that stay open; one that broke is opened again at the next question. Any thread. */
final class Asker implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 5000;

    private final LongSupplier guestPid;
    private final Map<Daemon, Vty> open = new EnumMap<>(Daemon.class);
    private boolean closed;

    Asker(LongSupplier guestPid) {
        this.guestPid = guestPid;
    }

    /** The text of the answer. IOException when the daemon does not run or does not know the command. */
    String ask(Daemon daemon, String command) throws IOException {
        Vty vty = get(daemon);
        try {
            Vty.Answer answer = vty.ask(command, TIMEOUT_MILLIS);
            if (answer.unknown()) throw new UnsupportedOperationException(daemon.program() + " does not know '" + command + "'");
            return answer.text();
        } catch (UnsupportedOperationException e) {
            throw new IOException(e.getMessage(), e);
        } catch (IOException e) {
            drop(daemon, vty);
            throw e;
        }
    }

    private synchronized Vty get(Daemon daemon) throws IOException {
        if (closed) throw new IOException("closed");
        Vty vty = open.get(daemon);
        if (vty == null) {
            vty = Vty.connect(guestPid.getAsLong(), daemon);
            open.put(daemon, vty);
        }
        return vty;
    }

    private synchronized void drop(Daemon daemon, Vty vty) {
        open.remove(daemon, vty);
        vty.close();
    }

    @Override
    public synchronized void close() {
        closed = true;
        open.values().forEach(Vty::close);
        open.clear();
    }
}
