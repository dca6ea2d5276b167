// SPDX-License-Identifier: Apache-2.0
package org.violin.api.dataplane;

import java.nio.ByteBuffer;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * The association with one peer: seals what goes there and opens what comes from there, in place.
 *
 * <p>Called by: a tunnel, never concurrently for one direction; the two directions are concurrent. Memory: borrowed, a direct buffer;
 * {@link TunnelCipher#overhead} bytes after the payload are the cipher's to write. Must not: block, log, throw.
 */
@ConsumerType
public interface FrameCipher {
    /** {@link #open} result: not authentic, or seen before. {@link #seal} result: this counter must not be used (again). */
    int REJECTED = -1;

    /** Keys are there: {@link #seal} works. Without, a tunnel keeps what it has for this peer, within its bounds. Any thread. */
    boolean ready();

    /**
     * Seals a payload and returns its new length. The header is authenticated with it; a cipher with keys first writes the 32-bit index that
     * the peer gave them at {@code header} + 2, in network byte order.
     *
     * @param header where the datagram's header begins; it ends at {@code offset}
     * @param counter rises with each call of its class; the top bit is the class (0 data, 1 control)
     */
    int seal(ByteBuffer slab, int header, int offset, int length, long counter);

    /** Opens a payload and returns its length, or {@link #REJECTED}. The header as for {@link #seal}. */
    int open(ByteBuffer slab, int header, int offset, int length, long counter);

    /**
     * What the peer said of itself when the keys were agreed on that opened the last payload: see {@link TunnelCipher#peer}. Called by: the
     * thread that opens. 0: this cipher tells nothing.
     */
    long epoch();
}
