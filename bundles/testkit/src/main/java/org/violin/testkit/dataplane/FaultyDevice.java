// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.dataplane;

import java.nio.ByteBuffer;
import org.violin.api.dataplane.FrameDevice;

/** Any device, but records written to the guest are lost or doubled. */
public final class FaultyDevice implements FrameDevice {
    private final FrameDevice inner;
    private final Faults faults;

    public FaultyDevice(FrameDevice inner, Faults faults) {
        this.inner = inner;
        this.faults = faults;
    }

    @Override
    public int fd() {
        return inner.fd();
    }

    @Override
    public int read(ByteBuffer slab, int offset, int capacity) {
        return inner.read(slab, offset, capacity);
    }

    @Override
    public int write(ByteBuffer slab, int offset, int length) {
        int result = length;
        for (int copies = faults.copies(); copies > 0; copies--) result = inner.write(slab, offset, length);
        return result;
    }

    @Override
    public void carrier(boolean up) {
        inner.carrier(up);
    }

    @Override
    public void close() {
        inner.close();
    }
}
