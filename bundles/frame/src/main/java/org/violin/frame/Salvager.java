// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import java.nio.ByteBuffer;

/**
 * Saves the intact TCP or UDP segments of a super-frame of which some datagrams were lost, so that a loss costs the guests about what it
 * would cost them without super-frames.
 *
 * <p>Called by: one thread at a time, when a record is complete but for its holes. Payload is not copied: the headers of a run of intact
 * segments are written in front of it, over segments that are broken or already emitted. So the record is used up afterwards.
 */
public final class Salvager {
    private final SuperFrame view = new SuperFrame();
    private final SegmentHeaders headers = new SegmentHeaders();

    /**
     * Emits one record for each longest run of intact segments: a super-frame, or for one segment a frame with NEEDS_CSUM.
     * Without a hole the record is emitted as it is.
     *
     * @param holes pairs [from, to) counted from the record's start, sorted and disjoint; the bytes there are garbage
     * @param holeCount pairs that are valid
     * @return segments delivered; 0 when a hole touches a header, or the record is no sound super-frame and has a hole
     */
    public int salvage(ByteBuffer slab, int offset, int length, int[] holes, int holeCount, Outlet outlet) {
        if (!view.parse(slab, offset, length)) return 0;
        if (holeCount == 0) {
            outlet.frame(slab, offset, length);
            return view.segments();
        }
        int header = OffloadHeader.BYTES + view.headerBytes();
        if (!view.isSuperFrame() || holes[0] < header) return 0;
        headers.save(view, slab);
        int size = view.gsoSize();
        int segments = view.segments();
        int delivered = 0;
        int runStart = 0;
        int hole = 0;
        for (int i = 0; i < segments; i++) {
            int from = header + i * size;
            int to = Math.min(from + size, length);
            while (hole < holeCount && (holes[2 * hole + 1] <= from || holes[2 * hole + 1] <= holes[2 * hole])) hole++;
            if (hole == holeCount || holes[2 * hole] >= to) continue;
            delivered += emit(slab, runStart, i, from - header, outlet);
            runStart = i + 1;
        }
        return delivered + emit(slab, runStart, segments, length - header, outlet);
    }

    /** Segments {@code first} to before {@code end}, whose payload ends {@code payloadEnd} bytes behind the start of all payload. */
    private int emit(ByteBuffer slab, int first, int end, int payloadEnd, Outlet outlet) {
        int count = end - first;
        if (count <= 0) return 0;
        int skipped = first * headers.gsoSize();
        int bytes = payloadEnd - skipped;
        headers.write(slab, view.offset() + skipped, first, count, bytes);
        outlet.frame(slab, view.offset() + skipped, headers.bytes() + bytes);
        return count;
    }
}
