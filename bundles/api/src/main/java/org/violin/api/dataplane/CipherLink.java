// SPDX-License-Identifier: Apache-2.0
package org.violin.api.dataplane;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.osgi.annotation.versioning.ConsumerType;

/** What a cipher asks of the tunnel that opened it. Implemented by tunnels; any thread, never blocks. */
@ConsumerType
public interface CipherLink {
    /** Sends a message of the key exchange. Memory: borrowed. */
    void send(InetSocketAddress to, ByteBuffer slab, int offset, int length);

    /** Sealed datagrams with this index are from that peer from now on. */
    void assign(int index, String peerId);

    /** Nobody's from now on. */
    void withdraw(int index);

    /** Keys with that peer are there (anew); its messages came from that address, authenticated. */
    void agreed(String peerId, InetSocketAddress from);
}
