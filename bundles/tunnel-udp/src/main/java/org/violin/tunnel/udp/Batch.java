// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

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
    private boolean sealed;

    /** Seals all datagrams, once. False when the cipher failed. All peers share the cipher, which seals for one at a time. */
    boolean seal(FrameCipher cipher) {
        if (sealed || cipher.clear()) return true;
        synchronized (cipher) {
            sealed = sealAll(cipher);
        }
        return sealed;
    }

    private boolean sealAll(FrameCipher cipher) {
        try {
            for (int at = 0; at < length; at += datagramBytes) {
                int payload = Math.min(datagramBytes, length - at) - Encapsulation.HEADER - cipher.overhead();
                long counter = Encapsulation.counter(slab, at);
                if (cipher.seal(slab, at + Encapsulation.HEADER, payload, counter) != payload + cipher.overhead()) return false;
            }
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    void clear() {
        owner = null;
        wire = null;
        written = 0;
        control = false;
        sealed = false;
        fate = Fate.WRITTEN;
    }
}
