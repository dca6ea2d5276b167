// SPDX-License-Identifier: Apache-2.0
package org.violin.verify;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.HexFormat;

/** Sixteen bytes that make a frame a canary: twelve that nobody can guess, the same for all of one run, and the canary's number. */
final class Marker {
    static final int BYTES = 16;
    private static final int RUN_BYTES = 12;

    private final byte[] run;
    private final long head;
    private final int tail;

    private Marker(byte[] run) {
        this.run = run;
        ByteBuffer bytes = ByteBuffer.wrap(run);
        this.head = bytes.getLong();
        this.tail = bytes.getInt();
    }

    static Marker random() {
        byte[] run = new byte[RUN_BYTES];
        new SecureRandom().nextBytes(run);
        return new Marker(run);
    }

    /** @throws IllegalArgumentException when it is not 24 hexadecimal digits */
    static Marker of(String hex) {
        if (hex.length() != 2 * RUN_BYTES) throw new IllegalArgumentException("'" + hex + "': " + 2 * RUN_BYTES + " hexadecimal digits");
        return new Marker(HexFormat.of().parseHex(hex));
    }

    String hex() {
        return HexFormat.of().formatHex(run);
    }

    void put(ByteBuffer slab, int at, int number) {
        slab.putLong(at, head).putInt(at + 8, tail).putInt(at + RUN_BYTES, number);
    }

    /** Where the first marker begins in these bytes; -1: there is none. */
    int find(ByteBuffer slab, int from, int length) {
        for (int at = from, last = from + length - BYTES; at <= last; at++) {
            if (slab.getLong(at) == head && slab.getInt(at + 8) == tail) return at;
        }
        return -1;
    }

    static int number(ByteBuffer slab, int at) {
        return slab.getInt(at + RUN_BYTES);
    }

    /** A source address for frames too short for a marker. @param small 0 to 255 */
    long mac(int small) {
        return 0x02L << 40 | (head >>> 32) << 8 | small;
    }

    /** The number of {@link #mac}; -1: it is none of this run's. */
    int small(long mac) {
        return mac >>> 8 == (0x02L << 32 | head >>> 32) ? (int) mac & 0xFF : -1;
    }
}
