// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.util.Arrays;
import org.violin.api.dataplane.SwitchLogic;

/** Port numbers as bits. Grows to the highest number once, then allocates no more. Used by one thread. */
final class PortSet implements SwitchLogic.Egress {
    private long[] words = new long[4];

    void clear() {
        Arrays.fill(words, 0);
    }

    /** Adds a port; numbers that no switch has are ignored, so that a faulty plugin cannot ask for memory. */
    @Override
    public void add(int port) {
        if (port < 0 || port >= Vswitch.MAX_PORTS) return;
        int word = port >>> 6;
        if (word >= words.length) words = Arrays.copyOf(words, Math.max(word + 1, words.length * 2));
        words[word] |= 1L << port;
    }

    /** The lowest port from that number on, or -1. */
    int next(int from) {
        int word = from >>> 6;
        if (word >= words.length) return -1;
        long bits = words[word] & -1L << from;
        while (bits == 0) {
            if (++word == words.length) return -1;
            bits = words[word];
        }
        return (word << 6) + Long.numberOfTrailingZeros(bits);
    }
}
