// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Receiver's half of "aggregate and slice" for one peer: puts datagrams back in order within a small window, drops doubles, and hands on
 * the records. A lost datagram costs the records it touched; of a super-frame, only the segments it touched.
 *
 * <p>Called by: a tunnel's receive thread, with payloads already opened. Memory: the slab is borrowed; datagrams that must wait are copied
 * into at most {@code window} buffers. Never throws, whatever the bytes are; an exception of the outlet passes through.
 */
public final class Reassembler {
    /** Where records go: whole ones, and those made of what is intact of a damaged super-frame. */
    public interface Outlet {
        void record(int vni, ByteBuffer slab, int offset, int length);
    }

    private final int window;
    private final int maxPayload;
    private final boolean authentic;
    private final long reviveNanos;
    private final RecordParser parser;
    private final ByteBuffer[] held;
    /** One more than the slice's length; 0: nothing is held. */
    private final int[] heldLength;
    private final int[] heldFirst;
    private int heldCount;
    private long heldSinceNanos;
    private long gaveUpNanos;
    private long acceptedNanos;
    private boolean known;
    private boolean begun;
    private long sender;
    private int stream;
    private boolean staleKnown;
    private long staleSender;
    private long next;
    /** One more than the highest sequence accepted. */
    private long top;
    private long seen;
    private long accepted;
    private volatile long duplicate;
    private volatile long late;
    private volatile long gap;
    private volatile long stale;
    private volatile long oversize;

    /**
     * @param window datagrams that wait for a missing one, 0 to 64
     * @param maxPayload longest slice that is accepted
     * @param minRecord shortest record
     * @param maxRecord longest record
     * @param authentic nobody can forge counters, so a sequence number never goes back
     * @param reviveNanos when nothing was accepted for so long, what seemed stale or (unless authentic) late is taken as the truth: one
     *     forged or damaged header must not lock the peer out for ever
     */
    public Reassembler(
            int window, int maxPayload, int minRecord, int maxRecord, boolean authentic, long reviveNanos, Outlet outlet) {
        if (window < 0 || window > 64) throw new IllegalArgumentException("window " + window + ": must be 0 to 64");
        this.window = window;
        this.maxPayload = maxPayload;
        this.authentic = authentic;
        this.reviveNanos = reviveNanos;
        this.parser = new RecordParser(minRecord, maxRecord, outlet);
        this.held = new ByteBuffer[window + 1];
        this.heldLength = new int[window + 1];
        this.heldFirst = new int[window + 1];
    }

    /**
     * Takes one opened datagram; its slab stays lent until {@link #detach}.
     *
     * @param from the sender's incarnation; of a sealed datagram its epoch: with a new one all begins anew
     * @param counter stream and sequence; of a sealed datagram the sequence
     * @param first where in the slice the first record begins that begins in it, or {@link Encapsulation#NONE}
     * @return true when it came too late: it had been given up at {@link #gaveUpNanos}
     */
    public boolean accept(long from, long counter, int first, ByteBuffer slab, int offset, int length, long nowNanos) {
        if (length > maxPayload) {
            oversize++;
            return false;
        }
        long sequence = Encapsulation.sequence(counter);
        boolean revive = known && nowNanos - acceptedNanos > reviveNanos;
        if (!sameStream(from, Encapsulation.stream(counter), sequence, revive)) {
            stale++;
            return false;
        }
        if (sequence < next && !(revive && !authentic && rewind(sequence))) return behind(sequence);
        acceptedNanos = nowNanos;
        top = Math.max(top, sequence + 1);
        if (sequence - next > window) makeRoom(sequence, nowNanos);
        if (sequence > next) {
            hold(sequence, first, slab, offset, length, nowNanos);
            return false;
        }
        advance(true);
        accepted++;
        if (heldCount > 0) heldSinceNanos = nowNanos;
        parser.payload(first, slab, offset, length, length);
        release();
        return false;
    }

