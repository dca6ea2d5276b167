// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.TreeMap;
import org.violin.api.dataplane.LinkStage;
import org.violin.api.dataplane.LinkStageProvider;
import org.violin.api.model.Conditions;
import org.violin.api.model.PortId;

/**
 * One direction of a vLink that does more than carry: what its stage lets go leaves here, in order, by the thread that brought it or by the
 * {@link Timetable}. The monitor guards the stages and is never held while a frame goes on. A stage that another replaces still lets go
 * what it keeps, at its times.
 */
final class Lane {
    /** Of stages that were replaced and are not empty yet. */
    private static final int MAX_OLD = 4;

    private static final int GONE = 0;
    /** A stage that had nothing, or failed, though something was due is asked again after this time. */
    private static final long EMPTY_NANOS = 1_000_000;

    final PortId id;
    /** What the file says, and what is laid over it; of the fabric's lock. */
    Map<String, String> base = Map.of();
    Map<String, String> over = Map.of();
    Map<String, String> effective = Map.of();
    /** Whose stage it is; of the fabric's lock. Null: none. */
    LinkStageProvider provider;
    /** Since when a stage goes on whose plugin is gone, or none is there; of the fabric's lock. */
    long orphanedNanos;

    private final Timetable timetable;
    private volatile Endpoint from;
    private volatile Drop shut;
    private volatile boolean wanted;
    private LinkStage stage;
    private final ArrayDeque<LinkStage> old = new ArrayDeque<>(1);
    private boolean draining;
    private final Map<String, Long> before = new TreeMap<>();

    // Of the timetable's lock.
    long due = LinkStage.NEVER;
    int place = -1;

    Lane(PortId id, Timetable timetable) {
        this.id = id;
        this.timetable = timetable;
    }

    /** The end that sends into it now. */
    void attach(Endpoint end) {
        from = end;
    }

    boolean down() {
        return shut == Drop.LINK_DOWN;
    }

    /** By the effective settings, but for the stage. */
    void state(String state) {
        Drop now = "down".equals(state) ? Drop.LINK_DOWN : "cut".equals(state) ? Drop.LINK_CUT : null;
        shut = now;
        if (now == null) return;
        synchronized (this) {
            if (stage != null) stage.clear();
            old.forEach(LinkStage::clear);
        }
    }

    /** Whether frames need a stage. Without one they are lost then. */
    void want(boolean yes) {
        wanted = yes;
    }

    synchronized boolean hasStage() {
        return stage != null;
    }

    /** Another takes over; null: none. What the last one keeps still leaves at its times. */
    synchronized void put(LinkStage next) {
        if (stage != null) {
            old.add(stage);
            if (old.size() > MAX_OLD) retire(old.poll());
        }
        stage = next;
    }

    private void retire(LinkStage gone) {
        gone.clear();
        keep(gone.counters());
    }

    /** What was counted is not forgotten with the stage. */
    private void keep(Map<String, Long> counters) {
        counters.forEach((word, n) -> {
            if (!word.startsWith("held") && !word.startsWith("peak")) before.merge(word, n, Long::sum);
        });
    }

    /** In place. */
    synchronized void change(Map<String, String> settings, long now) {
        stage.change(settings, now);
        timetable.schedule(this, dueNanos());
    }

    synchronized void restart() {
        before.clear();
        if (stage != null) stage.restart();
    }

    synchronized boolean isEmpty() {
        return dueNanos() == LinkStage.NEVER && !draining;
    }

