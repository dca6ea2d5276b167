// SPDX-License-Identifier: Apache-2.0
package org.violin.shell.link;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream that comes from the other side. Holds at most {@value #WINDOW_BYTES} bytes: the other side sends no more until some were read
 * here, so that a slow reader holds up its own stream only.
 */
final class Inlet extends InputStream {
    static final int WINDOW_BYTES = 256 * 1024;
    /** Room is told in such steps. */
    private static final int STEP_BYTES = WINDOW_BYTES / 4;

    private static final Logger LOG = LoggerFactory.getLogger(Inlet.class);

    /** Tells the other side that so many bytes were read. */
    interface Room {
        void tell(int bytes) throws IOException;
    }

    private final Room room;
    private final ArrayDeque<byte[]> chunks = new ArrayDeque<>();
    private int first;
    private int queued;
    private int read;
    private boolean ended;

    Inlet(Room room) {
        this.room = room;
    }

    /** Bytes that came. Throws when the other side sends more than there is room for. */
    synchronized void offer(byte[] bytes) throws IOException {
        if (ended || bytes.length == 0) return;
        if (queued + bytes.length > WINDOW_BYTES) throw new IOException("more bytes than there was room for");
        chunks.add(bytes);
        queued += bytes.length;
        notifyAll();
    }

    /** Nothing comes any more; what is here can be read. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** Like {@link #end}, with a last line for the reader. */
    synchronized void end(byte[] lastWords) {
        if (!ended) {
            chunks.add(lastWords);
            queued += lastWords.length;
        }
        end();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (length == 0) return 0;
        int tell = 0;
        int taken = 0;
        synchronized (this) {
            try {
                while (chunks.isEmpty() && !ended) wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException();
            }
            while (taken < length && !chunks.isEmpty()) taken += take(buffer, offset + taken, length - taken);
            if (taken == 0) return -1;
            queued -= taken;
            read += taken;
            if (read >= STEP_BYTES && !ended) {
                tell = read;
                read = 0;
            }
        }
        if (tell > 0) tell(tell);
        return taken;
    }

    /** The bytes are the reader's, whatever became of the connection since they came. */
    private void tell(int bytes) {
        try {
            room.tell(bytes);
        } catch (IOException e) {
            LOG.debug("Nobody is left to be told of room", e);
        }
    }

    private int take(byte[] buffer, int offset, int length) {
        byte[] chunk = chunks.element();
        int n = Math.min(length, chunk.length - first);
        System.arraycopy(chunk, first, buffer, offset, n);
        first += n;
        if (first == chunk.length) {
            chunks.remove();
            first = 0;
        }
        return n;
    }

    @Override
    public synchronized int available() {
        return queued;
    }
}
