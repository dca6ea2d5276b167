// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import java.nio.ByteBuffer;

/** Gives a reassembler an opened payload as it stands in a datagram: {@code first}, then the slice. */
final class Payloads {
    private Payloads() {}

    static void accept(Reassembler to, long from, long counter, ByteBuffer slab, int offset, int length, long nowNanos) {
        if (length < Encapsulation.FIRST) return;
        int first = slab.getShort(offset) & 0xFFFF;
        to.accept(from, counter, first, slab, offset + Encapsulation.FIRST, length - Encapsulation.FIRST, nowNanos);
        to.detach();
    }
}
