// SPDX-License-Identifier: Apache-2.0
package org.violin.api.dataplane;

import java.nio.ByteBuffer;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * The host's side of one vNIC: frames the guest sent can be read, frames for the guest can be written.
 *
 * <p>Called by: the engine; {@code read} by one worker, {@code write} by any of its threads. Memory: the slab is a direct buffer and is
 * borrowed for the call; position and limit are neither used nor changed. Must not: block, log or throw.
 */
@ConsumerType
public interface FrameDevice extends AutoCloseable {
    /** Result of {@code read} and {@code write}: the device is gone. */
    int CLOSED = -1;

    /** {@link #takes}: frames whose TCP or UDP checksum is not finished. */
    int TAKES_CHECKSUMS = 1;
    /** {@link #takes}: super-frames of TCP. */
    int TAKES_TCP = 2;
    /** {@link #takes}: super-frames of UDP. */
    int TAKES_UDP = 4;
    /** {@link #takes}: whatever an offload header can say. */
    int TAKES_ALL = 7;

    /** What may be written without being finished first; the engine does for the device what it cannot. Stays the same for its life. */
    default int takes() {
        return TAKES_ALL;
    }

    /** The descriptor to wait on with a {@link Poller}; stays the same for the life of the device. */
    int fd();

    /** Reads one record (see {@link Frames}). Returns its length, 0 when there is none now, or {@link #CLOSED}. */
    int read(ByteBuffer slab, int offset, int capacity);

    /** Writes one record. Returns its length, 0 when the guest's queue is full (the frame is lost), or {@link #CLOSED}. */
    int write(ByteBuffer slab, int offset, int length);

    /** Shows or hides the carrier to the guest. Called by control threads. Idempotent. */
    void carrier(boolean up);

    /** Detaches from the vNIC; the guest's interface stays, without carrier. Idempotent. */
    @Override
    void close();
}
