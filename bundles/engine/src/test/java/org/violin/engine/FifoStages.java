// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.violin.api.dataplane.LinkStage;
import org.violin.api.dataplane.LinkStageProvider;

/** Stages that only delay by whole milliseconds, for tests of what drives them. Setting {@code loss} is a mistake for them. */
final class FifoStages implements LinkStageProvider {
    final List<Stage> made = new CopyOnWriteArrayList<>();

    @Override
    public String kind() {
        return "fifo";
    }

    @Override
    public void check(Map<String, String> settings) {
        if (settings.containsKey("loss")) throw new IllegalArgumentException("loss: this one cannot lose");
    }

    @Override
    public LinkStage open(Map<String, String> settings, long nowNanos) {
        check(settings);
        Stage stage = new Stage(delay(settings));
        made.add(stage);
        return stage;
    }

    static long delay(Map<String, String> settings) {
        return Long.parseLong(settings.getOrDefault("delay", "0")) * 1_000_000;
    }

    static final class Stage implements LinkStage {
        private record Kept(byte[] record, long due) {}

        private final ArrayDeque<Kept> queue = new ArrayDeque<>();
        private long delay;
        private long taken;
        private long lost;
        int restarts;
        boolean broken;

        Stage(long delay) {
            this.delay = delay;
        }

        @Override
        public boolean offer(ByteBuffer slab, int offset, int length, long nowNanos, boolean mayPass) {
            if (broken) throw new IllegalStateException("broken");
            taken++;
            if (mayPass && delay == 0 && queue.isEmpty()) return true;
            byte[] copy = new byte[length];
            slab.get(offset, copy);
            long due = nowNanos + delay;
            queue.add(new Kept(copy, queue.isEmpty() ? due : Math.max(due, queue.peekLast().due)));
            return false;
        }

        @Override
        public int next(ByteBuffer slab, int offset, long nowNanos) {
            if (queue.isEmpty() || queue.peek().due > nowNanos) return 0;
            byte[] record = queue.poll().record;
            slab.put(offset, record);
            return record.length;
        }

        @Override
        public long dueNanos() {
            return queue.isEmpty() ? NEVER : queue.peek().due;
        }

        @Override
        public void change(Map<String, String> settings, long nowNanos) {
            delay = FifoStages.delay(settings);
        }

        @Override
        public void clear() {
            lost += queue.size();
            queue.clear();
        }

        @Override
        public void restart() {
            restarts++;
        }

        @Override
        public Map<String, Long> counters() {
            return new TreeMap<>(Map.of("packets", taken, "cut-lost", lost, "held-packets", (long) queue.size()));
        }
    }
}
