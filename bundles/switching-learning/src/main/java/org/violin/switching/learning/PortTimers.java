// SPDX-License-Identifier: Apache-2.0
package org.violin.switching.learning;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.violin.api.dataplane.SwitchLogic.Egress;

/** A small set of ports, each until a time: those with a multicast router. Bounded by the number of ports. */
final class PortTimers {
    private static final int ENTRY_BYTES = 12;

    private int[] ports = new int[4];
    private long[] until = new long[4];
    private int size;

    void keep(int port, long untilNanos) {
        int at = 0;
        while (at < size && ports[at] != port) at++;
        if (at == size) {
            if (size == ports.length) {
                ports = Arrays.copyOf(ports, size * 2);
                until = Arrays.copyOf(until, size * 2);
            }
            ports[size++] = port;
        }
        until[at] = untilNanos;
    }

    void remove(int port) {
        for (int at = size - 1; at >= 0; at--) {
            if (ports[at] == port) removeAt(at);
        }
    }

    /** Adds all that are not over, except one port. Returns how many were added. */
    int collect(int except, long nowNanos, Egress some) {
        int added = 0;
        for (int at = size - 1; at >= 0; at--) {
            if (until[at] - nowNanos <= 0) {
                removeAt(at);
            } else if (ports[at] != except) {
                some.add(ports[at]);
                added++;
            }
        }
        return added;
    }

    int bytes() {
        return 4 + size * ENTRY_BYTES;
    }

    void write(ByteBuffer out) {
        out.putInt(size);
        for (int at = 0; at < size; at++) out.putInt(ports[at]).putLong(until[at]);
    }

    /** Throws IllegalArgumentException for nonsense. */
    void read(ByteBuffer in) {
        int count = Damage.count(in, ENTRY_BYTES);
        Damage.unless(count <= Damage.PORTS);
        for (int n = count; n > 0; n--) keep(Damage.port(in), in.getLong());
    }

    private void removeAt(int at) {
        size--;
        ports[at] = ports[size];
        until[at] = until[size];
    }
}
