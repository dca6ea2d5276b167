// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The remote end of each VNI: open addressing, read by any thread without lock or allocation, written under the fabric's lock. A removed
 * entry leaves a tombstone until the next rebuild.
 */
final class VniTable {
    private static final RemoteEnd TOMBSTONE = new RemoteEnd(null, -1, null);
    private volatile AtomicReferenceArray<RemoteEnd> slots = new AtomicReferenceArray<>(16);
    private int live;
    private int used;

    RemoteEnd get(int vni) {
        AtomicReferenceArray<RemoteEnd> table = slots;
        int mask = table.length() - 1;
        for (int at = home(vni) & mask; ; at = at + 1 & mask) {
            RemoteEnd end = table.get(at);
            if (end == null || end.vni == vni) return end;
        }
    }

    /** Adds an end whose VNI is not in the table. */
    void add(RemoteEnd end) {
        if ((used + 1) * 2 > slots.length()) rebuild();
        insert(slots, end);
        live++;
        used++;
    }

    void remove(RemoteEnd end) {
        AtomicReferenceArray<RemoteEnd> table = slots;
        int mask = table.length() - 1;
        for (int at = home(end.vni) & mask; table.get(at) != null; at = at + 1 & mask) {
            if (table.get(at) != end) continue;
            table.set(at, TOMBSTONE);
            live--;
            return;
        }
    }

    private void rebuild() {
        AtomicReferenceArray<RemoteEnd> old = slots;
        AtomicReferenceArray<RemoteEnd> fresh = new AtomicReferenceArray<>(Math.max(16, Integer.highestOneBit(live + 1) * 8));
        for (int at = 0; at < old.length(); at++) {
            RemoteEnd end = old.get(at);
            if (end != null && end != TOMBSTONE) insert(fresh, end);
        }
        used = live;
        slots = fresh;
    }

    private static void insert(AtomicReferenceArray<RemoteEnd> table, RemoteEnd end) {
        int mask = table.length() - 1;
        int at = home(end.vni) & mask;
        while (table.get(at) != null) at = at + 1 & mask;
        table.set(at, end);
    }

    private static int home(int vni) {
        int h = vni * 0x9e37_79b1;
        return h ^ h >>> 15;
    }
}
