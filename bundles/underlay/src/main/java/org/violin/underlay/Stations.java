// SPDX-License-Identifier: Apache-2.0
package org.violin.underlay;

import java.nio.ByteBuffer;

/** Which Ethernet address is behind which port, learnt from senders; nothing is forgotten, and beyond the most nothing is learnt. One thread. */
final class Stations {
    static final int UNKNOWN = -1;
    private static final int MOST = 4096;
    private static final int MASK = 4 * MOST - 1;
    private static final long USED = 1L << 63;

    private final long[] addresses = new long[MASK + 1];
    private final int[] ports = new int[MASK + 1];
    private int known;

    /** The six bytes there, as a number. */
    static long address(ByteBuffer frame, int at) {
        return (frame.getShort(at) & 0xFFFFL) << 32 | frame.getInt(at + 2) & 0xFFFF_FFFFL;
    }

    /** Broadcast and multicast. */
    static boolean isGroup(long address) {
        return (address >>> 40 & 1) != 0;
    }

    /** False when the table is full and this one not in it: frames for it go to all ports. */
    boolean learn(long address, int port) {
        if (isGroup(address)) return true;
        int at = find(address);
        if (addresses[at] == 0) {
            if (known == MOST) return false;
            known++;
            addresses[at] = address | USED;
        }
        ports[at] = port;
        return true;
    }

    int port(long address) {
        int at = find(address);
        return addresses[at] == 0 ? UNKNOWN : ports[at];
    }

    private int find(long address) {
        int at = (int) (address * 0x9E37_79B9_7F4A_7C15L >>> 40) & MASK;
        while (addresses[at] != 0 && addresses[at] != (address | USED)) at = at + 1 & MASK;
        return at;
    }
}
