// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.tunnel;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.violin.api.dataplane.CipherLink;
import org.violin.api.dataplane.CipherProvider;
import org.violin.api.dataplane.FrameCipher;
import org.violin.api.dataplane.HandOver;
import org.violin.api.dataplane.Peer;
import org.violin.api.dataplane.TunnelCipher;

/**
 * Kind {@code tag}: no secrecy, but the shape of a cipher that agrees on keys: peers tell each other index and epoch before anything is
 * sealed, and again until answered. What was opened once is not opened again. Sessions can be handed over. A message: kind (1 tell,
 * 2 answer), channel (2 bytes), index (4), epoch (8), name.
 */
public final class TagCiphers implements CipherProvider {
    private static final AtomicInteger INDEX = new AtomicInteger(0x5A000000);
    private static final int FIXED = 15;
    /** The counter of messages from hosts that are no peers. */
    static final String STRANGERS = "strangers";

    private static final String SESSIONS = "tag-sessions";
    private static final int REPLAYS = 1 << 13;

    private final Supplier<FrameCipher> sealers;

    /** Every association a {@link TagCipher} of its own. */
    public TagCiphers() {
        this(TagCipher::new);
    }

    /** @param sealers what seals and opens, one for each association; its {@code ready} and {@code epoch} are not asked */
    TagCiphers(Supplier<FrameCipher> sealers) {
        this.sealers = sealers;
    }

    @Override
    public String kind() {
        return "tag";
    }

    @Override
    public TunnelCipher open(String host, CipherLink link, HandOver before) {
        Tags tags = new Tags(host, link);
        if (before != null && before.kind().equals(SESSIONS)) tags.load(ByteBuffer.wrap(before.data()));
        return tags;
    }

    private final class Tags implements TunnelCipher {
        private final String host;
        private final CipherLink link;
        private final AtomicLong strangers = new AtomicLong();
        private final Map<String, Session> sessions = new ConcurrentHashMap<>();

        Tags(String host, CipherLink link) {
            this.host = host;
            this.link = link;
        }

        @Override
        public int overhead() {
            return TagCipher.TAG;
        }

        @Override
        public FrameCipher peer(Peer peer, long epoch) {
            Session session = sessions.computeIfAbsent(peer.id(), id -> new Session(INDEX.incrementAndGet()));
            boolean goesOn = session.agreed && session.ours == epoch;
            session.ours = epoch;
            session.peer = peer;
            link.assign(session.index, peer.id());
            if (!goesOn) tell(session, 1, peer.address());
            return session;
        }

        @Override
        public void forget(String peerId) {
            Session gone = sessions.remove(peerId);
            if (gone != null) link.withdraw(gone.index);
        }

        @Override
        public void exchange(InetSocketAddress from, ByteBuffer slab, int offset, int length, long nowNanos) {
            if (length <= FIXED) return;
            byte[] name = new byte[length - FIXED];
            slab.get(offset + FIXED, name);
            int channel = slab.getShort(offset + 1) & 0xFFFF;
            boolean known = false;
            for (Session session : sessions.values()) {
                Peer peer = session.peer;
                if (peer == null || peer.channel() != channel || !peer.host().equals(new String(name, StandardCharsets.UTF_8))) continue;
                known = true;
                session.theirs = slab.getInt(offset + 3);
                session.epoch(slab.getLong(offset + 7));
                session.agreed = true;
                link.agreed(session.peer.id(), from);
                if (slab.get(offset) == 1) tell(session, 2, from);
            }
            if (!known) strangers.incrementAndGet();
        }

        @Override
        public void tick(long nowNanos) {
            for (Session session : sessions.values()) if (session.peer != null && !session.agreed) tell(session, 1, session.peer.address());
        }

        @Override
        public Map<String, Long> counters() {
            return strangers.get() == 0 ? Map.of() : Map.of(STRANGERS, strangers.get());
        }

        @Override
        public HandOver release() {
            ByteBuffer out = ByteBuffer.allocate(sessions.size() * 512);
            sessions.forEach((id, session) -> {
                byte[] name = id.getBytes(StandardCharsets.UTF_8);
                out.putInt(name.length).put(name).putInt(session.index).putInt(session.theirs).putLong(session.ours);
                out.putLong(session.epoch).put((byte) (session.agreed ? 1 : 0));
            });
            for (Session session : sessions.values()) session.agreed = false;
            sessions.clear();
            return new HandOver(SESSIONS, 1, java.util.Arrays.copyOf(out.array(), out.position()));
        }

        private void load(ByteBuffer in) {
            while (in.hasRemaining()) {
                byte[] name = new byte[in.getInt()];
                in.get(name);
                Session session = new Session(in.getInt());
                session.theirs = in.getInt();
                session.ours = in.getLong();
                session.epoch = in.getLong();
                session.agreed = in.get() == 1;
                String id = new String(name, StandardCharsets.UTF_8);
                sessions.put(id, session);
                link.assign(session.index, id);
            }
        }

        private void tell(Session session, int kind, InetSocketAddress to) {
            byte[] name = host.getBytes(StandardCharsets.UTF_8);
            ByteBuffer message = ByteBuffer.allocateDirect(FIXED + name.length);
            message.put((byte) kind).putShort((short) session.peer.channel()).putInt(session.index).putLong(session.ours).put(name);
            link.send(to, message, 0, message.capacity());
        }
    }

    private final class Session implements FrameCipher {
        private final int index;
        private final FrameCipher sealer = sealers.get();
        private volatile Peer peer;
        private volatile long ours;
        private volatile int theirs;
        private volatile long epoch;
        private volatile boolean agreed;
        /** What was opened lately, in both classes; by the receiving thread. */
        private final long[] opened = new long[2 * REPLAYS];

        private final long[] highest = new long[2];

        Session(int index) {
            this.index = index;
        }

        private void epoch(long now) {
            if (now != epoch) {
                java.util.Arrays.fill(opened, 0);
                java.util.Arrays.fill(highest, 0);
            }
            epoch = now;
        }

        @Override
        public boolean ready() {
            return agreed;
        }

        @Override
        public int seal(ByteBuffer slab, int header, int offset, int length, long counter) {
            if (!agreed) return REJECTED;
            slab.putInt(header + 2, theirs);
            return sealer.seal(slab, header, offset, length, counter);
        }

        @Override
        public int open(ByteBuffer slab, int header, int offset, int length, long counter) {
            int kind = counter < 0 ? 1 : 0;
            long number = (counter & Long.MAX_VALUE) + 1;
            int slot = (int) (number % REPLAYS) * 2 + kind;
            if (opened[slot] == number || number + REPLAYS <= highest[kind]) return REJECTED;
            int payload = sealer.open(slab, header, offset, length, counter);
            if (payload < 0) return REJECTED;
            opened[slot] = number;
            highest[kind] = Math.max(highest[kind], number);
            return payload;
        }

        @Override
        public long epoch() {
            return epoch;
        }
    }
}
