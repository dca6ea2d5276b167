// SPDX-License-Identifier: Apache-2.0
package org.violin.switching.learning;

import java.nio.ByteBuffer;
import org.violin.api.dataplane.SwitchLogic.Egress;
import org.violin.frame.Ethernet;

/**
 * Which ports want which multicast MAC: groups in open addressing, their members in chains through one pool, all allocated once.
 *
 * <p>A port that finds no room costs load, never a lost frame: its group is flooded as long as that membership would have lasted, also
 * when the group itself found no room and is entered later. Used by one thread at a time.
 */
final class GroupTable {
    private static final int NONE = -1;
    private static final int MEMBERS_PER_GROUP = 4;
    private static final int GROUP_BYTES = 20;
    private static final int MEMBER_BYTES = 12;

    private final long[] groups;
    private final int[] heads;
    private final long[] floodUntil;
    private final int capacity;
    private final int shift;
    private final long multiplier;
    private int size;
    private int swept;

    private final int[] ports;
    private final int[] next;
    private final long[] until;
    private int free;
    private long refused;
    // The latest end of a membership in a group that found no room.
    private boolean overflowed;
    private long overflowUntil;

    GroupTable(int capacity, long hashSeed) {
        this.capacity = capacity;
        int slots = Integer.highestOneBit(capacity * 2 - 1) << 1;
        shift = 64 - Integer.numberOfTrailingZeros(slots);
        multiplier = (hashSeed ^ 0x9e37_79b9_7f4a_7c15L) | 1;
        groups = new long[slots];
        heads = new int[slots];
        floodUntil = new long[slots];
        int pool = capacity * MEMBERS_PER_GROUP;
        ports = new int[pool];
        next = new int[pool];
        until = new long[pool];
        for (int m = 0; m < pool; m++) next[m] = m + 1 < pool ? m + 1 : NONE;
    }

    /** A port wants the group until that time. */
    void join(long group, int port, long nowNanos, long untilNanos) {
        int at = find(group);
        if (groups[at] != group) {
            if (size == capacity) {
                refused++;
                if (!overflowed || untilNanos - overflowUntil > 0) overflowUntil = untilNanos;
                overflowed = true;
                return;
            }
            groups[at] = group;
            heads[at] = NONE;
            floodUntil[at] = overflowed ? overflowUntil : nowNanos;
            size++;
        }
        for (int m = heads[at]; m != NONE; m = next[m]) {
            if (ports[m] == port) {
                until[m] = untilNanos;
                return;
            }
        }
        int member = free;
        if (member == NONE) {
            refused++;
            floodUntil[at] = untilNanos;
            return;
        }
        free = next[member];
        ports[member] = port;
        until[member] = untilNanos;
        next[member] = heads[at];
        heads[at] = member;
    }

    /** A port left: it stays a member until that time, so that others behind it can say that they still listen. */
    void leave(long group, int port, long untilNanos) {
        int at = find(group);
        if (groups[at] != group) return;
        for (int m = heads[at]; m != NONE; m = next[m]) {
            if (ports[m] == port && until[m] - untilNanos > 0) until[m] = untilNanos;
        }
    }

    /** Adds the members but one port. False when nobody is known to want the group, or not all members could be kept. */
    boolean collect(long group, int except, long nowNanos, Egress some) {
        int at = find(group);
        if (groups[at] != group || floodUntil[at] - nowNanos > 0) return false;
        if (!prune(at, nowNanos)) return false;
        for (int m = heads[at]; m != NONE; m = next[m]) {
            if (ports[m] != except) some.add(ports[m]);
        }
        return true;
    }

    /** Tidies the next slot in turn. Called once for each multicast frame. */
    void sweep(long nowNanos) {
        swept = swept + 1 & groups.length - 1;
        if (groups[swept] != 0) prune(swept, nowNanos);
    }

    void forget(int port) {
        for (int at = 0; at < groups.length; at++) {
            if (groups[at] == 0) continue;
            int before = NONE;
            for (int m = heads[at]; m != NONE; ) {
                int after = next[m];
                if (ports[m] == port) release(at, before, m);
                else before = m;
                m = after;
            }
        }
    }

    int size() {
        return size;
    }

    int bytes() {
        int bytes = 4 + 1 + 8 + size * GROUP_BYTES;
        for (int at = 0; at < groups.length; at++) bytes += groups[at] == 0 ? 0 : members(at) * MEMBER_BYTES;
        return bytes;
    }

    private int members(int at) {
        int count = 0;
        for (int m = heads[at]; m != NONE; m = next[m]) count++;
        return count;
    }

    void write(ByteBuffer out) {
        out.put((byte) (overflowed ? 1 : 0)).putLong(overflowUntil).putInt(size);
        for (int at = 0; at < groups.length; at++) {
            if (groups[at] == 0) continue;
            out.putLong(groups[at]).putLong(floodUntil[at]).putInt(members(at));
            for (int m = heads[at]; m != NONE; m = next[m]) out.putInt(ports[m]).putLong(until[m]);
        }
    }

    /** Takes what another table wrote; what finds no room is flooded as ever. Throws IllegalArgumentException for nonsense. */
    void read(ByteBuffer in) {
        Damage.unless(in.remaining() >= 9);
        overflowed = in.get() == 1;
        overflowUntil = in.getLong();
        for (int n = Damage.count(in, GROUP_BYTES); n > 0; n--) {
            Damage.unless(in.remaining() >= GROUP_BYTES);
            long group = in.getLong();
            Damage.unless(group > 0 && group >>> 48 == 0 && Ethernet.isGroup(group));
            long flood = in.getLong();
            int at = find(group);
            if (groups[at] != group && size < capacity) {
                groups[at] = group;
                heads[at] = NONE;
                floodUntil[at] = flood;
                size++;
            }
            for (int m = Damage.count(in, MEMBER_BYTES); m > 0; m--) join(group, Damage.port(in), flood, in.getLong());
        }
    }

    /** Reports that found no room. */
    long refused() {
        return refused;
    }

    /** Releases members that are over; false when none is left, and then the group is gone. */
    private boolean prune(int at, long nowNanos) {
        int before = NONE;
        for (int m = heads[at]; m != NONE; ) {
            int after = next[m];
            if (until[m] - nowNanos <= 0) release(at, before, m);
            else before = m;
            m = after;
        }
        if (heads[at] != NONE || floodUntil[at] - nowNanos > 0) return true;
        remove(at);
        return false;
    }

    private void release(int at, int before, int member) {
        if (before == NONE) heads[at] = next[member];
        else next[before] = next[member];
        next[member] = free;
        free = member;
    }

    private int home(long group) {
        return (int) (group * multiplier >>> shift);
    }

    private int find(long group) {
        int at = home(group);
        while (groups[at] != 0 && groups[at] != group) at = at + 1 & groups.length - 1;
        return at;
    }

    private void remove(int slot) {
        int hole = slot;
        int mask = groups.length - 1;
        for (int at = hole + 1 & mask; groups[at] != 0; at = at + 1 & mask) {
            if ((at - home(groups[at]) & mask) < (at - hole & mask)) continue;
            groups[hole] = groups[at];
            heads[hole] = heads[at];
            floodUntil[hole] = floodUntil[at];
            hole = at;
        }
        groups[hole] = 0;
        size--;
    }
}
