// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.dataplane.Alarm;
import org.violin.api.dataplane.LinkStage;

/**
 * The one thread that lets go what waits in vLinks, and when: a heap of lanes by the moment their next record is due. A sleep ends late by
 * some tens of microseconds; how much is learnt, so it sleeps that much less and spins for the rest.
 */
final class Timetable implements Runnable {
    /** What is due within this time goes along: half a wake-up is not worth its cost. */
    static final long EARLY_NANOS = 5_000;

    private static final Logger LOG = LoggerFactory.getLogger(Timetable.class);
    /** Spun at most, each time. */
    private static final long MOST_SPIN_NANOS = 80_000;

    private static final long PAUSE_NANOS = 10_000_000;
    private static final int BUCKETS = 40;
    private static final int LANES_AT_ONCE = 64;

    private final Uplink uplink;
    private final Grace grace;
    private final Alarm alarm;
    private final LongSupplier clock;
    private final AtomicLongArray late = new AtomicLongArray(BUCKETS);
    private final AtomicLong lateSum = new AtomicLong();
    private final AtomicLong wakes = new AtomicLong();
    private final AtomicLong spun = new AtomicLong();
    private final AtomicLong faults = new AtomicLong();
    private Lane[] heap = new Lane[16];
    private int size;
    private volatile long sleepsUntil;
    private volatile boolean stopped;
    private Cycle cycle;
    private Thread thread;
    private final Lane[] ready = new Lane[LANES_AT_ONCE];
    private long oversleep = 50_000;

    Timetable(Uplink uplink, Grace grace, Alarm alarm, LongSupplier clock) {
        this.uplink = uplink;
        this.grace = grace;
        this.alarm = alarm;
        this.clock = clock;
    }

    void start() {
        thread = new Thread(this, "violin-engine-links");
        thread.setDaemon(true);
        thread.start();
    }

    long now() {
        return clock.getAsLong();
    }

    /** A record left its lane so many nanoseconds after it was due; below 0: before. */
    void released(long nanos) {
        late.getAndIncrement(nanos < 1000 ? 0 : Math.min(BUCKETS - 1, bucket(nanos / 1000)));
        lateSum.getAndAdd(nanos);
    }

    /** Two buckets for each power of two of microseconds. */
    private static int bucket(long micros) {
        int log = 63 - Long.numberOfLeadingZeros(micros);
        return 1 + 2 * log + (log > 0 && (micros >> log - 1 & 1) == 1 ? 1 : 0);
    }

    private static long upper(int bucket) {
        if (bucket == 0) return 1;
        int log = (bucket - 1) / 2;
        return (bucket - 1) % 2 == 1 ? 2L << log : log == 0 ? 2 : (1L << log) + (1L << log - 1);
    }

    /** A lane wants to be asked at that moment. Any thread; under the lane's monitor. */
    void schedule(Lane lane, long due) {
        boolean earlier;
        synchronized (heap()) {
            if (lane.place >= 0 && lane.due <= due) return;
            lane.due = due;
            if (lane.place < 0) {
                if (size == heap.length) heap = Arrays.copyOf(heap, size * 2);
                lane.place = size++;
                heap[lane.place] = lane;
            }
            up(lane);
            earlier = due < sleepsUntil;
            if (earlier) sleepsUntil = due;
        }
        if (earlier) alarm.wake();
    }

    private Object heap() {
        return late;
    }

    private void up(Lane lane) {
        int at = lane.place;
        while (at > 0 && heap[(at - 1) / 2].due > lane.due) {
            set(at, heap[(at - 1) / 2]);
            at = (at - 1) / 2;
        }
        set(at, lane);
    }

    private void set(int at, Lane lane) {
        heap[at] = lane;
        lane.place = at;
    }

    private Lane pop() {
        Lane first = heap[0];
        Lane last = heap[--size];
        heap[size] = null;
        first.place = -1;
        if (last == first) return first;
        int at = 0;
        while (2 * at + 1 < size) {
            int child = 2 * at + 1;
            if (child + 1 < size && heap[child + 1].due < heap[child].due) child++;
            if (heap[child].due >= last.due) break;
            set(at, heap[child]);
            at = child;
        }
        set(at, last);
        return first;
    }

    /** Lets go what is due now. Returns when the next is, or {@link LinkStage#NEVER}. */
    long turn() {
        if (cycle == null) cycle = grace.register(Thread.currentThread());
        while (true) {
            int count = 0;
            long now = now();
            synchronized (heap()) {
                while (count < LANES_AT_ONCE && size > 0 && heap[0].due <= now + EARLY_NANOS) ready[count++] = pop();
                if (count == 0) {
                    long next = size == 0 ? LinkStage.NEVER : heap[0].due;
                    sleepsUntil = next;
                    return next;
                }
            }
            cycle.enter();
            try {
                for (int i = 0; i < count; i++) {
                    cycle.begin(now);
                    ready[i].release(cycle);
                }
                uplink.flush(cycle);
            } finally {
                Arrays.fill(ready, 0, count, null);
                cycle.exit();
            }
        }
    }

    @Override
    public void run() {
        while (!stopped) {
            try {
                sleep(turn());
            } catch (RuntimeException | Error e) {
                if (faults.getAndIncrement() == 0) LOG.error("The thread of vLinks failed and goes on; later failures are only counted", e);
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private void sleep(long until) {
        if (until == LinkStage.NEVER) {
            alarm.await(Long.MAX_VALUE);
            wakes.incrementAndGet();
            return;
        }
        long ahead = Math.min(MOST_SPIN_NANOS, oversleep);
        long target = until - ahead;
        long rest = target - now();
        if (rest > 0) {
            alarm.await(rest);
            wakes.incrementAndGet();
            long overslept = now() - target;
            // Woken before the time by something new to do: says nothing. Rare long ones belong to the machine's load.
            if (overslept >= 0) oversleep += (Math.min(overslept, 2 * MOST_SPIN_NANOS) - oversleep) / 16;
        }
        long begin = now();
        if (begin >= until || begin < target) return;
        while (now() < until && sleepsUntil >= until && !stopped) Thread.onSpinWait();
        spun.addAndGet(now() - begin);
    }

    /** How late records left vLinks, and what that cost, since the start. */
    void into(Map<String, Long> map) {
        long all = 0;
        for (int i = 0; i < BUCKETS; i++) all += late.get(i);
        map.put("links-released", all);
        if (all == 0) return;
        map.put("links-late-mean-nanos", lateSum.get() / all);
        map.put("links-late-p50-micros", quantile(all, 0.5));
        map.put("links-late-p99-micros", quantile(all, 0.99));
        map.put("links-wakes", wakes.get());
        map.put("links-spun-micros", spun.get() / 1000);
        if (faults.get() > 0) map.put("links-faults", faults.get());
    }

    private long quantile(long all, double part) {
        long below = 0;
        int bucket = 0;
        while (bucket < BUCKETS - 1 && (below += late.get(bucket)) < all * part) bucket++;
        return upper(bucket);
    }

    /** When this returns, the thread lets go nothing any more. */
    void stop() {
        stopped = true;
        alarm.wake();
        if (thread == null) return;
        try {
            thread.join(3000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        alarm.close();
    }

    Map<String, Long> figures() {
        Map<String, Long> map = new TreeMap<>();
        into(map);
        return map;
    }
}
