// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import java.nio.ByteBuffer;

/**
 * Sender's half of "aggregate and slice" (the idea of RFC 9347): lays records end to end and cuts them into datagrams of one size, which
 * lie end to end in a batch buffer as UDP_SEGMENT wants them. Only the last datagram of a batch may be shorter.
 *
 * <p>Called by: a tunnel, one thread at a time for each peer. Memory: batch buffers are the outlet's; records are copied.
 */
public final class Slicer {
    /** Where batches come from and go to. */
    public interface Outlet {
        /** A big-endian buffer of at least the batch size; lent until {@link #filled}. */
        ByteBuffer batch();

        /** The lent batch is complete: {@code length} bytes of {@code datagrams} unsealed datagrams with room for the cipher behind each. */
        void filled(int length, int datagrams);
    }

    private final int batchBytes;
    private final int batchDatagrams;
    private final ByteBuffer repair = ByteBuffer.allocateDirect(Encapsulation.REPAIR_LENGTH);
    private int datagramBytes;
    private int maxDatagrams;
    private final int overhead;
    private final Front front;
    private final int head;
    private final Outlet outlet;
    private long sequence;
    private ByteBuffer batch;
    private int datagrams;
    private int base;
    private int position;
    private int end;
    private boolean started;

    /**
     * @param datagramBytes UDP payload of a full datagram
     * @param batchBytes most bytes of a batch; at least one datagram is always put in
     * @param batchDatagrams most datagrams of a batch
     * @param overhead bytes the cipher adds behind each datagram's payload
     * @param front how they begin
     * @param sequence of the first datagram
     */
    public Slicer(
            int datagramBytes, int batchBytes, int batchDatagrams, int overhead, Front front, long sequence, Outlet outlet) {
        this.front = front;
        this.head = front.bytes() + Encapsulation.FIRST;
        this.sequence = sequence;
        this.batchBytes = batchBytes;
        this.batchDatagrams = batchDatagrams;
        this.overhead = overhead;
        resize(datagramBytes);
        this.outlet = outlet;
    }

    /** Changes the size of datagrams; what waits is handed over first. */
    public void resize(int bytes) {
        if (bytes < head + Encapsulation.RECORD + overhead)
            throw new IllegalArgumentException("datagramBytes " + bytes + ": no room for a record");
        finish();
        datagramBytes = bytes;
        maxDatagrams = Math.max(1, Math.min(batchDatagrams, batchBytes / bytes));
    }

    /** UDP payload of a full datagram. */
    public int datagramBytes() {
        return datagramBytes;
    }

    public Front front() {
        return front;
    }

    /** Of the next datagram, for a caller that makes datagrams itself while nothing waits: see {@link #claim}. */
    public long sequence() {
        return sequence;
    }

    /** The caller has sent so many datagrams of its own making, from {@link #sequence} on. */
    public void claim(long datagrams) {
        sequence += datagrams;
    }

    /** Adds the rest of a record whose beginning the caller has sent in datagrams of its own. */
    public void rest(ByteBuffer slab, int offset, int length) {
        bytes(slab, offset, length);
    }

    /** Repeats the first bytes of the record appended last, so that its rest is worth something if they are lost on the way. */
    public void repair(int vni, ByteBuffer slab, int offset, int length, int headers) {
        repair.putShort(0, (short) (length >>> 8)).put(2, (byte) length);
        append(Encapsulation.REPAIR | Encapsulation.REPAIR_LENGTH + headers, vni, repair, 0, Encapsulation.REPAIR_LENGTH);
        bytes(slab, offset, headers);
    }

    /** Adds one record; calls the outlet whenever a batch is full. The caller has checked length, VNI and bounds. */
    public void append(int vni, ByteBuffer slab, int offset, int length) {
        append(length, vni, slab, offset, length);
    }

    private void append(int field, int vni, ByteBuffer slab, int offset, int length) {
        room();
        if (!started) {
            started = true;
            batch.putShort(base + head - Encapsulation.FIRST, (short) (position - base - head));
        }
        recordHeader(field, vni);
        bytes(slab, offset, length);
    }

    private void bytes(ByteBuffer slab, int offset, int length) {
        int done = 0;
        while (done < length) {
            room();
            int part = Math.min(length - done, end - position);
            batch.put(position, slab, offset + done, part);
            position += part;
            done += part;
        }
    }

    /** Hands over what is there, if anything. */
    public void finish() {
        if (batch == null) return;
        int length = position + overhead;
        int count = datagrams;
        batch = null;
        outlet.filled(length, count);
    }

    /** Sends a datagram without records, behind whatever waits: it tells the peer that we live and what was the last sequence number. */
    public void keepalive() {
        finish();
        room();
        finish();
    }

    /** Nothing waits. */
    public boolean isEmpty() {
        return batch == null;
    }

    private void recordHeader(int length, int vni) {
        if (end - position >= Encapsulation.RECORD) {
            Encapsulation.writeRecord(batch, position, length, vni);
            position += Encapsulation.RECORD;
            return;
        }
        long word = (long) length << 24 | vni;
        for (int shift = 40; shift >= 0; shift -= 8) {
            room();
            batch.put(position++, (byte) (word >>> shift));
        }
    }

    /** Makes sure that at least one byte can be written. */
    private void room() {
        if (batch != null && position < end) return;
        if (batch != null && datagrams == maxDatagrams) finish();
        if (batch == null) {
            batch = outlet.batch();
            datagrams = 0;
        }
        base = datagrams++ * datagramBytes;
        front.write(batch, base, sequence++);
        batch.putShort(base + head - Encapsulation.FIRST, (short) Encapsulation.NONE);
        position = base + head;
        end = base + datagramBytes - overhead;
        started = false;
    }
}
