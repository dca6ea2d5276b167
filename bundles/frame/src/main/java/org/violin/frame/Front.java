// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import java.nio.ByteBuffer;

/** How the datagrams of one sender to one peer begin: see {@link Encapsulation}. Immutable; any thread. */
public final class Front {
    private final boolean sealed;
    private final int channel;
    private final int incarnation;
    private final int stream;

    private Front(boolean sealed, int channel, int incarnation, int stream) {
        this.sealed = sealed;
        this.channel = channel;
        this.incarnation = incarnation;
        this.stream = stream;
    }

    /** Nothing is sealed. @param stream 1 to 65,535, never used again for this incarnation */
    public static Front clear(int channel, int incarnation, int stream) {
        return new Front(false, channel, incarnation, stream);
    }

    /** Payloads are sealed; the cipher writes the index. */
    public static Front sealed() {
        return new Front(true, 0, 0, 0);
    }

    public boolean isSealed() {
        return sealed;
    }

    /** Length of the header. */
    public int bytes() {
        return sealed ? Encapsulation.SEALED_HEADER : Encapsulation.HEADER;
    }

    /** Writes the header of a datagram of records. */
    public void write(ByteBuffer slab, int at, long sequence) {
        if (sealed) Encapsulation.writeSealed(slab, at, Encapsulation.SEALED, sequence);
        else Encapsulation.writeHeader(slab, at, channel, incarnation, counter(sequence));
    }

    /** Writes the header of a control message. */
    public void writeControl(ByteBuffer slab, int at, long sequence) {
        if (sealed) Encapsulation.writeSealed(slab, at, Encapsulation.SEALED_CONTROL, sequence);
        else Encapsulation.writeHeader(slab, at, channel, incarnation, Encapsulation.counter(Encapsulation.CONTROL_STREAM, sequence));
    }

    /** What the clear header has for this sequence number. */
    public long counter(long sequence) {
        return Encapsulation.counter(stream, sequence);
    }
}
