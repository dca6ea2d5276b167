// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.violin.api.dataplane.FrameCipher;
import org.violin.api.dataplane.Peer;

/**
 * One peer of one violin: up to three sessions, as WireGuard has (whitepaper, section 6). {@code current} seals; {@code previous} still opens
 * what was on its way; {@code next} was agreed on as responder and becomes current with the first datagram that it opens. Sealing and
 * opening take no lock of this object, changes of sessions do.
 */
final class Association implements FrameCipher {
    /** Kinds of nonces: data, control, the exchange's own. */
    static final int CONFIRM_KIND = 2;
    private static final int MOST_CONFIRMS = 6;
    private static final long TIE_NANOS = 80_000_000L;
    private static final long COOKIE_NANOS = 120_000_000_000L;

    private final Common common;
    private final String target;
    private final Retry retry;
    private volatile Peer peer;
    private volatile Session current;
    private volatile Session previous;
    private volatile Session next;
    private volatile long epochSeen;
    private long epoch;
    private Pending pending;
    /** The key that the sessions were agreed on with; kept when they are wiped, to tell an expelled host from a stranger. */
    private byte[] remoteKey;
    private byte[] cookie;
    private long cookieNanos;
    private boolean closed;

    Association(Common common, String target, Peer peer, long epoch) {
        this.common = common;
        this.target = target;
        this.peer = peer;
        this.epoch = epoch;
        this.retry = new Retry(common.random, common.host.compareTo(peer.host()) > 0);
    }

    static String target(String host, String violin, int channel) {
        return host + '\0' + violin + '\0' + channel;
    }

    String target() {
        return target;
    }

    Peer peer() {
        return peer;
    }

    synchronized long ownEpoch() {
        return epoch;
    }

    @Override
    public boolean ready() {
        return current != null;
    }

    @Override
    public int seal(ByteBuffer slab, int header, int offset, int length, long counter) {
        Session session = current;
        if (session != null) {
            slab.putInt(header + 2, session.remoteIndex);
            int kind = counter < 0 ? 1 : 0;
            if (session.send.seal(slab, header, offset, length, kind, counter & Long.MAX_VALUE)) return length + Suite.TAG;
        }
        common.counters.count(Event.SEAL_REFUSED);
        return REJECTED;
    }

    @Override
    public int open(ByteBuffer slab, int header, int offset, int length, long counter) {
        Session session = byIndex(slab.getInt(header + 2));
        int payload = length - Suite.TAG;
        int result = session == null ? ReceiveKey.CLOSED
                : payload < 0 ? ReceiveKey.FORGED
                : session.receive.open(slab, header, offset, payload, counter < 0 ? 1 : 0, counter & Long.MAX_VALUE);
        if (result != ReceiveKey.OPENED) {
            refused(result);
            return REJECTED;
        }
        epochSeen = session.peerEpoch;
        if (!session.heard) heard(session, peer.address());
        return payload;
    }

    private void refused(int result) {
        common.counters.count(result == ReceiveKey.FORGED ? Event.FORGED : result == ReceiveKey.REPLAYED ? Event.REPLAYED : Event.OLD_KEY);
    }

    @Override
    public long epoch() {
        return epochSeen;
    }

    private Session byIndex(int index) {
        Session session = current;
        if (session != null && session.index == index) return session;
        session = next;
        if (session != null && session.index == index) return session;
        session = previous;
        return session != null && session.index == index ? session : null;
    }

    /** The peer has these keys: from now on they seal. */
    private void heard(Session session, InetSocketAddress from) {
        synchronized (this) {
            if (closed || session.heard) return;
            session.heard = true;
            if (session == next) {
                next = null;
                become(session, from);
            }
        }
        common.outbox.drain();
    }

    private void become(Session session, InetSocketAddress from) {
        if (current != null) common.counters.count(Event.REKEYS);
        common.counters.count(Event.HANDSHAKES);
        drop(previous);
        previous = current;
        current = session;
        // The peer began anew: nothing of before may come between.
        if (previous != null && previous.peerEpoch != session.peerEpoch) {
            drop(previous);
            previous = null;
        }
        retry.done(session.createdNanos);
        String id = peer.id();
        common.outbox.add(() -> common.link.agreed(id, from));
    }

    /** Closes a session and gives its index back; null is none. */
    private void drop(Session session) {
        if (session == null) return;
        session.close();
        withdraw(session.index);
    }

