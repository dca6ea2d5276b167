// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.LongAdder;
import org.violin.linux.Message;

/** Finds the peer that sent a datagram; whoever is none is dropped and counted. Receive thread only, but for {@link #paths} and the count. */
final class Inbound {
    final LongAdder unknownPeer = new LongAdder();
    private volatile Paths paths = Paths.NONE;
    private Paths cachedPaths = Paths.NONE;
    private InetSocketAddress cachedSender;
    private PeerPath cached;
    private boolean waiting;

    Paths paths() {
        return paths;
    }

    void paths(Paths all) {
        paths = all;
    }

    /** The peer that a message came from; null: nobody's. */
    PeerPath find(Message message) {
        return paths.of(message);
    }

    /** Takes one datagram whose bytes lie end to end and stay there until this returns. */
    void datagram(InetSocketAddress sender, ByteBuffer slab, int offset, int length, long nowNanos) {
        Paths now = paths;
        if (sender != cachedSender || now != cachedPaths) {
            cachedPaths = now;
            cachedSender = sender;
            cached = now.of(sender);
        }
        PeerPath path = cached;
        if (path == null) {
            unknownPeer.increment();
            return;
        }
        path.sealed(slab, offset, length, nowNanos);
        path.detach();
        noted(path);
    }

    /** That peer's datagrams were taken. */
    void noted(PeerPath path) {
        waiting |= path.waiting();
    }

    /** Somebody may have datagrams that wait for a missing one. */
    boolean waiting() {
        return waiting;
    }

    /** How long the first of them still has to wait. */
    long waitNanos(long nowNanos) {
        long least = Long.MAX_VALUE;
        for (PeerPath path : paths.all()) {
            if (path.waiting()) least = Math.min(least, path.waitNanos(nowNanos));
        }
        return least == Long.MAX_VALUE ? 0 : least;
    }

    /** Gives up what was missing for too long. */
    void expire(long nowNanos) {
        boolean still = false;
        for (PeerPath path : paths.all()) {
            path.expire(nowNanos);
            still |= path.waiting();
        }
        waiting = still;
    }
}
