// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.violin.frame.Encapsulation;

/**
 * Finds the peer that sent a datagram, or the cipher that a message is for; whatever is neither is dropped and counted. Receive thread
 * only, but for what is volatile and the counts.
 */
final class Inbound {
    final LongAdder unknownPeer = new LongAdder();
    final LongAdder unknownIndex = new LongAdder();
    final LongAdder exchangeFailed = new LongAdder();
    final LongAdder cipherFailed = new LongAdder();
    final Indexes indexes = new Indexes();
    /** Never changed, only replaced, under the tunnel's lock. */
    volatile CipherEnd[] ends = {};

    private volatile Paths paths = Paths.NONE;
    private boolean waiting;

    Paths paths() {
        return paths;
    }

    void paths(Paths all) {
        paths = all;
    }

    /** Whose clear datagrams with these headers are; null: nobody's, and they are counted. */
    PeerPath clear(Source from, ByteBuffer heads, int head, int count) {
        PeerPath path = paths.of(from, Encapsulation.channel(heads, head));
        if (path == null) unknownPeer.add(count);
        return path;
    }

    /** Takes one datagram of any type whose bytes lie end to end and stay there until this returns. Returns its path, or null. */
    PeerPath datagram(Source from, ByteBuffer slab, int at, int length, long nowNanos) {
        int type = Encapsulation.type(slab, at, length);
        PeerPath path = switch (type) {
            case Encapsulation.CLEAR -> clear(from, slab, at, 1);
            case Encapsulation.SEALED, Encapsulation.SEALED_CONTROL -> sealed(slab, at);
            default -> null;
        };
        if (path != null) {
            if (type == Encapsulation.CLEAR) path.datagram(slab, at, slab, at + PeerPath.FRONT, length - PeerPath.FRONT, nowNanos);
            else path.sealed(from, slab, at, length, nowNanos);
            path.detach();
            noted(path);
        } else if (type == Encapsulation.EXCHANGE) {
            exchange(from, slab, at, length, nowNanos);
        } else if (type < 0) {
            bad(from, type);
        }
        return path;
    }

    /** Counts what cannot be read: for some peer of that address, else as nobody's. */
    void bad(Source from, int type) {
        PeerPath path = paths.at(from);
        if (path == null) unknownPeer.increment();
        else path.bad(type);
    }

    private PeerPath sealed(ByteBuffer slab, int at) {
        Association peer = indexes.of(Encapsulation.index(slab, at));
        PeerPath path = peer == null ? null : peer.path;
        if (path == null) unknownIndex.increment();
        return path;
    }

    private void exchange(Source from, ByteBuffer slab, int at, int length, long nowNanos) {
        int tag = slab.get(at + 2) & 0xFF;
        for (CipherEnd end : ends) {
            if (end.tag() != tag) continue;
            try {
                end.cipher().exchange(
                        from.address(), slab, at + Encapsulation.EXCHANGE_HEADER, length - Encapsulation.EXCHANGE_HEADER, nowNanos);
            } catch (RuntimeException | LinkageError e) {
                cipherFailed.increment();
            }
            return;
        }
        unknownPeer.increment();
    }

    /** Lets ciphers do what is due. */
    void tick(long nowNanos) {
        for (CipherEnd end : ends) {
            try {
                end.cipher().tick(nowNanos);
            } catch (RuntimeException | LinkageError e) {
                cipherFailed.increment();
            }
        }
    }

    /** What belongs to no peer. */
    void drops(Map<String, Long> drops) {
        PathCounters.put(drops, "unknown-peer", unknownPeer.sum());
        PathCounters.put(drops, "unknown-index", unknownIndex.sum());
        PathCounters.put(drops, "index-refused", indexes.refused.sum());
        PathCounters.put(drops, "exchange-failed", exchangeFailed.sum());
        PathCounters.put(drops, "cipher-failed", cipherFailed.sum());
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
