// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.nio.ByteBuffer;

/** One end of a vLink. The hot path reads only {@link #far}; {@link #link} belongs to the fabric's lock. */
abstract sealed class Endpoint permits NicEnd, SwitchPort, RemoteEnd {
    /** The other end of the link; null when there is none. */
    volatile Endpoint far;
    /** What the link does in the direction that begins here; null: it only carries. */
    volatile Lane lane;
    /** The link this end belongs to now; null when there is none. Guarded by the fabric's lock. */
    Link link;

    /** A record arrives here over the cable, from the other end. */
    abstract void deliver(Cycle cycle, Endpoint from, ByteBuffer slab, int offset, int length);

    abstract void drop(Drop reason);

    /** True when frames that come out of the cable here have somewhere to go, as far as this host knows. */
    abstract boolean ready();

    /** How people call it. */
    abstract String label();

    /** Sends a record into the cable. */
    final void emit(Cycle cycle, ByteBuffer slab, int offset, int length) {
        Lane through = lane;
        if (through != null) {
            through.carry(cycle, this, slab, offset, length);
            return;
        }
        Endpoint to = far;
        if (to == null) drop(Drop.NO_LINK);
        else to.deliver(cycle, this, slab, offset, length);
    }

    final boolean hasCarrier() {
        Endpoint to = far;
        return to != null && to.ready() && !down() && !to.down();
    }

    /** The cable is taken out here. */
    final boolean down() {
        Lane through = lane;
        return through != null && through.down();
    }
}
