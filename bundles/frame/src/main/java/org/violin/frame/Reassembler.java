// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import java.nio.ByteBuffer;

/**
 * Receiver's half of "aggregate and slice" for one peer: puts datagrams back in order within a small window, drops doubles, and hands on
 * the records that arrived whole. A lost datagram costs the records it touched.
 *
 * <p>Called by: a tunnel's receive thread, with payloads already opened. Memory: the slab is borrowed; datagrams that must wait are copied
 * into at most {@code window} buffers. Never throws, whatever the bytes are; an exception of the outlet passes through.
 */
public final class Reassembler {
    /** Where whole records go. */
    public interface Outlet {
        void record(int vni, ByteBuffer slab, int offset, int length);
    }

    private final int window;
    private final int maxPayload;
    private final boolean authentic;
    private final long reviveNanos;
    private final RecordParser parser;
    private final ByteBuffer[] held;
    private final int[] heldLength;
    private int heldCount;
    private long heldSinceNanos;
    private long acceptedNanos;
    private boolean known;
    private boolean begun;
    private int incarnation;
    private int stream;
    private boolean staleKnown;
    private int staleIncarnation;
    private long next;
    private long seen;
    private volatile long duplicate;
    private volatile long late;
    private volatile long gap;
    private volatile long stale;
    private volatile long oversize;

    /**
     * @param window datagrams that wait for a missing one, 0 to 64
     * @param maxPayload longest opened payload that is accepted
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
    }

    /** Takes one opened payload. */
    public void accept(int from, long counter, ByteBuffer slab, int offset, int length, long nowNanos) {
        if (length > maxPayload) {
            oversize++;
            return;
        }
        if (length < Encapsulation.FIRST) {
            parser.malformed++;
            return;
        }
        long sequence = Encapsulation.sequence(counter);
        boolean revive = known && nowNanos - acceptedNanos > reviveNanos;
        if (!sameStream(from, Encapsulation.stream(counter), sequence, revive)) {
            stale++;
            return;
        }
        if (sequence < next && !(revive && !authentic && rewind(sequence))) {
            behind(sequence);
            return;
        }
        acceptedNanos = nowNanos;
        if (sequence - next > window) makeRoom(sequence, nowNanos);
        if (sequence > next) {
            hold(sequence, slab, offset, length, nowNanos);
            return;
        }
        advance(true);
        if (heldCount > 0) heldSinceNanos = nowNanos;
        parser.payload(slab, offset, length);
        release();
    }

    /** Datagrams wait for a missing one. */
    public boolean waiting() {
        return heldCount > 0;
    }

    /** Gives up what is missing if datagrams have waited for it that long. */
    public void expire(long nowNanos, long limitNanos) {
        if (heldCount == 0 || nowNanos - heldSinceNanos < limitNanos) return;
        while (heldCount > 0 && heldLength[slot(next)] == 0) miss();
        release();
        heldSinceNanos = nowNanos;
    }

    /** The peer was started anew: its old stream ends here and will not be taken up again. */
    public void restart(int newIncarnation) {
        if (known && incarnation != newIncarnation) abandon();
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

    private boolean sameStream(int from, int number, long sequence, boolean revive) {
        if (known && from == incarnation && number == stream) return true;
        if (!revive && staleKnown && from == staleIncarnation) return false;
        if (!revive && known && from == incarnation && number < stream) return false;
        boolean sameIncarnation = known && from == incarnation;
        if (known) abandon();
        if (sameIncarnation) staleKnown = false;
        known = true;
        incarnation = from;
        stream = number;
        next = sequence <= window ? 0 : sequence;
        seen = 0;
        return true;
    }

    private void abandon() {
        if (known) {
            staleKnown = true;
            staleIncarnation = incarnation;
        }
        known = false;
        begun = false;
        gap += heldCount;
        heldCount = 0;
        java.util.Arrays.fill(heldLength, 0);
        parser.lost();
    }

    private void behind(long sequence) {
        if (isDouble(sequence)) duplicate++;
        else late++;
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
        seen = 0;
        return true;
    }

    private void hold(long sequence, ByteBuffer slab, int offset, int length, long nowNanos) {
        int slot = slot(sequence);
        if (heldLength[slot] != 0) {
            duplicate++;
            return;
        }
        if (held[slot] == null || held[slot].capacity() < length) held[slot] = ByteBuffer.allocateDirect(Math.max(length, 2048));
        held[slot].put(0, slab, offset, length);
        heldLength[slot] = length;
        if (heldCount++ == 0) heldSinceNanos = nowNanos;
    }

    /** A burst of losses is given up at once; else only what no longer fits the window. */
    private void makeRoom(long sequence, long nowNanos) {
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
                parser.lost();
            } else if (heldLength[slot(next)] == 0) miss();
            else take();
        }
    }

    private void release() {
        while (heldCount > 0 && heldLength[slot(next)] != 0) take();
    }

    private void take() {
        int slot = slot(next);
        int length = heldLength[slot];
        heldLength[slot] = 0;
        heldCount--;
        advance(true);
        parser.payload(held[slot], 0, length);
    }

    /** What was sent before this peer was first heard is no loss: it may have been sent before we knew the peer. */
    private void miss() {
        if (begun) gap++;
        advance(false);
        parser.lost();
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
