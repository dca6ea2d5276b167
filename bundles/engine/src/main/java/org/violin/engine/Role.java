// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** What changing the plugins of one role has cost since the start. Any thread. */
final class Role {
    private final String word;
    private final AtomicLong swaps = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong held = new AtomicLong();
    private final AtomicLong heldBytes = new AtomicLong();
    private final AtomicLong expired = new AtomicLong();
    private final AtomicLong full = new AtomicLong();
    private final AtomicLong longestGapNanos = new AtomicLong();

    Role(String word) {
        this.word = word;
    }

    void swapped() {
        swaps.incrementAndGet();
    }

    void refused() {
        refused.incrementAndGet();
    }

    void held(int bytes) {
        held.incrementAndGet();
        heldBytes.addAndGet(bytes);
    }

    void let(int bytes) {
        heldBytes.addAndGet(-bytes);
    }

    void expired() {
        expired.incrementAndGet();
    }

    void full() {
        full.incrementAndGet();
    }

    /** So long frames had to wait, once. */
    void gap(long nanos) {
        longestGapNanos.accumulateAndGet(nanos, Math::max);
    }

    void into(Map<String, Long> map, boolean holds) {
        map.put(word + "-swaps", swaps.get());
        map.put(word + "-refused", refused.get());
        map.put(word + "-longest-gap-micros", longestGapNanos.get() / 1000);
        if (!holds) return;
        map.put(word + "-held", held.get());
        map.put(word + "-held-bytes", heldBytes.get());
        map.put(word + "-hold-expired", expired.get());
        map.put(word + "-hold-full", full.get());
    }
}
