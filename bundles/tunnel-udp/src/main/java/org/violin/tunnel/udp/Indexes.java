// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * Whose sealed datagrams bear which index. Any thread changes it, the receive thread reads it without a lock. At most {@link #MOST}
 * indices; beyond that a new one is refused and counted, so its peer cannot be heard until others are withdrawn.
 */
final class Indexes {
    static final int MOST = 1 << 16;

    private record Entry(int index, Association peer) {}

    /** Where one was, so that a search goes on behind it. */
    private static final Entry GONE = new Entry(0, null);

    final LongAdder refused = new LongAdder();
    /** Open addressing; at least half of it is null. */
    private volatile AtomicReferenceArray<Entry> table = new AtomicReferenceArray<>(16);

    private int used;
    private int live;

    /** Whose it is; null: nobody's. */
    Association of(int index) {
        AtomicReferenceArray<Entry> now = table;
        int mask = now.length() - 1;
        for (int at = home(index, mask); ; at = at + 1 & mask) {
            Entry entry = now.get(at);
            if (entry == null) return null;
            if (entry.index == index && entry != GONE) return entry.peer;
        }
    }

    synchronized void assign(int index, Association peer) {
        withdraw(index);
        if (live == MOST) {
            refused.increment();
            return;
        }
        if (2 * (used + 1) > table.length()) rebuild();
        put(table, new Entry(index, peer));
        used++;
        live++;
    }

    synchronized void withdraw(int index) {
        int mask = table.length() - 1;
        for (int at = home(index, mask); table.get(at) != null; at = at + 1 & mask) {
            if (table.get(at) != GONE && table.get(at).index == index) remove(at);
        }
    }

    /** Nothing is that peer's any more. */
    synchronized void forget(Association peer) {
        for (int at = 0; at < table.length(); at++) {
            if (table.get(at) != null && table.get(at).peer == peer) remove(at);
        }
    }

    synchronized int size() {
        return live;
    }

    private void remove(int at) {
        table.set(at, GONE);
        live--;
    }

    private void rebuild() {
        AtomicReferenceArray<Entry> more = new AtomicReferenceArray<>(Math.max(16, Integer.highestOneBit(live + 1) * 8));
        for (int at = 0; at < table.length(); at++) {
            if (table.get(at) != null && table.get(at) != GONE) put(more, table.get(at));
        }
        used = live;
        table = more;
    }

    private static void put(AtomicReferenceArray<Entry> to, Entry entry) {
        int mask = to.length() - 1;
        int at = home(entry.index, mask);
        while (to.get(at) != null) at = at + 1 & mask;
        to.set(at, entry);
    }

    private static int home(int index, int mask) {
        int mixed = (index ^ index >>> 16) * 0x9E37_79B1;
        return (mixed ^ mixed >>> 15) & mask;
    }
}
