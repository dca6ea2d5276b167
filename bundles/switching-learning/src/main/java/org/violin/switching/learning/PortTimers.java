// SPDX-License-Identifier: Apache-2.0
package org.violin.switching.learning;

import java.util.Arrays;
import org.violin.api.dataplane.SwitchLogic.Egress;

/** A small set of ports, each until a time: those with a multicast router. Bounded by the number of ports. */
final class PortTimers {
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

    private void removeAt(int at) {
        size--;
        ports[at] = ports[size];
        until[at] = until[size];
    }
}
