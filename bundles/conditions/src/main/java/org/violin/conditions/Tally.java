// SPDX-License-Identifier: Apache-2.0
package org.violin.conditions;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

/** Counters of one stage: written under its lock, read by any thread. */
final class Tally {
    static final int PACKETS = 0;
    static final int LOST = 1;
    static final int CORRUPTED = 2;
    static final int DUPLICATED = 3;
    static final int REORDERED = 4;
    static final int TAIL = 5;
    static final int RED = 6;
    static final int CODEL = 7;
    static final int MARKED = 8;
    static final int FULL = 9;
    static final int CUT = 10;
    static final int HELD_PACKETS = 11;
    static final int HELD_BYTES = 12;
    static final int PEAK_BYTES = 13;
    private static final String[] NAMES = {"packets", "lost", "corrupted", "duplicated", "reordered", "queue-dropped", "red-dropped",
        "codel-dropped", "marked", "full", "cut-lost", "held-packets", "held-bytes", "peak-bytes"};

    private final AtomicLongArray values = new AtomicLongArray(NAMES.length);

    void add(int what, long n) {
        values.lazySet(what, values.getPlain(what) + n);
    }

    long get(int what) {
        return values.get(what);
    }

    void hold(int packets, int bytes) {
        add(HELD_PACKETS, packets);
        add(HELD_BYTES, bytes);
        long held = values.getPlain(HELD_BYTES);
        if (held > values.getPlain(PEAK_BYTES)) values.lazySet(PEAK_BYTES, held);
    }

    Map<String, Long> all(long memoryBytes) {
        Map<String, Long> all = new LinkedHashMap<>();
        for (int i = 0; i < NAMES.length; i++) all.put(NAMES[i], values.get(i));
        all.put("memory-bytes", memoryBytes);
        return all;
    }
}
