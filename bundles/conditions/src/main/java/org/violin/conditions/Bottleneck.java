// SPDX-License-Identifier: Apache-2.0
package org.violin.conditions;

/**
 * A token bucket with a queue before it, in virtual time: when a packet arrives, it is known when it leaves, so nothing has to be done
 * then. Times are exact: what a division leaves is carried on. Called by: the stage, under its lock.
 */
final class Bottleneck {
    enum Verdict { LEAVES, MARKED, TAIL, RED, CODEL }

    private static final int FIRST = 16;
    private static final int KEPT = 64;
    private static final int MOST = 1 << 20;

    private final Codel codel = new Codel();
    private final Red red = new Red();
    /** When the bucket was, or will be, empty; and the part of a nanosecond over it, in bits of the rate. */
    private long empty = Long.MIN_VALUE;
    private long rest;
    private long leaves = Long.MIN_VALUE;
    /** A ring of what waits: when it leaves and its bytes. */
    private long[] times = {};
    private int[] sizes = {};
    private int head;
    private int waiting;
    private long waitingBytes;

    /** @param markable the packet may be marked instead of dropped */
    Verdict arrive(Settings settings, int bytes, long now, long packet, boolean markable) {
        Rate rate = settings.rate();
        depart(now);
        long begin = empty;
        long over = rest;
        if (begin < now - rate.burstNanos()) {
            begin = now - rate.burstNanos();
            over = 0;
        }
        long bits = Math.max(1, (long) bytes + rate.overheadBytes()) * 8 * Rate.NANOS + over;
        long end = begin + bits / rate.bitsPerSecond();
        if (end > now && waiting > 0 && isFull(rate, bytes, begin - now)) return Verdict.TAIL;
        Verdict verdict = Verdict.LEAVES;
        if (rate.discipline() == Rate.Discipline.RED) {
            if (red.hits(rate, waitingBytes, leaves, now, settings.seed(), packet)) verdict = Verdict.RED;
        } else if (rate.discipline() == Rate.Discipline.CODEL) {
            if (codel.hits(rate, Math.max(begin, now), Math.max(0, begin - now))) verdict = Verdict.CODEL;
        }
        if (verdict != Verdict.LEAVES) {
            if (!markable || !rate.marks()) return verdict;
            verdict = Verdict.MARKED;
        }
        empty = end;
        rest = bits % rate.bitsPerSecond();
        leaves = Math.max(now, end);
        if (end > now && !queue(bytes)) return Verdict.TAIL;
        return verdict;
    }

    /** When the packet that arrived last leaves; it did not get a verdict of dropping. */
    long leaves() {
        return leaves;
    }

    /** Another rate counts from here on. */
    void change() {
        rest = 0;
    }

    /** All that waits is gone. */
    void clear(long now) {
        waiting = 0;
        waitingBytes = 0;
        empty = Math.min(empty, now);
        leaves = Math.min(leaves, now);
        rest = 0;
        times = new long[0];
        sizes = new int[0];
        head = 0;
        codel.reset();
        red.reset();
    }

    void restart() {
        red.restart();
    }

    private boolean isFull(Rate rate, int bytes, long wait) {
        return switch (rate.unit()) {
            case PACKETS -> waiting + 1 > rate.limit();
            case BYTES -> waitingBytes + bytes > rate.limit();
            case NANOS -> wait > rate.limit();
        };
    }

    private void depart(long now) {
        while (waiting > 0 && times[head] <= now) {
            waitingBytes -= sizes[head];
            head = head + 1 & times.length - 1;
            waiting--;
        }
        if (waiting == 0 && times.length > KEPT) {
            times = new long[0];
            sizes = new int[0];
            head = 0;
        }
    }

    private boolean queue(int bytes) {
        if (waiting == times.length) {
            if (waiting == MOST) return false;
            int size = Math.max(FIRST, waiting * 2);
            long[] newTimes = new long[size];
            int[] newSizes = new int[size];
            int first = times.length - head;
            System.arraycopy(times, head, newTimes, 0, first);
            System.arraycopy(times, 0, newTimes, first, head);
            System.arraycopy(sizes, head, newSizes, 0, first);
            System.arraycopy(sizes, 0, newSizes, first, head);
            times = newTimes;
            sizes = newSizes;
            head = 0;
        }
        int at = head + waiting & times.length - 1;
        times[at] = leaves;
        sizes[at] = bytes;
        waiting++;
        waitingBytes += bytes;
        return true;
    }
}
