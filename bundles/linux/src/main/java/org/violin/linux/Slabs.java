// SPDX-License-Identifier: Apache-2.0
package org.violin.linux;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;

/**
 * Native addresses of direct buffers, found by identity: callers use few buffers, so asking again costs no allocation. Called by: devices
 * and tunnels, any thread.
 */
public final class Slabs {
    /** Buffers known at most; more are looked up anew each time. */
    private static final int MOST = 512;

    /** Open addressing by identity, replaced when one is added. */
    private static final class Table {
        private final ByteBuffer[] buffers;
        private final long[] addresses;
        private int used;

        Table(int size) {
            buffers = new ByteBuffer[size];
            addresses = new long[size];
        }

        long find(ByteBuffer buffer) {
            int mask = buffers.length - 1;
            for (int at = System.identityHashCode(buffer) & mask; buffers[at] != null; at = at + 1 & mask) {
                if (buffers[at] == buffer) return addresses[at];
            }
            return 0;
        }

        void add(ByteBuffer buffer, long address) {
            int mask = buffers.length - 1;
            int at = System.identityHashCode(buffer) & mask;
            while (buffers[at] != null) at = at + 1 & mask;
            buffers[at] = buffer;
            addresses[at] = address;
            used++;
        }
    }

    private volatile Table known = new Table(16);

    /** The address of the first byte; the buffer is kept alive for as long as it is known here. */
    public long address(ByteBuffer buffer) {
        long address = known.find(buffer);
        return address != 0 ? address : learn(buffer);
    }

    private synchronized long learn(ByteBuffer buffer) {
        long address = of(buffer);
        Table old = known;
        if (old.used == MOST) return address;
        Table more = new Table(old.used * 2 < old.buffers.length ? old.buffers.length : old.buffers.length * 2);
        for (int i = 0; i < old.buffers.length; i++) {
            if (old.buffers[i] != null) more.add(old.buffers[i], old.addresses[i]);
        }
        if (more.find(buffer) == 0) more.add(buffer, address);
        known = more;
        return address;
    }

    /** The address of a direct buffer's first byte, whatever its position. */
    public static long of(ByteBuffer buffer) {
        return Pointer.nativeValue(Native.getDirectBufferPointer(buffer.duplicate().clear()));
    }
}
