// SPDX-License-Identifier: Apache-2.0
package org.violin.linux;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;

/** Native addresses of direct buffers, found by identity. Callers use few buffers, so asking again costs no allocation. */
final class Slabs {
    private static final int MOST = 16;

    private record Slab(ByteBuffer buffer, long address) {}

    private volatile Slab[] known = new Slab[0];
    private int next;

    long address(ByteBuffer buffer) {
        for (Slab slab : known) {
            if (slab.buffer == buffer) return slab.address;
        }
        return learn(buffer);
    }

    private synchronized long learn(ByteBuffer buffer) {
        Slab slab = new Slab(buffer, of(buffer));
        boolean full = known.length == MOST;
        Slab[] more = java.util.Arrays.copyOf(known, full ? MOST : known.length + 1);
        more[full ? next++ % MOST : more.length - 1] = slab;
        known = more;
        return slab.address;
    }

    /** The address of a direct buffer's first byte, whatever its position. */
    static long of(ByteBuffer buffer) {
        return Pointer.nativeValue(Native.getDirectBufferPointer(buffer.duplicate().clear()));
    }
}
