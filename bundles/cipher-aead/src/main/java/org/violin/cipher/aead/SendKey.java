// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** One session's key for what is sent. No nonce is used twice: each class's sequence only rises. Any thread, guarded by itself. */
final class SendKey {
    /** Datagrams and bytes under one key, far below what the algorithms allow; whoever gets there waits for the next key. */
    static final long MOST_MESSAGES = 1L << 40;
    static final long MOST_BYTES = 1L << 40;

    /** Bytes of {@link #write}. */
    static final int SIZE = Suite.KEY + 5 * Long.BYTES;

    private final Aead aead;
    private final byte[] key;
    private final long[] last = {-1, -1, -1};
    private long messages;
    private long bytes;
    private boolean closed;

    /** The array is this object's from now on. */
    SendKey(Aead aead, byte[] key) {
        this.aead = aead;
        this.key = key;
    }

    /** False: closed, worn out, or the sequence does not rise. */
    synchronized boolean seal(ByteBuffer slab, int header, int offset, int length, int kind, long sequence) {
        if (closed || sequence <= last[kind] || messages >= MOST_MESSAGES || bytes >= MOST_BYTES) return false;
        last[kind] = sequence;
        messages++;
        bytes += length;
        return aead.seal(slab, header, offset, length, kind, sequence);
    }

    /** The next sequence number of the cipher's own messages. */
    synchronized long next(int kind) {
        return last[kind] + 1;
    }

    synchronized long bytes() {
        return bytes;
    }

    /** Wipes the key; from then on nothing is sealed. */
    synchronized void close() {
        if (!closed) aead.close();
        closed = true;
        Arrays.fill(key, (byte) 0);
    }

    /** Key and counters for {@link #read}, and closes: what is written is never used here again. False: closed before. */
    synchronized boolean write(ByteBuffer out) {
        if (closed) return false;
        out.put(key);
        for (long n : last) out.putLong(n);
        out.putLong(messages).putLong(bytes);
        close();
        return true;
    }

    /** Takes the counters up that follow the key in the record. */
    synchronized void read(ByteBuffer in) {
        for (int i = 0; i < last.length; i++) last[i] = in.getLong();
        messages = in.getLong();
        bytes = in.getLong();
    }
}
