// SPDX-License-Identifier: Apache-2.0
package org.violin.api.dataplane;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * The cipher of one open tunnel: an association with each peer, and the messages by which keys are agreed on. Called by: its tunnel; all
 * calls but {@link #peer}, {@link #forget}, {@link #counters} and {@link #release} on the tunnel's receive thread.
 */
@ConsumerType
public interface TunnelCipher {
    /** Sealing and opening change nothing: a tunnel may leave them out and send payloads from where they lie. */
    default boolean clear() {
        return false;
    }

    /** Bytes that sealing adds behind the payload. */
    int overhead();

    /**
     * The association with a peer, made at the first mention of its id; the exchange of keys begins by itself. A peer of the same id whose
     * address or incarnation changed keeps its association. Any thread.
     *
     * @param epoch of this tunnel's sending state towards that peer; told to the peer under the protection of the keys
     */
    FrameCipher peer(Peer peer, long epoch);

    /** Ends the association and wipes its keys. Any thread. */
    void forget(String peerId);

    /** A message of the key exchange came from that address; may be anybody's. Memory: lent for the call. Must not: block. */
    void exchange(InetSocketAddress from, ByteBuffer slab, int offset, int length, long nowNanos);

    /** Timers: retries, new keys in time, keys that are too old. Called about every 50 ms. */
    void tick(long nowNanos);

    /** What is counted, for the whole tunnel, by name: handshakes, refusals by reason, replays. No keys. Any thread. */
    Map<String, Long> counters();

    /** Ends all, and returns the sessions for the next cipher of this kind; null: there is nothing to go on with. Any thread. */
    HandOver release();
}
