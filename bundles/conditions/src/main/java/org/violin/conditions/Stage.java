// SPDX-License-Identifier: Apache-2.0
package org.violin.conditions;

import java.nio.ByteBuffer;
import java.util.Map;
import org.violin.api.dataplane.Frames;
import org.violin.api.dataplane.LinkStage;
import org.violin.frame.Cutter;
import org.violin.frame.OffloadHeader;

/**
 * One direction of a vLink: a queue before a rate, then a line that delays, loses, damages, doubles and shuffles. All is decided when a
 * packet arrives; what is kept only waits for its time. A super-frame is copied once, as it is; its segments are decided on one by one,
 * and those that follow each other within {@link #RUN_NANOS} leave together, as a smaller super-frame, when the last of them is due.
 */
final class Stage implements LinkStage {
    /** Segments of one super-frame that are due within so much leave as one record. */
    static final long RUN_NANOS = 100_000;
    /** A packet that changes places with the next waits so long for it. */
    static final long PARK_NANOS = 50_000_000;
    /** Entries are at most the bound of memory divided by this. */
    private static final int BYTES_PER_ENTRY = 256;
    /** Flag of an entry: segments of the record, not all of it. */
    private static final int RUN = 1;
    /** Flag of a run: to be marked (ECN) when it is cut. */
    private static final int MARK = 2;

    private final Tally tally = new Tally();
    private final Bottleneck bottleneck = new Bottleneck();
    private final ChunkPool pool;
    private final Store store;
    private final Line line;
    private Cutter cutter;
    private Chunk cutChunk;
    private int cutAt;
    private Settings settings;
    private long packet;
    private boolean bad;
    private long lastDue = Long.MIN_VALUE;
    private long lastNow;
    private int parked = Line.NONE;
    private long parkedUntil;

    /** The record at hand, and where it was copied to, once it was. */
    private ByteBuffer slab;
    private int offset;
    private int length;
    private int segments;
    private int markable;
    private boolean isCut;
    private Chunk kept;
    private int keptAt;
    private boolean failed;
    private boolean added;
    /** The run of segments that is not in the line yet. */
    private int runFirst;
    private int runCount;
    private int runBytes;
    private boolean runMark;
    private long runBegin;
    private long runDue;

    Stage(Settings settings, ChunkPool pool, long mostBytes, long nowNanos) {
        this.settings = settings;
        this.pool = pool;
        lastNow = nowNanos;
        store = new Store(pool, mostBytes);
        line = new Line((int) Math.max(1024, Math.min(1 << 20, mostBytes / BYTES_PER_ENTRY)));
    }

    @Override
    public boolean offer(ByteBuffer slab, int offset, int length, long nowNanos, boolean mayPass) {
        lastNow = nowNanos;
        begin(slab, offset, length);
        boolean gso = length >= Frames.MIN_RECORD && OffloadHeader.gsoType(slab, offset) != OffloadHeader.GSO_NONE;
        isCut = gso && open();
        if (isCut) segments = cutter.segments();
        tally.add(Tally.PACKETS, segments);
        if (settings.isPlain() && parked == Line.NONE) {
            packet += segments;
            runCount = segments;
            runBytes = Math.max(0, length - Frames.OFFLOAD_HEADER);
            runDue = inOrder(nowNanos + settings.delay());
        } else {
            for (int i = 0; i < segments; i++) decide(i, nowNanos);
        }
        boolean whole = !added && !runMark && runCount == segments;
        boolean passes = whole && mayPass && runDue <= nowNanos && dueNanos() > nowNanos;
        if (!passes) flush();
        this.slab = null;
        rest();
        return passes;
    }

    @Override
    public int next(ByteBuffer slab, int offset, long nowNanos) {
        lastNow = Math.max(lastNow, nowNanos);
        if (dueNanos() > nowNanos) return 0;
        int slot = take();
        Chunk chunk = line.chunk(slot);
        int at = line.at(slot);
        int written = line.length(slot);
        if ((line.flags(slot) & RUN) == 0) {
            slab.put(offset, chunk.buffer, at, written);
        } else {
            if (cutChunk != chunk || cutAt != at) {
                borrow().open(chunk.buffer, at, written);
                cutChunk = chunk;
                cutAt = at;
            }
            written = cutter.write(slab, offset, line.firstSegment(slot), line.packets(slot));
            if ((line.flags(slot) & MARK) != 0) Ecn.mark(slab, offset, written);
        }
        drop(slot);
        rest();
        return written;
    }

