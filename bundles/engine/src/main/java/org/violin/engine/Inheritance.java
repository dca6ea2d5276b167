// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.util.Arrays;
import org.violin.api.dataplane.HandOver;

/** What a plugin left, for the next: kept for a minute at most, then wiped. Guarded by its owner's lock. */
final class Inheritance {
    private static final long LONGEST_NANOS = 60_000_000_000L;
    private HandOver left;
    private long since;

    void put(HandOver handOver, long now) {
        wipe();
        left = handOver;
        since = now;
    }

    /** A copy, so that a plugin that fails with it does not take it along; null: nothing. */
    HandOver copy() {
        return copy(left);
    }

    static HandOver copy(HandOver of) {
        return of == null ? null : new HandOver(of.kind(), of.version(), of.data().clone());
    }

    void wipe() {
        if (left != null) Arrays.fill(left.data(), (byte) 0);
        left = null;
    }

    void tick(long now) {
        if (left != null && now - since >= LONGEST_NANOS) wipe();
    }
}