    private void withdraw(int index) {
        common.indices.remove(index);
        common.outbox.add(() -> common.link.withdraw(index));
    }

    private void assign(int index) {
        String id = peer.id();
        common.outbox.add(() -> common.link.assign(index, id));
    }

    /** The tunnel says it again. Own state that begins anew needs new keys, for its counters begin anew too. */
    synchronized void update(Peer told, long newEpoch) {
        boolean restarted = told.incarnation() != peer.incarnation();
        peer = told;
        if (newEpoch != epoch) {
            epoch = newEpoch;
            abandon();
            drop(next);
            next = null;
            if (current != null) {
                drop(previous);
                previous = current;
                current = null;
            }
            retry.now();
        } else if (restarted) {
            retry.now();
        }
    }

    /** What time does. True: an initiation is due. */
    synchronized boolean tick(long nowNanos) {
        if (closed) return false;
        if (old(previous, nowNanos)) {
            drop(previous);
            previous = null;
        }
        if (old(next, nowNanos)) {
            drop(next);
            next = null;
        }
        if (old(current, nowNanos)) {
            drop(current);
            current = null;
        }
        Session session = current;
        if (session != null && session.initiator && !session.heard && session.confirms < MOST_CONFIRMS && nowNanos - session.confirmAtNanos >= 0) {
            confirm(session, peer.address(), nowNanos);
        }
        return retry.due(session == null || worn(session, nowNanos), nowNanos);
    }

    private boolean old(Session session, long nowNanos) {
        return session != null && nowNanos - session.createdNanos >= common.options.rejectNanos();
    }

    private boolean worn(Session session, long nowNanos) {
        long limit = session.initiator ? common.options.rekeyNanos() : common.options.responderNanos();
        return nowNanos - session.createdNanos >= limit || session.send.bytes() >= common.options.rekeyBytes();
    }

    /** Shows the peer that these keys are here, and asks it for the same. */
    private void confirm(Session session, InetSocketAddress to, long nowNanos) {
        ByteBuffer message = ByteBuffer.allocateDirect(Wire.CONFIRM_LENGTH);
        long sequence = session.send.next(CONFIRM_KIND);
        message.put(Wire.header(Wire.CONFIRM, null, session.remoteIndex)).putLong(sequence);
        if (!session.send.seal(message, 0, Wire.HEADER + Long.BYTES, 0, CONFIRM_KIND, sequence)) return;
        session.confirmAtNanos = nowNanos + (200_000_000L << session.confirms++);
        common.outbox.add(() -> common.link.send(to, message, 0, Wire.CONFIRM_LENGTH));
    }

    /** A confirming message came. */
    void confirmed(InetSocketAddress from, ByteBuffer slab, int offset, long nowNanos) {
        Session session = byIndex(slab.getInt(offset + 4));
        long sequence = slab.getLong(offset + Wire.HEADER);
        int result = session == null || sequence < 0 ? ReceiveKey.CLOSED
                : session.receive.open(slab, offset, offset + Wire.HEADER + Long.BYTES, 0, CONFIRM_KIND, sequence);
        if (result != ReceiveKey.OPENED) {
            refused(result);
            return;
        }
        heard(session, from);
        if (session.initiator) return;
        synchronized (this) {
            if (!closed) confirm(session, from, nowNanos);
        }
        common.outbox.drain();
    }

    /** mac2 of an initiation to this peer; zeros: no cookie of it is here. */
    synchronized byte[] mac2(byte[] covered, long nowNanos) {
        if (cookie == null || nowNanos - cookieNanos >= COOKIE_NANOS) return new byte[Wire.MAC];
        return Arrays.copyOf(Hashes.hmac(cookie, covered), Wire.MAC);
    }

    synchronized void cookie(byte[] fresh, long nowNanos) {
        cookie = fresh;
        cookieNanos = nowNanos;
        retry.soon(nowNanos);
    }

    synchronized boolean first() {
        return retry.first();
    }

    /** An initiation of ours is on its way; false: it is not wanted any more. */
    synchronized boolean begin(Pending started) {
        if (closed || started.epoch != epoch) {
            common.indices.remove(started.index);
            return false;
        }
        abandon();
        pending = started;
        return true;
    }

    private void abandon() {
        if (pending == null) return;
        common.indices.remove(pending.index);
        pending.noise.wipe();
        pending = null;
    }

