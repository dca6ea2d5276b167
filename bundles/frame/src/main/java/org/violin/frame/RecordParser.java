// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Cuts the slices of a record stream, given in order, back into records. A record is handed on where it lies if its bytes lie end to end,
 * even over several slices; else it is put together in one buffer. After {@link #lost} a record under way goes on behind a hole whose size
 * follows from the slices' equal size, and what is intact of a super-frame is saved; else all goes on at the next record start that a
 * datagram names.
 */
final class RecordParser {
    private final int minRecord;
    private final int maxRecord;
    private final Reassembler.Outlet outlet;
    private final Orphan orphan;
    private final Holes holes = new Holes();
    /** The holes of the record salvaged last. */
    private final Holes damage = new Holes();
    private final Salvager salvager = new Salvager();
    private final Outlet saved = this::saved;
    private ByteBuffer whole;
    /** Where the record under way lies: in {@link #whole}, or in the slab lent until {@link #detach}. */
    private ByteBuffer part;

    private int partAt;
    private boolean synced;
    private long header;
    private int have;
    private int length;
    private boolean repair;
    /** Bytes of the slices over which the record under way goes on, all of one size but its last; else those of one before. */
    private int sliceBytes;

    private int vni;
    volatile long malformed;
    volatile long torn;
    volatile long salvaged;

    RecordParser(int minRecord, int maxRecord, Reassembler.Outlet outlet) {
        this.minRecord = minRecord;
        this.maxRecord = maxRecord;
        this.outlet = outlet;
        this.orphan = new Orphan(minRecord, maxRecord);
    }

    /** So many datagrams of the stream, which come next, will not come. */
    void lost(long datagrams) {
        if (!synced) {
            orphan.gap(datagrams);
            return;
        }
        long missing = datagrams * sliceBytes;
        int done = have - Encapsulation.RECORD;
        if (done > 0 && !repair && sliceBytes > 0 && datagrams < maxRecord) {
            detach();
            if (missing < length - done && holes.add(done, done + (int) missing)) {
                have += (int) missing;
                return;
            }
            holes.add(done, length);
            salvage();
        } else if (have > 0) torn++;
        drop();
        orphan.begin(sliceBytes);
    }

    /** The stream ends here, or goes on elsewhere: nothing of it is kept. */
    void reset() {
        if (have > 0) torn++;
        drop();
        orphan.clear();
    }

    private void drop() {
        have = 0;
        header = 0;
        holes.clear();
        synced = false;
    }

    /** The slab is about to be used for something else: what is still needed of it is copied. */
    void detach() {
        int done = have - Encapsulation.RECORD;
        if (done <= 0 || part == whole) return;
        if (whole == null) whole = ByteBuffer.allocateDirect(maxRecord);
        whole.put(0, part, partAt, done);
        part = whole;
        partAt = 0;
    }

    /** Writes where it stands. What is kept for a repair is not: a record whose beginning is lost just now is lost. */
    void save(DataOutput out) throws IOException {
        out.writeBoolean(synced);
        out.writeLong(header);
        out.writeInt(have);
        out.writeInt(length);
        out.writeBoolean(repair);
        out.writeInt(vni);
        out.writeInt(sliceBytes);
        out.writeLong(malformed);
        out.writeLong(torn);
        out.writeLong(salvaged);
        holes.save(out);
        Bytes.write(out, part, partAt, Math.max(0, have - Encapsulation.RECORD));
    }

    /** Goes on where another one stood. */
    void load(DataInput in) throws IOException {
        synced = in.readBoolean();
        header = in.readLong();
        have = in.readInt();
        length = in.readInt();
        repair = in.readBoolean();
        vni = in.readInt();
        sliceBytes = in.readInt();
        malformed = in.readLong();
        torn = in.readLong();
        salvaged = in.readLong();
        holes.load(in);
        ByteBuffer bytes = Bytes.read(in, maxRecord);
        if (have > Encapsulation.RECORD + bytes.capacity() || length > maxRecord) throw new IOException("a record under way of " + have);
        if (bytes.capacity() == 0) return;
        if (whole == null) whole = ByteBuffer.allocateDirect(maxRecord);
        whole.put(0, bytes, 0, bytes.capacity());
        part = whole;
        partAt = 0;
    }

    boolean underWay() {
        return have > Encapsulation.RECORD;
    }

    /**
     * One slice, or several end to end of which only the first has a record start. The slab is lent until {@link #detach}.
     *
     * @param first where in it the first record begins that begins in it
     * @param oneSlice bytes of one slice
     */
    void payload(int first, ByteBuffer slab, int start, int bytes, int oneSlice) {
        int end = start + bytes;
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
            orphaned(slab, start, (firstAt < 0 ? end : firstAt) - start, Math.min(bytes, oneSlice));
            if (firstAt < 0) return;
            position = firstAt;
            synced = true;
        }
        records(slab, position, end, firstAt);
        if (have > 0) sliceBytes = oneSlice;
    }

    private void orphaned(ByteBuffer slab, int start, int count, int oneSlice) {
        int done = 0;
        do {
            int part = Math.min(count - done, oneSlice);
            // A run of several slices without a record start is one record's, so only the last slice may be short.
            orphan.slice(slab, start + done, part, count > oneSlice ? part : oneSlice);
            done += part;
        } while (done < count);
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
                if (!legal((int) (header >>> 24))) {
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

    private boolean legal(int field) {
        repair = (field & Encapsulation.REPAIR) != 0;
        length = field & ~Encapsulation.REPAIR;
        vni = (int) header & Encapsulation.MAX_VNI;
        return repair ? length > Encapsulation.REPAIR_LENGTH && length <= Encapsulation.MAX_REPAIR : length >= minRecord && length <= maxRecord;
    }

    private int body(ByteBuffer slab, int from, int end) {
        int done = have - Encapsulation.RECORD;
        int bytes = Math.min(length - done, end - from);
        if (done == 0) {
            part = slab;
            partAt = from;
        } else if (part == whole || part != slab || partAt + done != from) {
            detach();
            whole.put(done, slab, from, bytes);
        }
        have += bytes;
        if (done + bytes == length) deliver();
        return from + bytes;
    }

    private void deliver() {
        have = 0;
        header = 0;
        if (holes.count() > 0) {
            if (salvage() == 0) orphan.keep(part, partAt, length, damage);
            else orphan.clear();
            return;
        }
        if (repair) salvaged += orphan.rebuild(part, partAt, length, salvager, saved);
        else outlet.record(vni, part, partAt, length);
        orphan.clear();
    }

    private int salvage() {
        torn++;
        int segments = salvager.salvage(part, partAt, length, holes.bounds(), holes.count(), saved);
        salvaged += segments;
        damage.copy(holes);
        holes.clear();
        return segments;
    }

    private void saved(ByteBuffer slab, int offset, int bytes) {
        outlet.record(vni, slab, offset, bytes);
    }

    /** The bytes contradict each other; from here on only a named start is believed. */
    private void malformed() {
        malformed++;
        if (have > Encapsulation.RECORD && holes.count() > 0) {
            holes.truncate(length);
            salvage();
        } else if (have > 0) torn++;
        drop();
        orphan.clear();
    }
}
