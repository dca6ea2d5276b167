// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLongArray;
import org.violin.api.dataplane.Frames;
import org.violin.frame.SuperFrame;

/** The counters of one port. Any thread adds; one atomic addition is far below the system call that each frame costs anyway. */
final class Counters {
    private static final int FRAMES_IN = 0;
    private static final int BYTES_IN = 1;
    private static final int FRAMES_OUT = 2;
    private static final int BYTES_OUT = 3;
    private static final int SEGMENTS_IN = 4;
    private static final int SEGMENTS_OUT = 5;
    private static final int CALLS_IN = 6;
    private static final int CALLS_OUT = 7;
    private static final int PAUSES = 8;
    private static final int FIRST_DROP = 9;
    private static final Drop[] DROPS = Drop.values();

    private final AtomicLongArray values = new AtomicLongArray(FIRST_DROP + DROPS.length);

    /** @param length of the record; bytes are counted of its Ethernet frame */
    void in(ByteBuffer slab, int offset, int length) {
        values.getAndAdd(FRAMES_IN, 1);
        values.getAndAdd(BYTES_IN, length - Frames.OFFLOAD_HEADER);
        values.getAndAdd(SEGMENTS_IN, SuperFrame.segments(slab, offset, length));
    }

    void out(ByteBuffer slab, int offset, int length) {
        values.getAndAdd(FRAMES_OUT, 1);
        values.getAndAdd(BYTES_OUT, length - Frames.OFFLOAD_HEADER);
        values.getAndAdd(SEGMENTS_OUT, SuperFrame.segments(slab, offset, length));
    }

    /** So many reads from the guest. */
    void callsIn(int calls) {
        values.getAndAdd(CALLS_IN, calls);
    }

    /** So many writes to the guest. */
    void callsOut(int calls) {
        values.getAndAdd(CALLS_OUT, calls);
    }

    /** The guest is held back: its device is read no more until the tunnel has room. */
    void paused() {
        values.getAndAdd(PAUSES, 1);
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

    /** What is counted beside frames, bytes and drops, by word. */
    Map<String, Long> more(boolean nic, Lane lane) {
        Map<String, Long> map = lane == null ? new TreeMap<>() : lane.counters();
        map.put("segments-in", values.get(SEGMENTS_IN));
        map.put("segments-out", values.get(SEGMENTS_OUT));
        if (!nic) return map;
        map.put("calls-in", values.get(CALLS_IN));
        map.put("calls-out", values.get(CALLS_OUT));
        map.put("pauses", values.get(PAUSES));
        return map;
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
