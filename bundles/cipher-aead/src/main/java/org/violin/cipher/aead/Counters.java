// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/** One number for each event. Any thread. */
final class Counters {
    private final LongAdder[] adders = new LongAdder[Event.values().length];

    Counters() {
        for (int i = 0; i < adders.length; i++) adders[i] = new LongAdder();
    }

    void count(Event event) {
        adders[event.ordinal()].increment();
    }

    long of(Event event) {
        return adders[event.ordinal()].sum();
    }

    Map<String, Long> all() {
        Map<String, Long> all = new TreeMap<>();
        for (Event event : Event.values()) all.put(event.word, of(event));
        return all;
    }
}
