// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** The parts of a record that are missing: pairs of first and behind-last byte, in order. Bounded; nothing allocates. */
final class Holes {
    static final int MOST = 32;
    private final int[] bounds = new int[2 * MOST];
    private int count;

    /** False when there are too many. Joins a hole that begins where the last one ends. */
    boolean add(int from, int to) {
        if (count > 0 && bounds[2 * count - 1] == from) {
            bounds[2 * count - 1] = to;
            return true;
        }
        if (count == MOST) {
            bounds[2 * count - 1] = to;
            return false;
        }
        bounds[2 * count] = from;
        bounds[2 * count + 1] = to;
        count++;
        return true;
    }

    /** What came behind the last hole is not believed either. */
    void truncate(int end) {
        bounds[2 * count - 1] = end;
    }

    int[] bounds() {
        return bounds;
    }

    int count() {
        return count;
    }

    void copy(Holes other) {
        count = other.count;
        System.arraycopy(other.bounds, 0, bounds, 0, 2 * count);
    }

    void save(DataOutput out) throws IOException {
        out.writeInt(count);
        for (int i = 0; i < 2 * count; i++) out.writeInt(bounds[i]);
    }

    void load(DataInput in) throws IOException {
        count = in.readInt();
        if (count < 0 || count > MOST) throw new IOException(count + " holes");
        for (int i = 0; i < 2 * count; i++) bounds[i] = in.readInt();
    }

    void clear() {
        count = 0;
    }
}
