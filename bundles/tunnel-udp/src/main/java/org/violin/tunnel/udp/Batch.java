// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.violin.api.dataplane.FrameCipher;
import org.violin.frame.Encapsulation;
import org.violin.linux.Slabs;

/** One buffer of datagrams on its way to the kernel: filled under its peer's lock, sealed, written, used again. */
final class Batch {
    /** Bytes that one segmented send may have: more is cut into single datagrams by the kernel (the limit includes lower headers). */
    static final int MAX_BYTES = 65_400;

    static final int MAX_DATAGRAMS = 64;

    /** Why datagrams were not written. */
    enum Fate {
        WRITTEN, TOO_BIG, FAILED
    }

    final ByteBuffer slab = ByteBuffer.allocateDirect(65_536);
    final long address = Slabs.of(slab);
    Outbound owner;
    Wire wire;
    int length;
    int datagrams;
    /** Bytes of each but the last, which may be shorter. */
    int datagramBytes;
    /** Datagrams written so far. */
    int written;
    /** A message between tunnels, which no queue is charged for. */
    boolean control;
    Fate fate = Fate.WRITTEN;
    /** Datagrams that are sealed already. */
    int sealed;

    /**
     * Seals what is not yet sealed. Called under the peer's lock, so never twice at once for one cipher.
     *
     * @return false when the cipher refused or failed; what was sealed until then stays so
     */
    boolean seal(Lane lane) {
        FrameCipher cipher = lane.cipher();
        if (cipher == null) return true;
        int head = lane.front().bytes();
        try {
            for (; sealed < datagrams; sealed++) {
                int at = sealed * datagramBytes;
                int payload = Math.min(datagramBytes, length - at) - head - lane.overhead();
                long counter = Encapsulation.sealedCounter(slab, at);
                if (cipher.seal(slab, at, at + head, payload, counter) != payload + lane.overhead()) return false;
            }
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    /** Writes what is not yet written, for {@link #load} in another tunnel. */
    void save(DataOutput out) throws IOException {
        byte[] rest = new byte[length - written * datagramBytes];
        slab.get(written * datagramBytes, rest);
        out.writeInt(rest.length);
        out.writeInt(datagrams - written);
        out.writeInt(datagramBytes);
        out.writeInt(Math.max(0, sealed - written));
        out.write(rest);
    }

    void load(DataInput in) throws IOException {
        length = in.readInt();
        datagrams = in.readInt();
        datagramBytes = in.readInt();
        sealed = in.readInt();
        if (length <= 0 || length > slab.capacity() || datagrams <= 0 || datagramBytes <= 0 || (datagrams - 1) * (long) datagramBytes >= length)
            throw new IOException("a batch of " + length + " bytes");
        byte[] rest = new byte[length];
        in.readFully(rest);
        slab.put(0, rest);
    }

    void clear() {
        owner = null;
        wire = null;
        written = 0;
        control = false;
        sealed = 0;
        fate = Fate.WRITTEN;
    }
}