    /** Carries a record on from the end that sends it. Any thread inside a cycle. */
    void carry(Cycle cycle, Endpoint end, ByteBuffer slab, int offset, int length) {
        Drop reason = shut;
        if (reason != null) {
            end.drop(reason);
            return;
        }
        boolean pass;
        boolean go = false;
        synchronized (this) {
            if (stage == null) {
                pass = !wanted;
                if (!pass) end.drop(Drop.NO_STAGE);
            } else {
                long now = timetable.now();
                try {
                    pass = stage.offer(slab, offset, length, now, !draining && old.isEmpty());
                } catch (RuntimeException | LinkageError e) {
                    end.drop(Drop.PLUGIN_FAULT);
                    return;
                }
                long when = dueNanos();
                go = !pass && !draining && when <= now && cycle.mayDrain();
                if (go) draining = true;
                else if (when != LinkStage.NEVER) timetable.schedule(this, when);
            }
        }
        if (pass) deliver(cycle, end, slab, offset, length);
        else if (go) drain(cycle, false);
    }

    private static void deliver(Cycle cycle, Endpoint end, ByteBuffer slab, int offset, int length) {
        Endpoint to = end.far;
        if (to == null) end.drop(Drop.NO_LINK);
        else to.deliver(cycle, end, slab, offset, length);
    }

    /** Lets go what is due. The timetable's thread. */
    void release(Cycle cycle) {
        synchronized (this) {
            if (draining) return;
            draining = true;
        }
        drain(cycle, true);
    }

    /** @param alone nothing else is carried by this cycle now */
    private void drain(Cycle cycle, boolean alone) {
        ByteBuffer slab = cycle.deeper();
        try {
            while (true) {
                int length = take(slab);
                if (length == GONE) return;
                Endpoint end = from;
                if (alone) cycle.begin(timetable.now());
                if (end != null) deliver(cycle, end, slab, 0, length);
            }
        } finally {
            cycle.shallower();
        }
    }

    /** The next record that is due, with how late it is noted; 0: none, and draining has ended. */
    private synchronized int take(ByteBuffer slab) {
        long now = timetable.now();
        long again = now + 1;
        try {
            LinkStage first = first();
            long when = first == null ? LinkStage.NEVER : first.dueNanos();
            if (when <= now + Timetable.EARLY_NANOS) {
                int length = first.next(slab, 0, now + Timetable.EARLY_NANOS);
                if (length > 0) {
                    timetable.released(now - when);
                    return length;
                }
                again = now + EMPTY_NANOS;
            }
        } catch (RuntimeException | LinkageError e) {
            Endpoint end = from;
            if (end != null) end.drop(Drop.PLUGIN_FAULT);
            again = now + EMPTY_NANOS;
        }
        draining = false;
        sweep();
        long next = dueNanos();
        if (next != LinkStage.NEVER) timetable.schedule(this, Math.max(next, again));
        return GONE;
    }

    private LinkStage first() {
        LinkStage first = stage;
        for (LinkStage s : old) if (first == null || s.dueNanos() <= first.dueNanos()) first = s;
        return first;
    }

    private void sweep() {
        if (old.isEmpty()) return;
        old.removeIf(s -> {
            if (s.dueNanos() != LinkStage.NEVER) return false;
            keep(s.counters());
            return true;
        });
    }

    private long dueNanos() {
        LinkStage first = first();
        return first == null ? LinkStage.NEVER : first.dueNanos();
    }

    /** What the stages counted, with {@code link-} before each word. */
    synchronized Map<String, Long> counters() {
        Map<String, Long> all = new TreeMap<>();
        before.forEach((word, n) -> all.merge("link-" + word, n, Long::sum));
        if (stage != null) stage.counters().forEach((word, n) -> all.merge("link-" + word, n, Long::sum));
        old.forEach(s -> s.counters().forEach((word, n) -> all.merge("link-" + word, n, Long::sum)));
        return all;
    }

    /** Only what the stage reads; the state is ours. */
    static Map<String, String> forStage(Map<String, String> effective) {
        Map<String, String> settings = new TreeMap<>(effective);
        settings.remove(Conditions.STATE);
        return settings;
    }

    static boolean needsStage(Map<String, String> effective) {
        return effective.keySet().stream().anyMatch(Conditions.WORDS::contains);
    }
}
