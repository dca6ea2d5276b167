// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.LongAdder;

/** Finds the peer of each datagram; whoever is none is dropped and counted. Receive thread only, but for {@link #paths} and the count. */
final class Inbound {
    final LongAdder unknownPeer = new LongAdder();
    private volatile Paths paths = Paths.NONE;
    private Paths cachedPaths = Paths.NONE;
    private InetSocketAddress cachedSender;
    private PeerPath cached;

    Paths paths() {
        return paths;
    }

    void paths(Paths all) {
        paths = all;
    }

    /** Takes one datagram; returns whether its peer now has datagrams that wait for a missing one. */
    boolean datagram(InetSocketAddress sender, ByteBuffer slab, int offset, int length, long nowNanos) {
        Paths now = paths;
        if (sender != cachedSender || now != cachedPaths) {
            cachedPaths = now;
            cachedSender = sender;
            cached = now.of(sender);
        }
        PeerPath path = cached;
        if (path == null) {
            unknownPeer.increment();
            return false;
        }
        path.datagram(slab, offset, length, nowNanos);
        return path.waiting();
    }

    /** Gives up what was missing for too long; returns whether somebody still waits. */
    boolean expire(long nowNanos, long limitNanos) {
        boolean waiting = false;
        for (PeerPath path : paths.all()) {
            path.expire(nowNanos, limitNanos);
            waiting |= path.waiting();
        }
        return waiting;
    }
}
