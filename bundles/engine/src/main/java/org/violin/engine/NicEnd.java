// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.nio.ByteBuffer;
import org.violin.api.dataplane.FrameDevice;
import org.violin.api.dataplane.Frames;
import org.violin.api.dataplane.PortStatus;
import org.violin.api.model.PortId;

/** A guest's vNIC on this host, plugged or not. */
final class NicEnd extends Endpoint {
    final PortId id;
    final Counters counters = new Counters();
    /** Null when nothing is plugged in. */
    volatile FrameDevice device;
    /** Where the device is read; guarded by the fabric's lock. */
    Worker.Slot slot;
    private boolean carrierShown;

    NicEnd(PortId id) {
        this.id = id;
    }

    @Override
    void deliver(Cycle cycle, Endpoint from, ByteBuffer slab, int offset, int length) {
        FrameDevice to = device;
        if (to == null) {
            drop(Drop.NO_DEVICE);
            return;
        }
        try {
            if (Finisher.needless(to.takes(), slab, offset)) write(to, slab, offset, length);
            else if (cycle.finisher().finish(this, to, slab, offset, length) == 0) drop(Drop.BAD_OFFLOAD);
        } catch (RuntimeException | LinkageError e) {
            drop(Drop.PLUGIN_FAULT);
        }
    }

    void write(FrameDevice to, ByteBuffer slab, int offset, int length) {
        int written = to.write(slab, offset, length);
        counters.callsOut(1);
        if (written > 0) counters.out(slab, offset, length);
        else drop(written == FrameDevice.CLOSED ? Drop.DEVICE_CLOSED : Drop.GUEST_FULL);
    }

    /** A record was read from the guest. False when it cannot be one. */
    boolean fromGuest(ByteBuffer slab, int offset, int length) {
        if (length < Frames.MIN_RECORD || length > Frames.MAX_RECORD) {
            drop(Drop.BAD_LENGTH);
            return false;
        }
        counters.in(slab, offset, length);
        return true;
    }

    /** Shows the guest what the link is like, if it changed. Called under the fabric's lock. */
    void showCarrier(boolean newDevice) {
        FrameDevice shown = device;
        boolean up = hasCarrier();
        if (shown != null && (newDevice || up != carrierShown)) shown.carrier(up);
        carrierShown = up;
    }

    @Override
    void drop(Drop reason) {
        counters.drop(reason);
    }

    @Override
    boolean ready() {
        return device != null;
    }

    @Override
    String label() {
        return id.toString();
    }

    /** Called under the fabric's lock. */
    PortStatus status() {
        return new PortStatus(id, false, link == null ? 0 : link.vni(), far == null ? "" : far.label(), device != null && hasCarrier(),
                counters.framesIn(), counters.framesOut(), counters.bytesIn(), counters.bytesOut(),
                counters.more(true, lane), counters.drops());
    }
}
