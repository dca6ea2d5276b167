// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import java.nio.ByteBuffer;

/**
 * Takes runs of consecutive segments out of a super-frame, as plain frames or as smaller super-frames, in any order and as often as
 * wanted. The source is not changed; what comes out is what {@link Segmenter} would cut, with its checksum left open.
 *
 * <p>Called by: one thread at a time. Between {@link #open} and {@link #write} the source must stay as it is.
 */
public final class Cutter {
    private final SuperFrame view = new SuperFrame();
    private final SegmentHeaders headers = new SegmentHeaders();
    private ByteBuffer source;
    private int payload;
    private int payloadBytes;
    private int segments;

    /** Looks at a record. False: it is no sound super-frame, and the other methods but {@link #finish} must not be called. */
    public boolean open(ByteBuffer slab, int offset, int length) {
        if (!view.parse(slab, offset, length) || !view.isSuperFrame()) return false;
        headers.save(view, slab);
        source = slab;
        payload = view.payload();
        payloadBytes = view.payloadBytes();
        segments = view.segments();
        return true;
    }

    /** Packets that the record stands for; may be 1. */
    public int segments() {
        return segments;
    }

    /** Bytes of the record that such a run makes, its offload header included. */
    public int bytes(int firstSegment, int count) {
        return headers.bytes() + payloadOf(firstSegment, count);
    }

    /**
     * Writes a run to {@code at}, where {@link #bytes} are free: a super-frame, or for one segment a plain frame. NEEDS_CSUM is set.
     *
     * @return its bytes
     */
    public int write(ByteBuffer target, int at, int firstSegment, int count) {
        int bytes = payloadOf(firstSegment, count);
        headers.write(target, at, firstSegment, count, bytes);
        target.put(at + headers.bytes(), source, payload + firstSegment * headers.gsoSize(), bytes);
        return headers.bytes() + bytes;
    }

    /**
     * Finishes in place what a plain record with NEEDS_CSUM left open, and clears its offload header. What is open stays open.
     *
     * @return false, and nothing is changed, when the header names no field inside the packet
     */
    public boolean finish(ByteBuffer slab, int record, int length) {
        return finish(view, slab, record, length);
    }

    static boolean finish(SuperFrame view, ByteBuffer slab, int record, int length) {
        int start = OffloadHeader.BYTES + OffloadHeader.checksumStart(slab, record);
        int field = OffloadHeader.checksumOffset(slab, record);
        int end = length;
        boolean known = view.parse(slab, record, length) && view.isConsistent() && view.payload() != SuperFrame.NONE;
        if (known && view.l4() - record == start) end = view.packetEnd() - record;
        if (start < OffloadHeader.BYTES + Ethernet.HEADER || start + field + 2 > end) return false;
        OffloadHeader.clear(slab, record);
        Checksum.finish(slab, record + start, field, record + end);
        return true;
    }

    private int payloadOf(int firstSegment, int count) {
        int from = firstSegment * headers.gsoSize();
        return Math.max(0, Math.min(payloadBytes - from, count * headers.gsoSize()));
    }
}
