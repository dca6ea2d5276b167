// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import java.nio.ByteBuffer;

/**
 * One key for one direction. The nonce is {@code first} (4 bytes), then {@code rest} (8 bytes), in network byte order. Called by: one thread
 * at a time. Memory: borrowed, direct. Must not throw.
 */
interface Aead extends AutoCloseable {
    /** Seals in place with the bytes from header to offset authenticated; writes the tag behind. False: failed. */
    boolean seal(ByteBuffer slab, int header, int offset, int length, int first, long rest);

    /** Opens in place; {@code length} counts no tag. False: not authentic; the content is garbage then. */
    boolean open(ByteBuffer slab, int header, int offset, int length, int first, long rest);

    /** Wipes the key. */
    @Override
    void close();
}