    /**
     * Takes a run of opened datagrams with consecutive counters, whose slices lie end to end; in none but the first a record begins.
     *
     * @param count of datagrams
     * @param sliceBytes of each but the last, which may be shorter
     * @param length of all slices
     */
    public void run(
            long from, long counter, int count, int first, ByteBuffer slab, int offset, int sliceBytes, int length, long nowNanos) {
        boolean plain = known && heldCount == 0 && Encapsulation.sequence(counter) == next && from == sender
                && Encapsulation.stream(counter) == stream && sliceBytes <= maxPayload;
        if (!plain) {
            for (int i = 0; i < count; i++) {
                int at = i * sliceBytes;
                int bytes = Math.min(sliceBytes, length - at);
                accept(from, counter + i, i == 0 ? first : Encapsulation.NONE, slab, offset + at, bytes, nowNanos);
            }
            return;
        }
        acceptedNanos = nowNanos;
        next += count;
        top = Math.max(top, next);
        accepted += count;
        begun = true;
        seen = count > 63 ? -1 : ~(~seen << count);
        parser.payload(first, slab, offset, length, sliceBytes);
    }

    /** The slabs of all calls so far are used for something else from here on. */
    public void detach() {
        parser.detach();
    }

    /** A record has begun and not ended: its bytes may lie in a slab that was lent. */
    public boolean underWay() {
        return parser.underWay();
    }

    /** When the last missing datagram was given up. */
    public long gaveUpNanos() {
        return gaveUpNanos;
    }

    /** The peer's incarnation or epoch that is heard now. */
    public long sender() {
        return sender;
    }

    /** No later datagram was accepted than this one would be. */
    public boolean isNewest(long from, long sequence) {
        return !known || from != sender || sequence >= top;
    }

    /** The peer's stream that is heard now. */
    public int stream() {
        return stream;
    }

    /** Datagrams accepted, of all streams. */
    public long accepted() {
        return accepted;
    }

    /** One more than the highest sequence number accepted, which is how many the peer has sent at least. */
    public long next() {
        return top;
    }

    /** Since when datagrams wait, while {@link #waiting}. */
    public long heldSinceNanos() {
        return heldSinceNanos;
    }

    /** Datagrams wait for a missing one. */
    public boolean waiting() {
        return heldCount > 0;
    }

    /** Gives up what is missing if datagrams have waited for it that long. */
    public void expire(long nowNanos, long limitNanos) {
        if (heldCount == 0 || nowNanos - heldSinceNanos < limitNanos) return;
        gaveUpNanos = nowNanos;
        while (heldCount > 0 && heldLength[slot(next)] == 0) miss();
        release();
        heldSinceNanos = nowNanos;
    }

    /** The peer was started anew: its old stream ends here and will not be taken up again. */
    public void restart(long newSender) {
        if (known && sender != newSender) abandon();
    }

    /** Forgets which stream was heard; whatever comes next is taken. */
    public void forget() {
        abandon();
        staleKnown = false;
    }

    /** Datagrams that came twice. */
    public long duplicate() {
        return duplicate;
    }

    /** Datagrams that came after they were given up. */
    public long late() {
        return late;
    }

    /** Datagrams that were given up. */
    public long gap() {
        return gap;
    }

    /** Datagrams of a stream that had ended. */
    public long stale() {
        return stale;
    }

    public long oversize() {
        return oversize;
    }

    /** Datagrams whose content contradicts itself. */
    public long malformed() {
        return parser.malformed;
    }

    /** Records of which a part was lost. */
    public long torn() {
        return parser.torn;
    }

    /** Segments of them that were delivered all the same. */
    public long salvaged() {
        return parser.salvaged;
    }

    /** Writes where it stands: what {@link #load} of a fresh one needs to go on, waiting datagrams included. */
    public void save(DataOutput out) throws IOException {
        out.writeBoolean(known);
        out.writeBoolean(begun);
        out.writeLong(sender);
        out.writeInt(stream);
        out.writeBoolean(staleKnown);
        out.writeLong(staleSender);
        for (long one : new long[] {next, top, seen, accepted, duplicate, late, gap, stale, oversize, heldSinceNanos, gaveUpNanos, acceptedNanos})
            out.writeLong(one);
        out.writeInt(heldCount);
        for (long sequence = next; sequence <= next + window && heldCount > 0; sequence++) {
            int length = heldLength[slot(sequence)] - 1;
            if (length < 0) continue;
            out.writeLong(sequence);
            out.writeInt(heldFirst[slot(sequence)]);
            Bytes.write(out, held[slot(sequence)], 0, length);
        }
        parser.save(out);
    }