    @Override
    public long dueNanos() {
        int first = line.first();
        long due = first == Line.NONE ? NEVER : line.due(first);
        return parked == Line.NONE ? due : Math.min(due, parkedUntil);
    }

    @Override
    public void change(Map<String, String> settings, long nowNanos) {
        lastNow = Math.max(lastNow, nowNanos);
        this.settings = Words.read(settings);
        bottleneck.change();
    }

    @Override
    public void clear() {
        while (dueNanos() != NEVER) {
            int slot = take();
            tally.add(Tally.CUT, line.packets(slot));
            drop(slot);
        }
        lastDue = Long.MIN_VALUE;
        bottleneck.clear(lastNow);
        rest();
    }

    @Override
    public void restart() {
        packet = 0;
        bad = false;
        bottleneck.restart();
    }

    @Override
    public Map<String, Long> counters() {
        return tally.all(store.bytes());
    }

    private void begin(ByteBuffer slab, int offset, int length) {
        this.slab = slab;
        this.offset = offset;
        this.length = length;
        segments = 1;
        markable = -1;
        isCut = false;
        kept = null;
        failed = false;
        added = false;
        runCount = 0;
        runFirst = 0;
        runMark = false;
    }

    private boolean open() {
        cutChunk = null;
        return borrow().open(slab, offset, length);
    }

    private Cutter borrow() {
        if (cutter == null) cutter = pool.takeCutter();
        return cutter;
    }

    /** The fate of one packet of the record. */
    private void decide(int segment, long now) {
        long number = packet++;
        long seed = settings.seed();
        int bytes = Math.max(0, (isCut ? cutter.bytes(segment, 1) : length) - Frames.OFFLOAD_HEADER);
        bad = settings.loss().isBad(bad, seed, number);
        long leaves = now;
        boolean mark = false;
        if (settings.rate().bitsPerSecond() > 0) {
            Bottleneck.Verdict verdict = bottleneck.arrive(settings, bytes, now, number, settings.rate().marks() && isMarkable());
            if (verdict == Bottleneck.Verdict.MARKED) mark = true;
            else if (verdict != Bottleneck.Verdict.LEAVES) {
                tally.add(counter(verdict), 1);
                return;
            }
            if (mark) tally.add(Tally.MARKED, 1);
            leaves = bottleneck.leaves();
        }
        if (settings.loss().loses(bad, seed, number)) {
            tally.add(Tally.LOST, 1);
            return;
        }
        boolean corrupt = Fates.happens(settings.corrupt(), seed, number, Fates.CORRUPT);
        boolean twice = Fates.happens(settings.duplicate(), seed, number, Fates.DUPLICATE);
        boolean early = Fates.happens(settings.early(), seed, number, Fates.REORDER);
        boolean parks = early && !settings.waits() && parked == Line.NONE;
        boolean overtakes = early && settings.waits();
        long due = leaves;
        if (!overtakes) due = inOrder(Math.max(leaves, leaves + settings.delay() + settings.jitter().of(seed, number)));
        if (!corrupt && !twice && !overtakes && !parks && parked == Line.NONE) {
            extend(segment, bytes, due, mark);
            return;
        }
        flush();
        alone(number, segment, bytes, due, mark, corrupt, twice, parks);
        if (overtakes) tally.add(Tally.REORDERED, 1);
    }

    private static int counter(Bottleneck.Verdict verdict) {
        return verdict == Bottleneck.Verdict.RED ? Tally.RED : verdict == Bottleneck.Verdict.CODEL ? Tally.CODEL : Tally.TAIL;
    }

    private boolean isMarkable() {
        if (markable < 0) markable = Ecn.understands(slab, offset, length) ? 1 : 0;
        return markable == 1;
    }

    private long inOrder(long due) {
        long when = settings.keepsOrder() ? Math.max(due, lastDue) : due;
        lastDue = Math.max(lastDue, when);
        return when;
    }

    private void extend(int segment, int bytes, long due, boolean mark) {
        boolean follows = runCount > 0 && segment == runFirst + runCount && mark == runMark && due >= runDue && due - runBegin <= RUN_NANOS;
        if (!follows) {
            flush();
            runFirst = segment;
            runCount = runBytes = 0;
            runMark = mark;
            runBegin = due;
        }
        runCount++;
        runBytes += bytes;
        runDue = due;
    }

    /** Puts the run into the line. */
    private void flush() {
        if (runCount == 0) return;
        int slot = keep(runFirst, runCount, runBytes, runMark);
        if (slot != Line.NONE) line.add(slot, runDue);
        runCount = 0;
    }

