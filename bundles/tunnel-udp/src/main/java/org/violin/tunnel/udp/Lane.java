// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import org.violin.api.dataplane.FrameCipher;
import org.violin.frame.Front;

/**
 * How a path's datagrams look and what seals them.
 *
 * @param cipher null: nothing is sealed
 * @param overhead bytes that sealing adds
 * @param epoch of our sending state under a cipher; new when it begins anew
 * @param stream of our sending state, 16 bits: what reports name it by
 */
record Lane(Front front, FrameCipher cipher, int overhead, long epoch, int stream) {
    static Lane clear(int channel, int incarnation, int stream) {
        return new Lane(Front.clear(channel, incarnation, stream), null, 0, 0, stream);
    }

    static Lane sealed(FrameCipher cipher, int overhead, long epoch) {
        return new Lane(Front.sealed(), cipher, overhead, epoch, (int) epoch & 0xFFFF);
    }

    boolean isClear() {
        return cipher == null;
    }

    /** Datagrams can leave. */
    boolean ready() {
        return cipher == null || cipher.ready();
    }

    /** Bytes of each datagram that are no slice. */
    int around() {
        return front.bytes() + org.violin.frame.Encapsulation.FIRST + overhead;
    }
}
