// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import java.nio.ByteBuffer;

/**
 * The end of a record whose beginning was lost: kept until the next record, which on lossy paths is a repair that repeats the lost headers
 * ({@link Encapsulation#REPAIR}). Bounded by one record; nothing allocates after its first use.
 */
final class Orphan {
    private final int minRecord;
    private final int maxRecord;
    private final Holes gaps = new Holes();
    private final Holes holes = new Holes();
    private ByteBuffer tail;
    private ByteBuffer whole;
    private boolean collects;
    private int have;

    Orphan(int minRecord, int maxRecord) {
        this.minRecord = minRecord;
        this.maxRecord = maxRecord;
    }

    /** What comes now, up to the next record start, belongs to a record whose beginning was lost. */
    void begin() {
        clear();
        collects = true;
    }

    void clear() {
        collects = false;
        have = 0;
        gaps.clear();
    }

    void bytes(ByteBuffer slab, int from, int count) {
        if (!collects || count == 0) return;
        if (have + count > maxRecord) {
            clear();
            return;
        }
        if (tail == null) tail = ByteBuffer.allocateDirect(maxRecord);
        tail.put(have, slab, from, count);
        have += count;
    }

    /** A further loss. */
    void gap(long count) {
        if (!collects || have == 0) return; // still the beginning
        if (count <= 0 || have + count > maxRecord || !gaps.add(have, have + (int) count)) begin();
        else have += (int) count;
    }

    /** The record behind is a repair: the whole record's length, then its first bytes. Returns the segments that were saved. */
    int rebuild(ByteBuffer slab, int at, int bytes, Salvager salvager, Outlet outlet) {
        int length = (slab.getShort(at) & 0xFFFF) << 8 | slab.get(at + 2) & 0xFF;
        int template = bytes - Encapsulation.REPAIR_LENGTH;
        if (have == 0 || length < minRecord || length > maxRecord || template > length || have > length) return 0;
        if (whole == null) whole = ByteBuffer.allocateDirect(maxRecord);
        int base = length - have;
        whole.put(base, tail, 0, have);
        whole.put(0, slab, at + Encapsulation.REPAIR_LENGTH, template);
        holes.clear();
        if (base > template) holes.add(template, base);
        for (int i = 0; i < gaps.count(); i++) {
            int from = Math.max(template, base + gaps.bounds()[2 * i]);
            int to = base + gaps.bounds()[2 * i + 1];
            if (to > from) holes.add(from, to);
        }
        if (holes.count() > 0) return salvager.salvage(whole, 0, length, holes.bounds(), holes.count(), outlet);
        outlet.frame(whole, 0, length);
        return 1;
    }
}
