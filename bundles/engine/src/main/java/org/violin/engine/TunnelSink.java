// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.nio.ByteBuffer;
import java.util.function.LongSupplier;
import org.violin.api.dataplane.FrameSink;
import org.violin.api.dataplane.Frames;

/**
 * The border to one open tunnel: lets in only frames of a VNI this host knows, by the channel of its violin from the host at its
 * other end. Called by the tunnel's
 * threads; what comes after the tunnel was closed is ignored.
 */
final class TunnelSink implements FrameSink {
    private final Uplink uplink;
    private final VniTable remotes;
    private final LongSupplier clock;
    private final Grace grace;
    /** Of the thread that came last: mostly it is the same. */
    private Cycle last;

    private volatile boolean closed;
    private boolean muted;

    TunnelSink(Uplink uplink, VniTable remotes, Grace grace, LongSupplier clock) {
        this.uplink = uplink;
        this.remotes = remotes;
        this.clock = clock;
        this.grace = grace;
    }

    @Override
    public void received(String peer, int vni, ByteBuffer slab, int offset, int length) {
        Cycle cycle = cycle();
        cycle.enter();
        try {
            if (closed) return;
            RemoteEnd end = admit(peer, vni, length);
            if (end == null) return;
            cycle.begin(clock.getAsLong());
            end.emit(cycle, slab, offset, length);
        } finally {
            cycle.exit();
        }
    }

    private Cycle cycle() {
        Cycle known = last;
        if (known != null && known.thread == Thread.currentThread()) return known;
        known = grace.cycle();
        last = known;
        return known;
    }

    private RemoteEnd admit(String peer, int vni, int length) {
        if (length < Frames.MIN_RECORD || length > Frames.MAX_RECORD) {
            uplink.drop(Drop.BAD_LENGTH);
            return null;
        }
        RemoteEnd end = remotes.get(vni);
        if (end == null) {
            uplink.drop(Drop.UNKNOWN_VNI);
            return null;
        }
        if (!end.way.accepts(peer)) {
            uplink.drop(Drop.WRONG_PEER);
            return null;
        }
        return end;
    }

    @Override
    public void drained() {
        Cycle cycle = cycle();
        cycle.enter();
        try {
            if (!closed) uplink.flush(cycle);
        } finally {
            cycle.exit();
        }
    }

    @Override
    public void writable() {
        if (!closed) uplink.writable();
    }

    @Override
    public synchronized void peerState(String peer, boolean up) {
        if (!closed && !muted) uplink.peerState(peer, up);
    }

    /** Frames are still taken, but what the tunnel says of its peers while it ends means nothing. */
    synchronized void mute() {
        muted = true;
    }

    /** When this returns, the old tunnel can say nothing any more. Synchronized with {@link #peerState}, which holds no other lock. */
    synchronized void close() {
        closed = true;
    }
}
