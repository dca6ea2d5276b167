// SPDX-License-Identifier: Apache-2.0
package org.violin.shell.link;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Objects;

/** One stream that goes to the other side; a write waits while the other side has no room. Any thread. */
final class Outlet extends OutputStream {
    private static final int PIECE_BYTES = 16 * 1024;

    private final Wire wire;
    private final int stream;
    private final int end;
    private long room = Inlet.WINDOW_BYTES;
    private boolean shut;

    /** @param end type of the frame that tells the stream's end; 0: none */
    Outlet(Wire wire, int stream, int end) {
        this.wire = wire;
        this.stream = stream;
        this.end = end;
    }

    /** The other side has read so many bytes. */
    synchronized void grant(int bytes) throws IOException {
        if (bytes <= 0 || room + bytes > Inlet.WINDOW_BYTES) throw new IOException("room for " + bytes + " bytes that never was taken");
        room += bytes;
        notifyAll();
    }

    /** Writers get an IOException from now on, those too that wait. */
    synchronized void shut() {
        shut = true;
        notifyAll();
    }

    private synchronized int take(int wanted) throws IOException {
        try {
            while (room == 0 && !shut) wait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
        if (shut) throw gone();
        int n = (int) Math.min(Math.min(wanted, room), PIECE_BYTES);
        room -= n;
        return n;
    }

    private static IOException gone() {
        return new IOException("nobody reads any more");
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, buffer.length);
        for (int sent = 0; sent < length; ) {
            int n = take(length - sent);
            wire.send(stream, buffer, offset + sent, n);
            sent += n;
        }
    }

    /** Throws when nobody reads any more: this is how a command notices. */
    @Override
    public synchronized void flush() throws IOException {
        if (shut) throw gone();
    }

    @Override
    public void close() throws IOException {
        synchronized (this) {
            if (shut) return;
            shut();
        }
        if (end != 0) wire.send(end);
    }
}
