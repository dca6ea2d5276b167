// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import org.apache.karaf.shell.api.console.Terminal;
import org.jline.utils.NonBlockingInputStream;

/** Keys typed at an interactive shell, read so that the reader can stop: what is typed after {@link #close} is left for the prompt. */
final class ConsoleInput extends InputStream {
    private static final long WAIT_MILLIS = 50;

    private final InputStream input;
    private volatile boolean closed;

    ConsoleInput(Terminal terminal, InputStream otherwise) {
        InputStream keys = terminal instanceof org.jline.terminal.Terminal t ? t.input() : otherwise;
        this.input = keys;
    }

    @Override
    public int read() throws IOException {
        if (!(input instanceof NonBlockingInputStream keys)) return closed ? -1 : input.read();
        while (!closed) {
            int key = keys.read(WAIT_MILLIS);
            if (key != NonBlockingInputStream.READ_EXPIRED) return key;
            if (Thread.interrupted()) throw new InterruptedIOException();
        }
        return -1;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (length == 0) return 0;
        int key = read();
        if (key < 0) return -1;
        buffer[offset] = (byte) key;
        return 1;
    }

    @Override
    public void close() {
        closed = true;
    }
}
