// SPDX-License-Identifier: Apache-2.0
package org.violin.conditions;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.violin.api.dataplane.Frames;
import org.violin.api.dataplane.LinkStage;
import org.violin.frame.SuperFrame;

/** A stage in virtual time: does what the engine does, and writes down what comes out and when. */
final class Wire {
    static final long MS = 1_000_000;
    static final long SECOND = 1_000_000_000;

    /** What came out. */
    record Out(long at, byte[] record) {}

    final ConditionsProvider provider;
    final LinkStage stage;
    final List<Out> out = new ArrayList<>();
    final ByteBuffer slab = ByteBuffer.allocateDirect(2 * Frames.MAX_RECORD);
    /** False: only counts. */
    boolean keeps = true;
    long records;
    /** As on a wire: each segment has its headers. */
    long bytes;
    long now;

    Wire(Map<String, String> settings) {
        this(new ConditionsProvider(64L << 20, 256L << 20), settings);
    }

    Wire(ConditionsProvider provider, Map<String, String> settings) {
        this.provider = provider;
        stage = provider.open(settings, 0);
    }

    static Wire of(String... words) {
        return new Wire(settings(words));
    }

    static Map<String, String> settings(String... words) {
        Map<String, String> settings = new java.util.TreeMap<>();
        for (int i = 0; i < words.length; i += 2) settings.put(words[i], words[i + 1]);
        return settings;
    }

    /** Lets time go on, giving out what is due at its time. */
    void until(long time) {
        for (long due; (due = stage.dueNanos()) <= time; ) {
            now = Math.max(now, due);
            int length = stage.next(slab, Frames.MAX_RECORD, now);
            if (length == 0) throw new AssertionError("nothing at " + now + ", though due at " + due);
            add(slab, Frames.MAX_RECORD, length);
        }
        now = Math.max(now, time);
    }

    void offer(ByteBuffer record, long time) {
        until(time);
        if (stage.offer(record, 0, record.capacity(), now, stage.dueNanos() == LinkStage.NEVER)) add(record, 0, record.capacity());
        if (stage.dueNanos() <= now) until(now);
    }

    void end() {
        while (stage.dueNanos() != LinkStage.NEVER) until(stage.dueNanos());
    }

    long count(String name) {
        return stage.counters().get(name);
    }

    /** Numbers of {@link Packets#plain} as they came out. */
    List<Integer> numbers() {
        List<Integer> numbers = new ArrayList<>();
        for (Out one : out) numbers.add(Packets.number(one.record));
        return numbers;
    }

    /** The packets that came out, finished. */
    List<byte[]> packets() {
        List<byte[]> packets = new ArrayList<>();
        for (Out one : out) packets.addAll(Packets.finished(one.record));
        return packets;
    }

    private void add(ByteBuffer from, int at, int length) {
        records++;
        bytes += length - Frames.OFFLOAD_HEADER;
        int headers = SuperFrame.headers(from, at, length);
        if (headers > 0) bytes += (SuperFrame.segments(from, at, length) - 1L) * (headers - Frames.OFFLOAD_HEADER);
        if (!keeps) return;
        byte[] copy = new byte[length];
        from.get(at, copy);
        out.add(new Out(now, copy));
    }
}
