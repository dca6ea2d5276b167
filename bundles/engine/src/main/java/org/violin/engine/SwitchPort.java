// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.nio.ByteBuffer;
import org.violin.api.dataplane.PortStatus;
import org.violin.api.model.PortId;

/** A port of a vSwitch on this host; it exists as long as its link. */
final class SwitchPort extends Endpoint {
    final PortId id;
    final Vswitch owner;
    /** Given by the switch, reused after the port. */
    final int number;
    final Counters counters = new Counters();
    final FloodLimit flood = new FloodLimit();

    SwitchPort(PortId id, Vswitch owner, int number) {
        this.id = id;
        this.owner = owner;
        this.number = number;
    }

    @Override
    void deliver(Cycle cycle, Endpoint from, ByteBuffer slab, int offset, int length) {
        counters.in(slab, offset, length);
        owner.forward(cycle, this, slab, offset, length);
    }

    /** The switch chose this port for a record. */
    void leave(Cycle cycle, ByteBuffer slab, int offset, int length) {
        counters.out(slab, offset, length);
        emit(cycle, slab, offset, length);
    }

    @Override
    void drop(Drop reason) {
        counters.drop(reason);
    }

    @Override
    boolean ready() {
        return owner.isOpen();
    }

    @Override
    String label() {
        return id.toString();
    }

    /** Called under the fabric's lock. */
    PortStatus status() {
        return new PortStatus(id, true, link == null ? 0 : link.vni(), far == null ? "" : far.label(), owner.isOpen() && hasCarrier(),
                counters.framesIn(), counters.framesOut(), counters.bytesIn(), counters.bytesOut(),
                counters.more(false, lane), counters.drops());
    }
}
