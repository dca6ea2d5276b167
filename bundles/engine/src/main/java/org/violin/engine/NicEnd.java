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
        int written;
        try {
            written = to.write(slab, offset, length);
        } catch (RuntimeException | LinkageError e) {
            drop(Drop.PLUGIN_FAULT);
            return;
        }
        if (written > 0) counters.out(length - Frames.OFFLOAD_HEADER);
        else drop(written == FrameDevice.CLOSED ? Drop.DEVICE_CLOSED : Drop.GUEST_FULL);
    }

    /** A record that the guest sent. */
    void fromGuest(Cycle cycle, ByteBuffer slab, int offset, int length) {
        if (length < Frames.MIN_RECORD || length > Frames.MAX_RECORD) {
            drop(Drop.BAD_LENGTH);
            return;
        }
        counters.in(length - Frames.OFFLOAD_HEADER);
        emit(cycle, slab, offset, length);
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
                counters.framesIn(), counters.framesOut(), counters.bytesIn(), counters.bytesOut(), counters.drops());
    }
}
