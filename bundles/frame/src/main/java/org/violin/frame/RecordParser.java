// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import java.nio.ByteBuffer;

/**
 * Cuts the slices of a record stream, given in order, back into records. After {@link #lost} it starts again at the next record start
 * that a datagram names. Contiguous records are handed on where they lie; others are put together in one buffer of the longest record.
 */
final class RecordParser {
    private final int minRecord;
    private final int maxRecord;
    private final Reassembler.Outlet outlet;
    private ByteBuffer whole;
    private boolean synced;
    private long header;
    private int have;
    private int length;
    volatile long malformed;
    volatile long torn;

    RecordParser(int minRecord, int maxRecord, Reassembler.Outlet outlet) {
        this.minRecord = minRecord;
        this.maxRecord = maxRecord;
        this.outlet = outlet;
    }

    /** The next datagram of the stream will not come: the record it would have gone on with is lost. */
    void lost() {
        if (have > 0) torn++;
        have = 0;
        header = 0;
        synced = false;
    }

    /** One opened payload: {@code first}, then a slice. */
    void payload(ByteBuffer slab, int offset, int bytes) {
        if (bytes < Encapsulation.FIRST) {
            malformed();
            return;
        }
        int first = slab.getShort(offset) & 0xFFFF;
        int start = offset + Encapsulation.FIRST;
        int end = offset + bytes;
        int firstAt = first == Encapsulation.NONE ? -1 : start + first;
        if (firstAt >= end) {
            malformed();
            return;
        }
        int position = start;
        if (synced && have >= Encapsulation.RECORD) {
            int boundary = start + Encapsulation.RECORD + length - have;
            if (firstAt != (boundary < end ? boundary : -1)) malformed();
        }
        if (!synced) {
            if (firstAt < 0) return;
            position = firstAt;
            synced = true;
        }
        records(slab, position, end, firstAt);
    }

    private void records(ByteBuffer slab, int from, int end, int firstAt) {
        int position = from;
        boolean seen = false;
        while (position < end) {
            if (have == 0 && !seen) {
                if (position != firstAt) {
                    malformed();
                    return;
                }
                seen = true;
            }
            if (have < Encapsulation.RECORD) {
                position = header(slab, position, end);
                if (have < Encapsulation.RECORD) break;
                length = (int) (header >>> 24);
                if (length < minRecord || length > maxRecord) {
                    malformed();
                    return;
                }
            }
            position = body(slab, position, end);
        }
        if (!seen && firstAt >= 0) malformed();
    }

    private int header(ByteBuffer slab, int from, int end) {
        if (have == 0 && end - from >= Encapsulation.RECORD) {
            header = (slab.getInt(from) & 0xFFFF_FFFFL) << 16 | slab.getShort(from + 4) & 0xFFFFL;
            have = Encapsulation.RECORD;
            return from + Encapsulation.RECORD;
        }
        int position = from;
        while (position < end && have < Encapsulation.RECORD) {
            header = header << 8 | slab.get(position++) & 0xFF;
            have++;
        }
        return position;
    }

    private int body(ByteBuffer slab, int from, int end) {
        int done = have - Encapsulation.RECORD;
        if (done == 0 && end - from >= length) {
            deliver(slab, from);
            return from + length;
        }
        if (whole == null) whole = ByteBuffer.allocateDirect(maxRecord);
        int part = Math.min(length - done, end - from);
        whole.put(done, slab, from, part);
        have += part;
        if (done + part == length) deliver(whole, 0);
        return from + part;
    }

    private void deliver(ByteBuffer slab, int offset) {
        int vni = (int) header & Encapsulation.MAX_VNI;
        have = 0;
        header = 0;
        outlet.record(vni, slab, offset, length);
    }

    private void malformed() {
        malformed++;
        lost();
    }
}