    /** The initiation that this index answers, for one more try; null: none. */
    synchronized Pending answered(int index) {
        if (pending == null || pending.index != index) return null;
        if (pending.answers++ < Pending.MOST_ANSWERS) return pending;
        common.counters.count(Event.OVERLOAD);
        return null;
    }

    /**
     * Both began at once: true when ours goes on, because our name is the lesser and it is young. An older one may never have got there, as
     * when the peer did not know of the violin yet; if it did, both come to an end, and either session serves.
     */
    synchronized boolean insists(long nowNanos) {
        return pending != null && pending.first && common.host.compareTo(peer.host()) < 0 && nowNanos - pending.startedNanos < TIE_NANOS;
    }

    /** As initiator: these keys are current. False: not wanted any more. */
    boolean accept(Pending answer, Session session, InetSocketAddress from, long nowNanos) {
        synchronized (this) {
            if (closed || pending != answer || !believed(answer.remoteKey)) return false;
            pending = null;
            remoteKey = answer.remoteKey;
            assign(session.index);
            become(session, from);
            confirm(session, from, nowNanos);
        }
        common.outbox.drain();
        return true;
    }

    /** As responder: these keys are next, when the response, sent here, was heard. False: not wanted any more. */
    boolean offer(Session session, byte[] key, long toldEpoch, InetSocketAddress from, byte[] response) {
        synchronized (this) {
            if (closed || toldEpoch != epoch || !believed(key)) return false;
            remoteKey = key;
            drop(next);
            next = session;
            assign(session.index);
            retry.pause(session.createdNanos);
            send(from, response);
        }
        common.outbox.drain();
        return true;
    }

    private void send(InetSocketAddress to, byte[] message) {
        ByteBuffer slab = ByteBuffer.allocateDirect(message.length).put(message);
        common.outbox.add(() -> common.link.send(to, slab, 0, message.length));
    }

    private boolean believed(byte[] key) {
        return common.identity.tunnelKey(peer.host()).filter(now -> Arrays.equals(now, key)).isPresent();
    }

    /** True when these sessions were agreed on with that key. */
    synchronized boolean knew(byte[] key) {
        return Arrays.equals(remoteKey, key);
    }

    /** Whom this host believes has changed: sessions with a key that is worthless now are wiped. */
    synchronized void recheck() {
        retry.now();
        if (pending != null && !believed(pending.remoteKey)) abandon();
        if (current == null && previous == null && next == null || believed(remoteKey)) return;
        common.counters.count(Event.EXPELLED);
        wipe();
    }

    /** Closes into a record of what goes on elsewhere; false: no session is left. The sessions' indices stay assigned. */
    synchronized boolean release(ByteBuffer out) {
        closed = true;
        abandon();
        out.putLong(epoch).put(remoteKey == null ? new byte[Curve.KEY] : remoteKey);
        int at = out.position();
        out.put((byte) 0);
        int count = 0;
        Session[] slots = {current, previous, next};
        current = previous = next = null;
        for (int slot = 0; slot < slots.length; slot++) {
            if (slots[slot] != null) common.indices.remove(slots[slot].index);
            if (Legacy.write(out, slots[slot], slot)) count++;
        }
        out.put(at, (byte) count);
        return count > 0;
    }

    /** Goes on with what another cipher left. */
    synchronized void adopt(Legacy.Estate estate) {
        if (closed || current != null || next != null) return;
        remoteKey = estate.remoteKey();
        Session[] slots = new Session[3];
        ByteBuffer in = ByteBuffer.wrap(estate.sessions());
        for (int i = 0; i < estate.count(); i++) {
            int slot = Legacy.slot(in);
            Session session = Legacy.read(in, common.engines());
            slots[slot] = session;
            common.indices.put(session.index, this);
            assign(session.index);
            common.counters.count(Event.TAKEN_OVER);
        }
        estate.wipe();
        current = slots[0];
        previous = slots[1];
        next = slots[2];
        String id = peer.id();
        if (current != null) common.outbox.add(() -> common.link.agreed(id, peer.address()));
    }

    private void wipe() {
        abandon();
        drop(current);
        drop(previous);
        drop(next);
        current = previous = next = null;
        cookie = null;
    }

    /** No session is left or made. */
    synchronized void close() {
        closed = true;
        wipe();
    }
}
