// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.nio.ByteBuffer;
import org.violin.api.dataplane.FrameDevice;
import org.violin.frame.OffloadHeader;
import org.violin.frame.Outlet;
import org.violin.frame.Segmenter;

/** Does in software what an offload header leaves open, for devices that cannot. One for each thread that carries frames. */
final class Finisher implements Outlet {
    private final Segmenter segmenter = new Segmenter();
    private NicEnd nic;
    private FrameDevice device;

    /** The device can do what the offload header leaves open. */
    static boolean needless(int takes, ByteBuffer slab, int offset) {
        if (takes == FrameDevice.TAKES_ALL) return true;
        int gso = OffloadHeader.gsoType(slab, offset) & ~OffloadHeader.GSO_ECN;
        if (gso != OffloadHeader.GSO_NONE) {
            return (takes & (gso == OffloadHeader.GSO_UDP_L4 ? FrameDevice.TAKES_UDP : FrameDevice.TAKES_TCP)) != 0;
        }
        return (OffloadHeader.flags(slab, offset) & OffloadHeader.NEEDS_CHECKSUM) == 0 || (takes & FrameDevice.TAKES_CHECKSUMS) != 0;
    }

    /** Writes plain frames to the device; returns how many. */
    int finish(NicEnd to, FrameDevice on, ByteBuffer slab, int offset, int length) {
        nic = to;
        device = on;
        return segmenter.finish(slab, offset, length, true, this);
    }

    @Override
    public void frame(ByteBuffer slab, int offset, int length) {
        nic.write(device, slab, offset, length);
    }
}
