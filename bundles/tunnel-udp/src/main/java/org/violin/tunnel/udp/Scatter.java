// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.nio.ByteBuffer;
import org.violin.frame.Encapsulation;
import org.violin.linux.Message;
import org.violin.linux.Slabs;

/**
 * Where a run of datagrams is received to: headers here, slices end to end in a slab, so that a record that was cut lies whole again
 * without a copy. That works for runs of the size expected, and for a single datagram up to it; any other is laid out again by copying.
 * Used by the receiving thread.
 */
final class Scatter {
    private static final int FRONT = Encapsulation.HEADER + Encapsulation.FIRST;
    private static final int MOST = Batch.MAX_DATAGRAMS;
    private static final int STRIDE = 32;
    private static final int MESSAGE = 65_536;
    private static final int SLAB = 4 * MESSAGE;

    final Message message = new Message(2 * MOST + 1);
    /** Headers, each {@link #STRIDE} bytes behind the last; then an overflow for what is longer than expected. */
    private final ByteBuffer heads = ByteBuffer.allocateDirect(MOST * STRIDE + MESSAGE);
    private final long headsAddress = Slabs.of(heads);
    private final ByteBuffer slab = ByteBuffer.allocateDirect(SLAB);
    private final long slabAddress = Slabs.of(slab);
    private final ByteBuffer linear = ByteBuffer.allocateDirect(MESSAGE);
    private int size = 1472;
    private int position;
    private int madeFor = -1;
    private int madeAt = -1;

    /** Takes datagrams out of their layout: one, or a run. */
    interface Outlet {
        default void run(ByteBuffer heads, int head, int stride, int count, ByteBuffer slab, int at, int slice, int bytes) {
            for (int i = 0; i < count; i++) {
                datagram(heads, head + i * stride, slab, at + i * slice, Math.min(slice, bytes - i * slice));
            }
        }

        void datagram(ByteBuffer heads, int head, ByteBuffer slab, int slice, int sliceBytes);
    }

    /** Makes the message ready to receive. */
    void prepare() {
        if (madeFor == size && madeAt == position) return;
        int slice = size - FRONT;
        message.clear();
        long to = slabAddress + position;
        for (int i = 0; i < MOST && (i + 1) * size <= MESSAGE; i++) {
            message.part(headsAddress + i * STRIDE, FRONT);
            message.part(to, slice);
            to += slice;
        }
        message.part(headsAddress + MOST * STRIDE, MESSAGE);
        madeFor = size;
        madeAt = position;
    }

    /** Cuts what was received. @return bytes of the slab from {@link #position} on that now hold slices; 0 when they were laid out anew */
    int cut(int bytes, int segment, Outlet outlet) {
        int one = segment == 0 ? bytes : segment;
        int count = (bytes + one - 1) / one;
        boolean fits = count <= MOST && count * (long) size <= MESSAGE && (count == 1 ? one <= size : one == size);
        if (!fits) {
            again(bytes, one, outlet);
            return 0;
        }
        int slice = size - FRONT;
        int last = bytes - (count - 1) * one;
        int used = (count - 1) * slice + Math.max(0, last - FRONT);
        if (count == 1) outlet.datagram(heads, 0, slab, position, last - FRONT);
        else if (last >= FRONT) outlet.run(heads, 0, STRIDE, count, slab, position, slice, used);
        else outlet.run(heads, 0, STRIDE, count - 1, slab, position, slice, used);
        return used;
    }

    /** The next message goes behind these bytes, because a record goes on there; false when there is no room. */
    boolean advance(int bytes) {
        if (position + bytes + MESSAGE > SLAB) return false;
        position += bytes;
        return true;
    }

    void rewind() {
        position = 0;
    }

    private void again(int bytes, int one, Outlet outlet) {
        int slice = size - FRONT;
        int done = 0;
        for (int i = 0; i < MOST && (i + 1) * size <= MESSAGE && done < bytes; i++) {
            int head = Math.min(FRONT, bytes - done);
            linear.put(done, heads, i * STRIDE, head);
            done += head;
            int body = Math.min(slice, bytes - done);
            linear.put(done, slab, position + i * slice, body);
            done += body;
        }
        if (done < bytes) linear.put(done, heads, MOST * STRIDE, bytes - done);
        for (int at = 0; at < bytes; at += one) {
            int length = Math.min(one, bytes - at);
            outlet.datagram(linear, at, linear, at + FRONT, length - FRONT);
        }
        if (one > FRONT + 64 && one <= MESSAGE) size = one;
    }
}
