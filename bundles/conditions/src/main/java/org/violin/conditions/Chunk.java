// SPDX-License-Identifier: Apache-2.0
package org.violin.conditions;

import java.nio.ByteBuffer;

/** A piece of memory that records are written to one behind the other; free again when the last of them is gone. */
final class Chunk {
    final ByteBuffer buffer;
    final int sizeClass;
    int used;
    /** What lies here and is still wanted. */
    int wanted;

    Chunk(int bytes, int sizeClass) {
        buffer = ByteBuffer.allocateDirect(bytes);
        this.sizeClass = sizeClass;
    }

    int bytes() {
        return buffer.capacity();
    }
}
