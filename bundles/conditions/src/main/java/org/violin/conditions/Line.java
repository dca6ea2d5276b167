// SPDX-License-Identifier: Apache-2.0
package org.violin.conditions;

import java.util.Arrays;

/**
 * What is on its way, in the order in which it is due; of equal times, as it came. Entries that come in order are in a list, others in a
 * heap, so that a line that keeps the order costs nothing to sort. An entry is a record in a chunk, or a run of segments of it.
 * Called by: the stage, under its lock. Slots are valid until {@link #free}.
 */
final class Line {
    static final int NONE = -1;
    private static final int FIRST = 8;
    /** An empty line keeps so many slots. */
    private static final int KEPT = 64;

    private final int most;
    private long[] due = {};
    private long[] order = {};
    private Chunk[] chunk = {};
    private int[] at = {};
    private int[] length = {};
    private int[] run = {};
    private int[] bytes = {};
    private byte[] flags = {};
    private int[] link = {};
    private int[] heap = {};
    private int heapSize;
    private int free = NONE;
    private int head = NONE;
    private int tail = NONE;
    private int taken;
    private long arrivals;

    /** @param most entries */
    Line(int most) {
        this.most = most;
    }

    /** A slot, or {@link #NONE}: full. */
    int slot() {
        if (free == NONE && !grow()) return NONE;
        int slot = free;
        free = link[slot];
        taken++;
        return slot;
    }

    /** Says what lies in a slot: {@code count} packets, from segment {@code first} on; {@code frameBytes} of Ethernet. */
    void fill(int slot, Chunk where, int offset, int recordBytes, int first, int count, int frameBytes, int flag) {
        chunk[slot] = where;
        at[slot] = offset;
        length[slot] = recordBytes;
        run[slot] = first << 16 | count;
        bytes[slot] = frameBytes;
        flags[slot] = (byte) flag;
    }

    /** Sends a slot on its way. */
    void add(int slot, long when) {
        due[slot] = when;
        order[slot] = arrivals++;
        if (tail == NONE) {
            head = tail = slot;
            link[slot] = NONE;
        } else if (when >= due[tail]) {
            link[tail] = slot;
            link[slot] = NONE;
            tail = slot;
        } else {
            push(slot);
        }
    }

    /** The slot that is due first, or {@link #NONE}. */
    int first() {
        if (heapSize == 0) return head;
        return head == NONE || before(heap[0], head) ? heap[0] : head;
    }

    /** Takes {@link #first} out of the order; its slot stays valid. */
    int poll() {
        int slot = first();
        if (slot == head) {
            head = link[slot];
            if (head == NONE) tail = NONE;
        } else {
            pop();
        }
        return slot;
    }

    void free(int slot) {
        chunk[slot] = null;
        link[slot] = free;
        free = slot;
        if (--taken == 0 && due.length > KEPT) reset();
    }

    /** No slot is taken. */
    boolean isEmpty() {
        return taken == 0;
    }

    long due(int slot) {
        return due[slot];
    }

    Chunk chunk(int slot) {
        return chunk[slot];
    }

    int at(int slot) {
        return at[slot];
    }

    int length(int slot) {
        return length[slot];
    }

    int firstSegment(int slot) {
        return run[slot] >>> 16;
    }

    int packets(int slot) {
        return run[slot] & 0xffff;
    }

    int bytes(int slot) {
        return bytes[slot];
    }

    int flags(int slot) {
        return flags[slot];
    }

    private void reset() {
        due = new long[0];
        order = new long[0];
        chunk = new Chunk[0];
        at = length = run = bytes = link = heap = new int[0];
        flags = new byte[0];
        free = NONE;
    }

    private boolean grow() {
        int before = due.length;
        int after = Math.min(most, Math.max(FIRST, before * 2));
        if (after <= before) return false;
        due = Arrays.copyOf(due, after);
        order = Arrays.copyOf(order, after);
        chunk = Arrays.copyOf(chunk, after);
        at = Arrays.copyOf(at, after);
        length = Arrays.copyOf(length, after);
        run = Arrays.copyOf(run, after);
        bytes = Arrays.copyOf(bytes, after);
        flags = Arrays.copyOf(flags, after);
        link = Arrays.copyOf(link, after);
        for (int i = after - 1; i >= before; i--) {
            link[i] = free;
            free = i;
        }
        return true;
    }

    private boolean before(int a, int b) {
        return due[a] < due[b] || due[a] == due[b] && order[a] < order[b];
    }

    private void push(int slot) {
        if (heapSize == heap.length) heap = Arrays.copyOf(heap, Math.max(FIRST, heapSize * 2));
        int i = heapSize++;
        for (int up; i > 0 && before(slot, heap[up = (i - 1) / 2]); i = up) heap[i] = heap[up];
        heap[i] = slot;
    }

    private void pop() {
        int last = heap[--heapSize];
        int i = 0;
        for (int down; (down = 2 * i + 1) < heapSize; i = down) {
            if (down + 1 < heapSize && before(heap[down + 1], heap[down])) down++;
            if (!before(heap[down], last)) break;
            heap[i] = heap[down];
        }
        if (heapSize > 0) heap[i] = last;
    }
}
