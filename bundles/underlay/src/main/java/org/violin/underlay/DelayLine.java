// SPDX-License-Identifier: Apache-2.0
package org.violin.underlay;

import java.nio.ByteBuffer;

/**
 * Frames on their way: a heap by the moment each is due, bounded in number and in bytes. Moments differ, so that frames of one pair of
 * hosts never overtake each other ({@link Relay} gives each a later one than the last). Full: the new frame is refused, whosever it is. One
 * thread; allocates nothing per frame.
 */
final class DelayLine {
    private final Store store;
    private final int most;
    private final long[] due;
    private final int[] slots;
    private final int[] lengths;
    private final int[] ports;
    private int count;
    private long bytes;

    /** @param most frames @param megabytes of memory */
    DelayLine(int most, int megabytes) {
        this.most = most;
        store = new Store(megabytes, most);
        due = new long[most];
        slots = new int[most];
        lengths = new int[most];
        ports = new int[most];
    }

    int count() {
        return count;
    }

    /** Bytes that wait, offload headers included. */
    long bytes() {
        return bytes;
    }

    /** Copies a frame. @param moment when it is due, by {@link System#nanoTime} @return false when there is no room */
    boolean put(ByteBuffer frame, int length, int port, long moment) {
        if (count == most) return false;
        int slot = store.take(length);
        if (slot == Store.NONE) return false;
        store.segment(slot).put(store.offset(slot), frame, 0, length);
        bytes += length;
        int at = count++;
        while (at > 0 && due[at - 1 >> 1] - moment > 0) {
            move(at - 1 >> 1, at);
            at = at - 1 >> 1;
        }
        set(at, moment, slot, length, port);
        return true;
    }

    /** When the first frame is due; only when there is one. */
    long due() {
        return due[0];
    }

    /** Where the first frame lies. */
    ByteBuffer slab() {
        return store.segment(slots[0]);
    }

    int offset() {
        return store.offset(slots[0]);
    }

    int length() {
        return lengths[0];
    }

    int port() {
        return ports[0];
    }

    /** Forgets the first frame. */
    void drop() {
        store.give(slots[0]);
        bytes -= lengths[0];
        int last = --count;
        if (last == 0) return;
        long moment = due[last];
        int at = 0;
        for (int child = 1; child < last; child = 2 * at + 1) {
            if (child + 1 < last && due[child + 1] - due[child] < 0) child++;
            if (moment - due[child] <= 0) break;
            move(child, at);
            at = child;
        }
        set(at, moment, slots[last], lengths[last], ports[last]);
    }

    private void move(int from, int to) {
        set(to, due[from], slots[from], lengths[from], ports[from]);
    }

    private void set(int at, long moment, int slot, int length, int port) {
        due[at] = moment;
        slots[at] = slot;
        lengths[at] = length;
        ports[at] = port;
    }
}