    /** A packet that something special happens to: an entry, or two, of its own. */
    private void alone(long number, int segment, int bytes, long due, boolean mark, boolean corrupt, boolean twice, boolean parks) {
        int slot = corrupt ? damaged(number, segment, bytes, mark) : keep(segment, 1, bytes, mark);
        int before = parked;
        if (slot != Line.NONE) {
            if (parks) {
                parked = slot;
                parkedUntil = due + PARK_NANOS;
            } else {
                line.add(slot, due);
            }
            if (twice) again(slot, segment, bytes, due);
        }
        if (before == Line.NONE) return;
        parked = Line.NONE;
        line.add(before, due);
        tally.add(Tally.REORDERED, 1);
    }

    private void again(int slot, int segment, int bytes, long due) {
        int copy = line.slot();
        tally.add(Tally.DUPLICATED, 1);
        if (copy == Line.NONE) {
            tally.add(Tally.FULL, 1);
            return;
        }
        enter(copy, line.chunk(slot), line.at(slot), line.length(slot), segment, 1, bytes, line.flags(slot));
        line.add(copy, due);
    }

    /** A slot for packets as they came, or {@link Line#NONE}: no room, counted. */
    private int keep(int first, int count, int bytes, boolean mark) {
        boolean run = isCut && (count < segments || mark);
        if (kept == null && !failed) {
            kept = store.room(length);
            failed = kept == null;
            if (!failed) {
                keptAt = store.at();
                kept.buffer.put(keptAt, slab, offset, length);
                if (mark && !run) Ecn.mark(kept.buffer, keptAt, length);
            }
        }
        int slot = failed ? Line.NONE : line.slot();
        if (slot == Line.NONE) {
            failed = true;
            tally.add(Tally.FULL, count);
            return Line.NONE;
        }
        enter(slot, kept, keptAt, length, first, count, bytes, run ? mark ? RUN | MARK : RUN : 0);
        return slot;
    }

    /** A slot for one packet with a bit flipped: finished before, so that the guest's checksum can tell. */
    private int damaged(long number, int segment, int bytes, boolean mark) {
        int recordBytes = isCut ? cutter.bytes(segment, 1) : length;
        Chunk chunk = store.room(recordBytes);
        int slot = chunk == null ? Line.NONE : line.slot();
        if (slot == Line.NONE) {
            tally.add(Tally.FULL, 1);
            return Line.NONE;
        }
        int at = store.at();
        ByteBuffer copy = chunk.buffer;
        if (isCut) cutter.write(copy, at, segment, 1);
        else copy.put(at, slab, offset, length);
        if (mark) Ecn.mark(copy, at, recordBytes);
        boolean open = length >= Frames.MIN_RECORD && (OffloadHeader.flags(copy, at) & OffloadHeader.NEEDS_CHECKSUM) != 0
                && OffloadHeader.gsoType(copy, at) == OffloadHeader.GSO_NONE;
        if (open) borrow().finish(copy, at, recordBytes);
        int from = Frames.MIN_RECORD;
        if (recordBytes > from) {
            long bit = Long.remainderUnsigned(Fates.bits(settings.seed(), number, Fates.BIT), (recordBytes - from) * 8L);
            int where = at + from + (int) (bit >>> 3);
            copy.put(where, (byte) (copy.get(where) ^ 1 << (bit & 7)));
            tally.add(Tally.CORRUPTED, 1);
        }
        enter(slot, chunk, at, recordBytes, segment, 1, bytes, 0);
        return slot;
    }

    private void enter(int slot, Chunk chunk, int at, int recordBytes, int first, int count, int bytes, int flags) {
        line.fill(slot, chunk, at, recordBytes, first, count, bytes, flags);
        store.want(chunk);
        tally.hold(count, bytes);
        added = true;
    }

    private int take() {
        int first = line.first();
        if (parked == Line.NONE || first != Line.NONE && line.due(first) <= parkedUntil) return line.poll();
        int slot = parked;
        parked = Line.NONE;
        return slot;
    }

    private void drop(int slot) {
        tally.hold(-line.packets(slot), -line.bytes(slot));
        Chunk chunk = line.chunk(slot);
        line.free(slot);
        if (store.leave(chunk) && chunk == cutChunk) cutChunk = null;
    }

    /** An empty stage is small. */
    private void rest() {
        if (!line.isEmpty()) return;
        store.idle();
        if (cutter == null) return;
        pool.giveCutter(cutter);
        cutter = null;
        cutChunk = null;
    }
}
