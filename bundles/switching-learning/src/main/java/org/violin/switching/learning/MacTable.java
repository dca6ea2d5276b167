// SPDX-License-Identifier: Apache-2.0
package org.violin.switching.learning;

import java.nio.ByteBuffer;
import org.violin.frame.Ethernet;

/**
 * Which port each MAC address was last seen on: bounded, ageing, open addressing with linear probing at half load. It begins small, since
 * most LANs are, and doubles up to its bound; nothing else allocates.
 *
 * <p>When full, the least recently seen address among the next {@value #WINDOW} slots gives way: a flood of invented addresses costs its
 * victims a relearning, never memory. Used by one thread at a time.
 */
final class MacTable {
    static final int UNKNOWN = -1;
    private static final int WINDOW = 16;
    private static final int FIRST_SLOTS = 64;
    private static final int ENTRY_BYTES = 20;

    // 0 is an empty slot: the all-zero address is never learnt.
    private long[] macs;
    private int[] ports;
    private long[] seen;
    private int shift;
    private final int capacity;
    private final long multiplier;
    private final long ageingNanos;
    private int size;
    private int swept;
    private long moves;
    private long evictions;

    MacTable(int capacity, long ageingNanos, long hashSeed) {
        this.capacity = capacity;
        this.ageingNanos = ageingNanos;
        multiplier = (hashSeed ^ 0x9e37_79b9_7f4a_7c15L) | 1;
        allocate(FIRST_SLOTS);
    }

    /** The port of an address, or {@link #UNKNOWN}. */
    int port(long mac, long nowNanos) {
        int at = find(mac);
        return macs[at] == mac && nowNanos - seen[at] < ageingNanos ? ports[at] : UNKNOWN;
    }

    void learn(long mac, int port, long nowNanos) {
        int at = find(mac);
        if (macs[at] == mac) {
            if (ports[at] != port) {
                moves++;
                ports[at] = port;
            }
        } else {
            if (size == capacity) {
                remove(victim(at, nowNanos));
                evictions++;
                at = find(mac);
            } else if (size * 2 >= macs.length) {
                grow();
                at = find(mac);
            }
            macs[at] = mac;
            ports[at] = port;
            size++;
        }
        seen[at] = nowNanos;
    }

    /** Forgets one address that is too old, if the next slot in turn holds one. Called once for each frame. */
    void sweep(long nowNanos) {
        swept = swept + 1 & macs.length - 1;
        if (macs[swept] != 0 && nowNanos - seen[swept] >= ageingNanos) remove(swept);
    }

    void forget(int port) {
        for (int at = 0; at < macs.length; at++) {
            // Removing pulls later entries forward, so look at the same slot again.
            while (macs[at] != 0 && ports[at] == port) remove(at);
        }
    }

    int size() {
        return size;
    }

    int bytes() {
        return 4 + size * ENTRY_BYTES;
    }

    void write(ByteBuffer out) {
        out.putInt(size);
        for (int at = 0; at < macs.length; at++) {
            if (macs[at] != 0) out.putLong(macs[at]).putInt(ports[at]).putLong(seen[at]);
        }
    }

    /** Takes what another table wrote; what is too much for this one gives way as ever. Throws IllegalArgumentException for nonsense. */
    void read(ByteBuffer in) {
        for (int n = Damage.count(in, ENTRY_BYTES); n > 0; n--) {
            long mac = in.getLong();
            Damage.unless(mac > 0 && mac >>> 48 == 0 && !Ethernet.isGroup(mac));
            learn(mac, Damage.port(in), in.getLong());
        }
        moves = 0;
        evictions = 0;
    }

    long moves() {
        return moves;
    }

    long evictions() {
        return evictions;
    }

    private void allocate(int slots) {
        shift = 64 - Integer.numberOfTrailingZeros(slots);
        macs = new long[slots];
        ports = new int[slots];
        seen = new long[slots];
    }

    private void grow() {
        long[] oldMacs = macs;
        int[] oldPorts = ports;
        long[] oldSeen = seen;
        allocate(oldMacs.length * 2);
        swept = 0;
        for (int from = 0; from < oldMacs.length; from++) {
            if (oldMacs[from] == 0) continue;
            int at = find(oldMacs[from]);
            macs[at] = oldMacs[from];
            ports[at] = oldPorts[from];
            seen[at] = oldSeen[from];
        }
    }

    private int home(long mac) {
        return (int) (mac * multiplier >>> shift);
    }

    private int find(long mac) {
        int at = home(mac);
        while (macs[at] != 0 && macs[at] != mac) at = at + 1 & macs.length - 1;
        return at;
    }

    private int victim(int from, long nowNanos) {
        int oldest = -1;
        int at = from;
        for (int looked = 0; looked < WINDOW || oldest < 0; looked++) {
            if (macs[at] != 0 && (oldest < 0 || nowNanos - seen[at] > nowNanos - seen[oldest])) oldest = at;
            at = at + 1 & macs.length - 1;
        }
        return oldest;
    }

    private void remove(int slot) {
        int hole = slot;
        int mask = macs.length - 1;
        for (int at = hole + 1 & mask; macs[at] != 0; at = at + 1 & mask) {
            // An entry may move into the hole unless its home lies behind the hole, cyclically.
            if ((at - home(macs[at]) & mask) < (at - hole & mask)) continue;
            macs[hole] = macs[at];
            ports[hole] = ports[at];
            seen[hole] = seen[at];
            hole = at;
        }
        macs[hole] = 0;
        size--;
    }
}
