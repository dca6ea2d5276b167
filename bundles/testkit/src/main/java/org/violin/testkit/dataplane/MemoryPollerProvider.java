// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.dataplane;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.violin.api.dataplane.Poller;
import org.violin.api.dataplane.PollerProvider;

/** A machine without a kernel: numbers its devices like descriptors and makes pollers for them. */
public final class MemoryPollerProvider implements PollerProvider {
    private final Map<Integer, MemoryDevice> devices = new ConcurrentHashMap<>();
    private final AtomicInteger nextFd = new AtomicInteger(3);

    @Override
    public Poller open() {
        return new MemoryPoller(this);
    }

    /** A device with room for 64 records of 2 KiB in each direction. */
    public MemoryDevice device() {
        return device(64, 2048);
    }

    /** A device with room for so many records in each direction. */
    public MemoryDevice device(int records, int recordBytes) {
        RecordRing fromGuest = new RecordRing(records, recordBytes);
        MemoryDevice device = new MemoryDevice(nextFd.getAndIncrement(), fromGuest, new RecordRing(records, recordBytes));
        devices.put(device.fd(), device);
        return device;
    }

    MemoryDevice byFd(int fd) {
        MemoryDevice device = devices.get(fd);
        if (device == null) throw new IllegalStateException("no device has descriptor " + fd);
        return device;
    }
}
