// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.dataplane;

import java.nio.ByteBuffer;
import org.violin.api.dataplane.Frames;

/**
 * A bounded queue of records in memory that is allocated once: many writers, many readers. Each record carries a number and a peer.
 * Used by the in-memory twins, so that tests can ask for zero allocation around them.
 */
final class RecordRing {
    private final ByteBuffer[] records;
    private final int[] lengths;
    private final int[] numbers;
    private final String[] peers;
    private final long[] sequences;
    private int first;
    private int count;

    /** Small records get small buffers: {@code recordBytes} bounds what fits. */
    RecordRing(int capacity, int recordBytes) {
        records = new ByteBuffer[capacity];
        lengths = new int[capacity];
        numbers = new int[capacity];
        peers = new String[capacity];
        sequences = new long[capacity];
        for (int i = 0; i < capacity; i++) records[i] = ByteBuffer.allocateDirect(Math.min(recordBytes, Frames.MAX_RECORD));
    }

    /** False when the ring is full or the record too long. */
    boolean offer(String peer, int number, ByteBuffer slab, int offset, int length) {
        return offer(peer, number, 0, slab, offset, length);
    }

    synchronized boolean offer(String peer, int number, long sequence, ByteBuffer slab, int offset, int length) {
        if (count == records.length || length > records[0].capacity()) return false;
        int at = (first + count) % records.length;
        records[at].put(0, slab, offset, length);
        lengths[at] = length;
        numbers[at] = number;
        peers[at] = peer;
        sequences[at] = sequence;
        count++;
        return true;
    }

    /** Takes the oldest into a slab. Returns its length, 0 when there is none, or -1 when it does not fit (it is lost then). */
    synchronized int poll(ByteBuffer slab, int offset, int capacity) {
        if (count == 0) return 0;
        int length = lengths[first];
        boolean fits = length <= capacity;
        if (fits) slab.put(offset, records[first], 0, length);
        first = (first + 1) % records.length;
        count--;
        return fits ? length : -1;
    }

    /** Number of the oldest record; only for a single reader, before {@link #poll}. */
    synchronized int firstNumber() {
        return numbers[first];
    }

    /** Peer of the oldest record; only for a single reader, before {@link #poll}. */
    synchronized String firstPeer() {
        return peers[first];
    }

    /** Sequence of the oldest record; only for a single reader, before {@link #poll}. */
    synchronized long firstSequence() {
        return sequences[first];
    }

    synchronized int size() {
        return count;
    }

    synchronized void clear() {
        count = 0;
    }
}
