// SPDX-License-Identifier: Apache-2.0
package org.violin.api.dataplane;

import java.nio.ByteBuffer;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Chooses where one Ethernet frame leaves a virtual switch.
 *
 * <p>Called by: the engine, under the switch's own lock, so never concurrently. Memory: borrowed; the record at {@code offset} is as
 * described by {@link Frames}. Must not: block, allocate per frame, log, throw, change the bytes.
 */
@ConsumerType
public interface SwitchLogic {
    /** To every other port. */
    int FLOOD = -1;
    /** To nobody; the engine counts it as dropped by the switch. */
    int DROP = -2;
    /** To the ports of the mask last written into {@link Egress}. */
    int SOME = -3;

    /**
     * Decides for one frame.
     *
     * @param ingress port number it came in on, 0 or more; numbers are small and reused after {@link #portClosed}
     * @param nowNanos the cycle's clock, monotonic
     * @param some where to put the ports when {@link #SOME} is returned; owned by the engine, cleared before the call
     * @return a port number, {@link #FLOOD}, {@link #DROP} or {@link #SOME}
     */
    int egress(int ingress, ByteBuffer slab, int offset, int length, long nowNanos, Egress some);

    /** The port is gone: forget what was learnt there. */
    void portClosed(int port);

    /** Ends it and returns what it learnt, for the logic that comes after it; null: nothing. Called once, when nobody is inside, and nothing is called after. */
    default HandOver release() {
        return null;
    }

    /** A set of port numbers, filled by the logic. */
    interface Egress {
        void add(int port);
    }
}
