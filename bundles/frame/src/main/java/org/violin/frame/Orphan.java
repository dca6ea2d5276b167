// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import java.nio.ByteBuffer;

/**
 * A record whose headers were lost, or what is left of it: kept until the next record, which on lossy paths is a repair that repeats them
 * ({@link Encapsulation#REPAIR}). Its end is known, for the repair begins there; so what came behind its last loss is always in place.
 * What came before a later loss is kept only where the loss has a known size: between two slices that are full and go on the record.
 * Bounded by three records; nothing allocates after its first use.
 */
final class Orphan {
    private final int minRecord;
    private final int maxRecord;
    /** Bytes of the longest record, and of what may be left of the length and VNI in front of it. */
    private final int room;
    private final Holes gaps = new Holes();
    private final Holes holes = new Holes();
    private ByteBuffer tail;
    private ByteBuffer whole;
    private boolean collects;
    private int have;
    /** Bytes of a slice that was seen to be full: its record went on in the next one; 0: none yet. */
    private int full;
    /** Bytes of the last slice; 0: none yet. */
    private int last;
    /** Datagrams lost since then. */
    private long missing;

    Orphan(int minRecord, int maxRecord) {
        this.minRecord = minRecord;
        this.maxRecord = maxRecord;
        this.room = maxRecord + Encapsulation.RECORD;
    }

    /** What comes now, up to the next record start, belongs to a record whose beginning was lost. Slices were that long of late, or 0. */
    void begin(int fullSlice) {
        clear();
        collects = true;
        full = fullSlice;
    }

    void clear() {
        collects = false;
        last = 0;
        restart();
    }

    private void restart() {
        have = 0;
        missing = 0;
        gaps.clear();
    }

    /** A slice of so many bytes, the first {@code count} of which belong to the record. */
    void slice(ByteBuffer slab, int from, int count, int bytes) {
        if (!collects) return;
        if (missing > 0) bridge(count, bytes);
        else if (count > 0 && last > 0) full = last;
        last = bytes;
        if (count == 0) return;
        if (have + count > 2 * room) restart();
        if (count > 2 * room) return;
        tail().put(have, slab, from, count);
        have += count;
    }

    /** A further loss. */
    void gap(long datagrams) {
        if (have > 0) missing += datagrams; // else it is still the beginning
    }

    /**
     * A loss before a slice. If another record's end lies in it, that was in a shorter slice, so the hole becomes too large, never too
     * small: {@link #rebuild} sees it.
     */
    private void bridge(int count, int bytes) {
        boolean sized = count > 0 && bytes == full && last == full && missing < room;
        long hole = missing * full;
        missing = 0;
        if (sized && have + hole + count <= room && gaps.add(have, have + (int) hole)) have += (int) hole;
        else restart();
    }

    /** A whole record with holes in its headers. */
    void keep(ByteBuffer record, int at, int length, Holes damage) {
        clear();
        tail().put(0, record, at, length);
        have = length;
        gaps.copy(damage);
    }

    /** Twice the longest record: another one's end and a hole may lie before it. */
    private ByteBuffer tail() {
        if (tail == null) tail = ByteBuffer.allocateDirect(2 * room);
        return tail;
    }

    /** The record behind is a repair: the whole record's length, then its first bytes. Returns the segments that were saved. */
    int rebuild(ByteBuffer slab, int at, int bytes, Salvager salvager, Outlet outlet) {
        int length = (slab.getShort(at) & 0xFFFF) << 8 | slab.get(at + 2) & 0xFF;
        int template = bytes - Encapsulation.REPAIR_LENGTH;
        if (have == 0 || missing > 0 || length < minRecord || length > maxRecord || template > length) return 0;
        int start = 0;
        int gap = 0;
        while (have - start >= length + Encapsulation.RECORD && gap < gaps.count()) start = gaps.bounds()[2 * gap++ + 1];
        int more = have - start - length;
        if (start == have || more >= Encapsulation.RECORD) return 0;
        if (more > 0) start += more; // what was left of the length and VNI in front
        if (whole == null) whole = ByteBuffer.allocateDirect(maxRecord);
        int base = length - have;
        whole.put(base + start, tail, start, have - start);
        whole.put(0, slab, at + Encapsulation.REPAIR_LENGTH, template);
        holes.clear();
        if (base + start > template) holes.add(template, base + start);
        for (; gap < gaps.count(); gap++) {
            int from = Math.max(template, base + gaps.bounds()[2 * gap]);
            int to = base + gaps.bounds()[2 * gap + 1];
            if (to > from) holes.add(from, to);
        }
        if (holes.count() > 0) return salvager.salvage(whole, 0, length, holes.bounds(), holes.count(), outlet);
        outlet.frame(whole, 0, length);
        return SuperFrame.segments(whole, 0, length);
    }
}
