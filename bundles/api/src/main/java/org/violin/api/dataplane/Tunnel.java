// SPDX-License-Identifier: Apache-2.0
package org.violin.api.dataplane;

import java.nio.ByteBuffer;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * One overlay host's open end of the paths to its peers.
 *
 * <p>Frames of many vLinks share the path to a peer; each carries its VNI. Received frames go to the {@link FrameSink} given at opening,
 * on the tunnel's own threads; frames from anyone who is no peer are dropped and counted.
 */
@ConsumerType
public interface Tunnel extends AutoCloseable {
    /**
     * {@link #send} result: taken, but much waits for that peer. The caller should stop reading the source of the record until
     * {@link FrameSink#writable}.
     */
    int CONGESTED = 1;
    /** {@link #send} result: no such peer. */
    int NO_PEER = -1;
    /** {@link #send} result: the peer's bounded queue is full; the frame is lost and counted by the caller. */
    int FULL = -2;

    /** Who may send to us and be sent to, all of them, replacing the last list. Called by: control threads. */
    void peers(List<Peer> peers);

    /**
     * Takes one record for a peer, by its {@link Peer#id}; it need not leave before {@link #flush}.
     * Called by: any engine thread, concurrently. Memory: borrowed. Must not: block, log, throw.
     *
     * @return 0, {@link #CONGESTED}, {@link #NO_PEER} or {@link #FULL}
     */
    int send(String peer, int vni, ByteBuffer slab, int offset, int length);

    /**
     * Whether much waits for that peer still, as {@link #CONGESTED} said: as long as it does, its senders should not be read. Called by: any
     * engine thread, before it reads a source. Must not: block.
     */
    default boolean congested(String peer) {
        return false;
    }

    /**
     * Whether all that was taken for that peer has left: so frames sent by another peer of the same host come after it. Called by: control
     * threads, when nobody sends to that peer any more. Must not: block.
     */
    default boolean idle(String peer) {
        return !congested(peer);
    }

    /** Sends what was taken: the source is drained for now. Called by: any engine thread at the end of a cycle. */
    void flush();

    /** What was carried, for each peer. Any thread. */
    List<TunnelStatus> status();

    /**
     * Closes, and returns what the next tunnel at this address can go on with, ciphers' sessions included, so that nothing under way is
     * lost; what arrives meanwhile waits in the kernel. Null: as after {@link #close}. Called by: control threads.
     */
    default HandOver release() {
        close();
        return null;
    }

    @Override
    void close();
}
