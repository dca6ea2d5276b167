// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** One session's key for what is received, with its replay windows. Any thread, guarded by itself. */
final class ReceiveKey {
    static final int OPENED = 0;
    static final int FORGED = 1;
    static final int REPLAYED = 2;
    static final int CLOSED = 3;

    private static final int[] WINDOWS = {2048, 256, 64};
    /** Bytes of {@link #write}. */
    static final int SIZE = Suite.KEY + ReplayWindow.size(WINDOWS[0]) + ReplayWindow.size(WINDOWS[1]) + ReplayWindow.size(WINDOWS[2]);

    private final Aead aead;
    private final byte[] key;
    private final ReplayWindow[] windows = {new ReplayWindow(WINDOWS[0]), new ReplayWindow(WINDOWS[1]), new ReplayWindow(WINDOWS[2])};
    private boolean closed;

    /** The array is this object's from now on. */
    ReceiveKey(Aead aead, byte[] key) {
        this.aead = aead;
        this.key = key;
    }

    /** Opens, then looks whether it was here before. */
    synchronized int open(ByteBuffer slab, int header, int offset, int length, int kind, long sequence) {
        if (closed) return CLOSED;
        if (!aead.open(slab, header, offset, length, kind, sequence)) return FORGED;
        return windows[kind].accept(sequence) ? OPENED : REPLAYED;
    }

    /** Wipes the key; from then on nothing is opened. */
    synchronized void close() {
        if (!closed) aead.close();
        closed = true;
        Arrays.fill(key, (byte) 0);
    }

    /** Key and windows for {@link #read}, and closes. False: closed before. */
    synchronized boolean write(ByteBuffer out) {
        if (closed) return false;
        out.put(key);
        for (ReplayWindow window : windows) window.write(out);
        close();
        return true;
    }

    /** Takes the windows up that follow the key in the record. */
    synchronized void read(ByteBuffer in) {
        for (ReplayWindow window : windows) window.read(in);
    }
}
