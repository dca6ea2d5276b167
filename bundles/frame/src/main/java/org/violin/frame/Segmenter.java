// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import java.nio.ByteBuffer;

/**
 * Does in software what a port does not: cuts super-frames into plain frames and finishes checksums.
 *
 * <p>Called by: one thread at a time. The source is not changed; frames that differ from it are made in one scratch buffer of this object.
 */
public final class Segmenter {
    private static final int MAX_RECORD = 66_048;

    private final SuperFrame view = new SuperFrame();
    private final SegmentHeaders headers = new SegmentHeaders();
    private final ByteBuffer scratch = ByteBuffer.allocateDirect(MAX_RECORD);

    /**
     * Emits one record in a form that a port without offloads takes: every frame has a zero offload header and a finished checksum.
     *
     * <ul>
     *   <li>a plain frame passes as it is;
     *   <li>a frame with NEEDS_CSUM is copied and its checksum finished;
     *   <li>a super-frame becomes its segments: IP length, identification (+1 each) and header checksum, TCP sequence, FIN and PSH only
     *       on the last, CWR only on the first.
     * </ul>
     *
     * @param segment false: the port takes super-frames, they pass as they are
     * @return frames emitted; 0 for a malformed record, which the caller counts
     */
    public int finish(ByteBuffer slab, int offset, int length, boolean segment, Outlet outlet) {
        if (length < OffloadHeader.BYTES + Ethernet.HEADER || length > MAX_RECORD) return 0;
        boolean plain = OffloadHeader.gsoType(slab, offset) == OffloadHeader.GSO_NONE;
        boolean open = (OffloadHeader.flags(slab, offset) & OffloadHeader.NEEDS_CHECKSUM) != 0;
        if (plain && open) return finishOne(slab, offset, length, outlet);
        if (plain || !segment) {
            outlet.frame(slab, offset, length);
            return 1;
        }
        return view.parse(slab, offset, length) && view.isSuperFrame() ? cut(slab, outlet) : 0;
    }

    private int finishOne(ByteBuffer slab, int offset, int length, Outlet outlet) {
        scratch.put(0, slab, offset, length);
        if (!Cutter.finish(view, scratch, 0, length)) return 0;
        outlet.frame(scratch, 0, length);
        return 1;
    }

    private int cut(ByteBuffer slab, Outlet outlet) {
        headers.save(view, slab);
        int from = view.payload();
        int left = view.payloadBytes();
        int segments = view.segments();
        for (int i = 0; i < segments; i++) {
            int bytes = Math.min(left, view.gsoSize());
            headers.write(scratch, 0, i, 1, bytes);
            scratch.put(headers.bytes(), slab, from, bytes);
            int length = headers.bytes() + bytes;
            OffloadHeader.clear(scratch, 0);
            Checksum.finish(scratch, headers.l4(), headers.checksumOffset(), length);
            outlet.frame(scratch, 0, length);
            from += bytes;
            left -= bytes;
        }
        return segments;
    }
}
