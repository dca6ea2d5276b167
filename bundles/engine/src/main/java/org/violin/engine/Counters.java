// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLongArray;

/** The counters of one port. Any thread adds; one atomic addition is far below the system call that each frame costs anyway. */
final class Counters {
    private static final int FRAMES_IN = 0;
    private static final int BYTES_IN = 1;
    private static final int FRAMES_OUT = 2;
    private static final int BYTES_OUT = 3;
    private static final int FIRST_DROP = 4;
    private static final Drop[] DROPS = Drop.values();

    private final AtomicLongArray values = new AtomicLongArray(FIRST_DROP + DROPS.length);

    /** Bytes are those of the Ethernet frame. */
    void in(int bytes) {
        values.getAndAdd(FRAMES_IN, 1);
        values.getAndAdd(BYTES_IN, bytes);
    }

    void out(int bytes) {
        values.getAndAdd(FRAMES_OUT, 1);
        values.getAndAdd(BYTES_OUT, bytes);
    }

    void drop(Drop reason) {
        values.getAndAdd(FIRST_DROP + reason.ordinal(), 1);
    }

    long framesIn() {
        return values.get(FRAMES_IN);
    }

    long bytesIn() {
        return values.get(BYTES_IN);
    }

    long framesOut() {
        return values.get(FRAMES_OUT);
    }

    long bytesOut() {
        return values.get(BYTES_OUT);
    }

    /** Those that are not 0, by word. */
    Map<String, Long> drops() {
        Map<String, Long> map = new TreeMap<>();
        for (Drop reason : DROPS) {
            long n = values.get(FIRST_DROP + reason.ordinal());
            if (n != 0) map.put(reason.word(), n);
        }
        return map;
    }
}