    /** Goes on where another one stood. A smaller window keeps fewer of those that waited. Throws IOException when that makes no sense. */
    public void load(DataInput in) throws IOException {
        known = in.readBoolean();
        begun = in.readBoolean();
        sender = in.readLong();
        stream = in.readInt();
        staleKnown = in.readBoolean();
        staleSender = in.readLong();
        next = in.readLong();
        top = in.readLong();
        seen = in.readLong();
        accepted = in.readLong();
        duplicate = in.readLong();
        late = in.readLong();
        gap = in.readLong();
        stale = in.readLong();
        oversize = in.readLong();
        long since = in.readLong();
        gaveUpNanos = in.readLong();
        acceptedNanos = in.readLong();
        int count = in.readInt();
        long counted = accepted;
        for (int i = 0; i < count; i++) {
            long sequence = in.readLong();
            int first = in.readInt();
            ByteBuffer slice = Bytes.read(in, maxPayload);
            if (sequence > next && sequence - next <= window) hold(sequence, first, slice, 0, slice.capacity(), since);
        }
        accepted = counted;
        parser.load(in);
    }

    private boolean sameStream(long from, int number, long sequence, boolean revive) {
        if (known && from == sender && number == stream) return true;
        if (!revive && staleKnown && from == staleSender) return false;
        if (!revive && known && from == sender && (short) (number - stream) < 0) return false;
        boolean sameSender = known && from == sender;
        if (known) abandon();
        if (sameSender) staleKnown = false;
        known = true;
        sender = from;
        stream = number;
        next = sequence <= window ? 0 : sequence;
        top = 0;
        seen = 0;
        return true;
    }

    private void abandon() {
        if (known) {
            staleKnown = true;
            staleSender = sender;
        }
        known = false;
        begun = false;
        gap += heldCount;
        heldCount = 0;
        java.util.Arrays.fill(heldLength, 0);
        parser.reset();
    }

    private boolean behind(long sequence) {
        if (isDouble(sequence)) {
            duplicate++;
            return false;
        }
        late++;
        return true;
    }

    /** Of a number that lies back: it was handed on. Beyond 64 nobody remembers, and late is the likelier. */
    private boolean isDouble(long sequence) {
        long age = next - 1 - sequence;
        return age < 64 && (seen >>> age & 1) != 0;
    }

    /** Goes back to that number, unless it is a double. */
    private boolean rewind(long sequence) {
        if (isDouble(sequence)) return false;
        abandon();
        known = true;
        staleKnown = false;
        next = sequence;
        top = 0;
        seen = 0;
        return true;
    }

    private void hold(long sequence, int first, ByteBuffer slab, int offset, int length, long nowNanos) {
        int slot = slot(sequence);
        if (heldLength[slot] != 0) {
            duplicate++;
            return;
        }
        if (held[slot] == null || held[slot].capacity() < length) held[slot] = ByteBuffer.allocateDirect(Math.max(length, 2048));
        held[slot].put(0, slab, offset, length);
        heldLength[slot] = length + 1;
        heldFirst[slot] = first;
        accepted++;
        if (heldCount++ == 0) heldSinceNanos = nowNanos;
    }

    /** A burst of losses is given up at once; else only what no longer fits the window. */
    private void makeRoom(long sequence, long nowNanos) {
        gaveUpNanos = nowNanos;
        skipTo(sequence - next > 2L * window ? sequence : sequence - window);
        release();
        heldSinceNanos = nowNanos;
    }

    /** Hands on everything before that number which is there, and misses the rest. */
    private void skipTo(long sequence) {
        while (next < sequence) {
            if (heldCount == 0) {
                long missing = sequence - next;
                if (begun) gap += missing;
                seen = missing > 63 ? 0 : seen << missing;
                next = sequence;
                parser.lost(missing);
            } else if (heldLength[slot(next)] == 0) miss();
            else take();
        }
    }

    private void release() {
        while (heldCount > 0 && heldLength[slot(next)] != 0) take();
    }

    private void take() {
        int slot = slot(next);
        int length = heldLength[slot] - 1;
        heldLength[slot] = 0;
        heldCount--;
        advance(true);
        parser.payload(heldFirst[slot], held[slot], 0, length, length);
        parser.detach();
    }

    /** What was sent before this peer was first heard is no loss: it may have been sent before we knew the peer. */
    private void miss() {
        if (begun) gap++;
        advance(false);
        parser.lost(1);
    }

    private void advance(boolean received) {
        next++;
        begun |= received;
        seen = seen << 1 | (received ? 1 : 0);
    }

    private int slot(long sequence) {
        return (int) (sequence % (window + 1));
    }
}
