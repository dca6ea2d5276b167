// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Wall-clock times as external TAI64N labels (without leap seconds): each of ours is later than the one before, and of each peer only later
 * ones are taken, also after it was forgotten. Bounded: the peer not heard of for longest is dropped. Any thread.
 */
final class Timestamps {
    static final int LENGTH = 12;
    private static final int MOST = 8192;
    private static final long TAI_ORIGIN = 0x400000000000000aL;

    private final InstantSource clock;
    private final Map<String, byte[]> greatest = new LinkedHashMap<>(16, 0.75f, true);
    private long lastSecond;
    private int lastNano;

    Timestamps(InstantSource clock) {
        this.clock = clock;
    }

    synchronized byte[] next() {
        var now = clock.instant();
        long second = now.getEpochSecond();
        int nano = now.getNano();
        if (second < lastSecond || second == lastSecond && nano <= lastNano) {
            second = lastNano == 999_999_999 ? lastSecond + 1 : lastSecond;
            nano = lastNano == 999_999_999 ? 0 : lastNano + 1;
        }
        lastSecond = second;
        lastNano = nano;
        return ByteBuffer.allocate(LENGTH).putLong(TAI_ORIGIN + second).putInt(nano).array();
    }

    /** True when it is later than all of that peer before. */
    synchronized boolean accept(String target, byte[] timestamp) {
        byte[] before = greatest.get(target);
        if (before != null && Arrays.compareUnsigned(timestamp, before) <= 0) return false;
        greatest.put(target, timestamp.clone());
        if (greatest.size() > MOST) greatest.remove(greatest.keySet().iterator().next());
        return true;
    }

    /** The latest of that peer; null: none. */
    synchronized byte[] greatest(String target) {
        return greatest.get(target);
    }
}
