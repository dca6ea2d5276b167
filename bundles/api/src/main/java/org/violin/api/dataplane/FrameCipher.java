// SPDX-License-Identifier: Apache-2.0
package org.violin.api.dataplane;

import java.nio.ByteBuffer;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Seals and opens a tunnel payload in place.
 *
 * <p>Called by: a tunnel, never concurrently for one direction. Memory: borrowed; {@link #overhead} bytes after the payload are the
 * cipher's to write. Must not: block, log, throw.
 */
@ConsumerType
public interface FrameCipher {
    /** {@link #open} result: not authentic. */
    int REJECTED = -1;

    /** Bytes that sealing adds behind the payload. */
    int overhead();

    /** Sealing and opening change nothing: a tunnel may leave them out and send payloads from where they lie. */
    default boolean clear() {
        return false;
    }

    /** Seals and returns the new length. The counter is unique for the key and direction. */
    int seal(ByteBuffer slab, int offset, int length, long counter);

    /** Opens and returns the payload's length, or {@link #REJECTED}. */
    int open(ByteBuffer slab, int offset, int length, long counter);
}
