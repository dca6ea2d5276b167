// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.violin.api.dataplane.Tunnel;

/**
 * The way of one violin's frames to one overlay host. Open, it costs one volatile read; shut, frames wait here in order, and leave by the
 * next exit before anything newer. The lines belong to the uplink's monitor.
 */
final class Way implements Gate {
    /** After a change frames are taken from the old line so long. */
    static final long LAST_NANOS = 10_000_000_000L;

    private static final String[] NOBODY = {};

    /** Where frames leave now. */
    record Exit(Tunnel tunnel, String peer) {}

    /** A peer of the tunnel for this way. */
    record Line(String id, String cipher, int channel) {
        Line(String host, String violin, String cipher, int channel) {
            this(host + "/" + violin + "/" + cipher, cipher, channel);
        }
    }

    final String host;
    final String violin;
    /** vLinks that go this way; guarded by {@link Ways}. */
    int users;

    /** The same. */
    int unusedTicks;

    private final Uplink uplink;
    private final Hold hold;
    private volatile Exit exit;
    private volatile String[] accepted = NOBODY;
    private volatile long since;
    /** False when the gap is so long, or of such a kind, that frames are dropped at once. */
    private volatile boolean waits = true;

    private Drop reason = Drop.NO_TUNNEL;

    private Line current;
    private Line next;
    private Line last;
    private long lastUntil;

    Way(String host, String violin, Uplink uplink, Hold hold, long nowNanos) {
        this.host = host;
        this.violin = violin;
        this.uplink = uplink;
        this.hold = hold;
        since = nowNanos;
    }

    // ---- frames

    void send(Cycle cycle, Endpoint from, int vni, ByteBuffer slab, int offset, int length) {
        Exit out = exit;
        if (out == null) out = keep(cycle, from, vni, slab, offset, length);
        if (out != null) uplink.carry(cycle, from, this, out, vni, slab, offset, length);
    }

    /** Lets a record wait. Returns the exit, if there is one by now: then nothing waits any more. */
    private synchronized Exit keep(Cycle cycle, Endpoint from, int vni, ByteBuffer slab, int offset, int length) {
        if (exit != null) return exit;
        long now = uplink.now();
        if (!waits || now - since >= Hold.LONGEST_NANOS) {
            from.drop(reason);
        } else if (hold.offer(from, vni, now, slab, offset, length)) {
            if (congested()) cycle.congested = this;
        } else {
            from.drop(Drop.HOLD_FULL);
        }
        return null;
    }

    @Override
    public boolean congested() {
        Exit out = exit;
        return out != null ? uplink.congested(out) : waits && hold.crowded() && uplink.now() - since < Hold.PRESS_NANOS;
    }

    /** Frames of this way may come from that peer. */
    boolean accepts(String peer) {
        for (String known : accepted) if (known.equals(peer)) return true;
        return false;
    }

    boolean isUp() {
        for (String known : accepted) if (uplink.isUp(known)) return true;
        return false;
    }

    // ---- opening and shutting; under the uplink's monitor

    Exit exit() {
        return exit;
    }

    /** From now on frames wait. Who has the old exit still uses it: see {@link Grace}. */
    synchronized void suspend(Drop why) {
        if (exit != null || why != reason) {
            since = uplink.now();
            waits = why != Drop.NO_PEER;
        }
        exit = null;
        reason = why;
        if (!waits) hold.clear(why);
    }

    /**
     * Sends what waits, and opens when nothing does.
     *
     * @param slab scratch, for a whole record
     * @return false when the tunnel has no room: to be called again
     */
    boolean resume(Exit to, ByteBuffer slab) {
        while (true) {
            Hold.Held held;
            synchronized (this) {
                held = hold.peek();
                if (held == null) {
                    exit = to;
                    waits = true;
                    return true;
                }
            }
            Drop lost = null;
            try {
                int result = to.tunnel.send(to.peer, held.vni(), slab, 0, held.into(slab));
                if (result == Tunnel.FULL) return false;
                if (result < 0) lost = Drop.NO_PEER;
            } catch (RuntimeException | LinkageError e) {
                lost = Drop.PLUGIN_FAULT;
            }
            synchronized (this) {
                hold.poll();
            }
            if (lost != null) held.from().drop(lost);
        }
    }

    synchronized void tick(long now) {
        if (exit != null) return;
        hold.expire(now);
        if (now - since >= Hold.LONGEST_NANOS) waits = false;
    }

    /** Nothing goes this way any more. */
    synchronized void end() {
        waits = false;
        reason = Drop.NO_LINK;
        hold.clear(Drop.NO_LINK);
    }

    // ---- lines; under the uplink's monitor

    /** @param able whether the tunnel can have that line */
    void aim(Line target, Predicate<Line> able, long now) {
        if (current == null || current.channel != target.channel) {
            current = target;
            next = null;
            last = null;
        } else if (current.equals(target)) {
            if (next != null) retire(next, now);
            next = null;
        } else {
            if (target.equals(last)) last = null;
            next = target;
        }
        if (next != null && !able.test(current) && able.test(next)) advance(now);
        if (last != null && now - lastUntil >= 0) last = null;
        accept();
    }

    void aimNowhere() {
        current = null;
        next = null;
        last = null;
        accept();
    }

    Line current() {
        return current;
    }

    Line next() {
        return next;
    }

    boolean retires() {
        return last != null;
    }

    void advance(long now) {
        retire(current, now);
        current = next;
        next = null;
        accept();
    }

    private void retire(Line line, long now) {
        last = line;
        lastUntil = now + LAST_NANOS;
    }

    List<Line> lines() {
        List<Line> list = new ArrayList<>(1);
        if (current != null) list.add(current);
        if (next != null) list.add(next);
        if (last != null) list.add(last);
        return list;
    }

    private void accept() {
        accepted = lines().stream().map(Line::id).toArray(String[]::new);
    }
}
