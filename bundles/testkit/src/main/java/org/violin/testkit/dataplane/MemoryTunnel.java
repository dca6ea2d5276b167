// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.dataplane;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.violin.api.dataplane.CipherProvider;
import org.violin.api.dataplane.FrameSink;
import org.violin.api.dataplane.Frames;
import org.violin.api.dataplane.HandOver;
import org.violin.api.dataplane.Peer;
import org.violin.api.dataplane.Tunnel;
import org.violin.api.dataplane.TunnelCipher;
import org.violin.api.dataplane.TunnelSettings;
import org.violin.api.dataplane.TunnelStatus;

/**
 * One host's end of {@link MemoryTunnelProvider}. Like a real tunnel, it carries nothing before a flush, numbers what it sends, and takes
 * a number that is not higher than the last one for a replay. With a hand-over the numbers go on; a new peer begins a new epoch.
 */
final class MemoryTunnel implements Tunnel {
    static final String STATE = "mem-tunnel";
    static final long FORGED = Long.MAX_VALUE;
    private static final int EPOCH_SHIFT = 40;

    private final MemoryWire wire;
    private final String kind;
    private final TunnelSettings settings;
    private final List<CipherProvider> ciphers;
    private final FrameSink sink;
    private final RecordRing outbox = new RecordRing(MemoryWire.RECORDS, MemoryWire.RECORD_BYTES);
    private final ByteBuffer outSlab = ByteBuffer.allocateDirect(Frames.MAX_RECORD);
    private final ByteBuffer inSlab = ByteBuffer.allocateDirect(Frames.MAX_RECORD);
    private final Map<String, Counts> peers = new ConcurrentHashMap<>();
    private final Map<String, long[]> before = new HashMap<>();
    private final Map<String, TunnelCipher> open = new ConcurrentHashMap<>();
    private final Map<String, HandOver> cipherStates = new ConcurrentHashMap<>();
    private final AtomicLong strangers = new AtomicLong();
    private final AtomicLong replays = new AtomicLong();
    private MemoryWire.Mailbox box;
    private Thread receiver;
    /** Before, nothing is taken out of the mailbox. */
    private volatile boolean told;
    private volatile boolean closed;

    private MemoryTunnel(MemoryWire wire, String kind, TunnelSettings settings, List<CipherProvider> ciphers, FrameSink sink) {
        this.wire = wire;
        this.kind = kind;
        this.settings = settings;
        this.ciphers = ciphers;
        this.sink = sink;
    }

    /** Null: the host has a tunnel already. */
    static MemoryTunnel open(MemoryWire wire, String kind, TunnelSettings settings, List<CipherProvider> ciphers, FrameSink sink,
            HandOver before, boolean thread) {
        MemoryTunnel tunnel = new MemoryTunnel(wire, kind, settings, ciphers, sink);
        boolean goesOn = before != null && before.kind().equals(STATE) && before.version() == 1;
        if (goesOn) tunnel.take(before.data());
        MemoryWire.Mailbox box = wire.take(settings.host(), tunnel, goesOn);
        if (box == null) return null;
        tunnel.box = box;
        if (thread) tunnel.start();
        return tunnel;
    }

    private void start() {
        Thread made = new Thread(this::receive, "mem-tunnel-" + settings.host());
        made.setDaemon(true);
        receiver = made;
        made.start();
    }

    boolean goesOn() {
        return !before.isEmpty();
    }

    private void take(byte[] data) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(data))) {
            for (int n = in.readInt(); n > 0; n--) before.put(in.readUTF(), new long[] {in.readLong(), in.readLong()});
            for (int n = in.readInt(); n > 0; n--) {
                cipherStates.put(in.readUTF(), new HandOver(in.readUTF(), in.readInt(), in.readNBytes(in.readInt())));
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("no state of a memory tunnel", e);
        }
    }

    private HandOver state() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            // Of peers that are missing now, too: they may come back.
            for (Counts peer : peers.values()) before.put(peer.id, new long[] {peer.sent.get(), peer.heard});
            out.writeInt(before.size());
            for (Map.Entry<String, long[]> peer : before.entrySet()) {
                out.writeUTF(peer.getKey());
                out.writeLong(peer.getValue()[0]);
                out.writeLong(peer.getValue()[1]);
            }
            out.writeInt(cipherStates.size());
            for (Map.Entry<String, HandOver> state : cipherStates.entrySet()) {
                out.writeUTF(state.getKey());
                out.writeUTF(state.getValue().kind());
                out.writeInt(state.getValue().version());
                out.writeInt(state.getValue().data().length);
                out.write(state.getValue().data());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new HandOver(STATE, 1, bytes.toByteArray());
    }

    /** Peers whose cipher is not there, or cannot be opened, are none. */
    @Override
    public void peers(List<Peer> list) {
        List<Peer> able = list.stream().filter(p -> open.computeIfAbsent(p.cipher(), this::cipher) != null).toList();
        peers.keySet().retainAll(able.stream().map(Peer::id).toList());
        for (Peer peer : able) peers.computeIfAbsent(peer.id(), id -> new Counts(peer, before.remove(id), wire.newEpoch() << EPOCH_SHIFT));
        box.ids = MemoryWire.ids(able);
        told = true;
        wire.changed();
    }

    private TunnelCipher cipher(String word) {
        for (CipherProvider provider : ciphers) {
            if (!provider.kind().equals(word)) continue;
            try {
                return provider.open(settings.host(), null, cipherStates.remove(word));
            } catch (RuntimeException e) {
                return null;
            }
        }
        return null;
    }

    void refreshPeers() {
        for (Counts peer : peers.values()) {
            MemoryWire.Mailbox far = wire.at(peer.peer.host());
            String end = MemoryWire.end(settings.host(), peer.peer.channel()) + "#" + peer.peer.cipher();
            peer.far = far;
            peer.there = far == null ? null : far.ids.get(end);
            boolean up = peer.there != null;
            if (up != peer.up) {
                peer.up = up;
                if (!closed) sink.peerState(peer.id, up);
            }
        }
    }

    @Override
    public int send(String peer, int vni, ByteBuffer slab, int offset, int length) {
        Counts counts = peers.get(peer);
        if (counts == null) return NO_PEER;
        if (closed) throw new IllegalStateException("closed");
        if (!outbox.offer(peer, vni, slab, offset, length)) return FULL;
        counts.framesOut.incrementAndGet();
        counts.bytesOut.addAndGet(length);
        return 0;
    }

    @Override
    public boolean congested(String peer) {
        return outbox.size() > MemoryWire.RECORDS / 2;
    }

    @Override
    public boolean idle(String peer) {
        synchronized (outSlab) {
            return outbox.size() == 0;
        }
    }

    @Override
    public void flush() {
        synchronized (outSlab) {
            while (outbox.size() > 0) {
                Counts to = peers.get(outbox.firstPeer());
                int vni = outbox.firstNumber();
                int length = outbox.poll(outSlab, 0, outSlab.capacity());
                MemoryWire.Mailbox far = to == null ? null : to.far;
                if (far == null || to.there == null) wire.refused.incrementAndGet();
                if (far != null) far.inject(to.there, vni, to.sent.incrementAndGet(), outSlab, length);
            }
        }
    }

    void wake() {
        if (receiver != null) LockSupport.unpark(receiver);
    }

    /** Hands over what waits. */
    int deliver() {
        int frames = 0;
        synchronized (inSlab) {
            while (told && !closed && box.inbox.size() > 0) {
                String from = box.inbox.firstPeer();
                int vni = box.inbox.firstNumber();
                long sequence = box.inbox.firstSequence();
                int length = box.inbox.poll(inSlab, 0, inSlab.capacity());
                Counts counts = peers.get(from);
                if (counts == null) {
                    strangers.incrementAndGet();
                    wire.refused.incrementAndGet();
                    continue;
                }
                if (sequence != FORGED && sequence <= counts.heard) {
                    replays.incrementAndGet();
                    wire.refused.incrementAndGet();
                    continue;
                }
                if (sequence != FORGED) counts.heard = sequence;
                counts.framesIn.incrementAndGet();
                counts.bytesIn.addAndGet(length);
                sink.received(from, vni, inSlab, 0, length);
                frames++;
            }
            if (frames > 0) sink.drained();
        }
        return frames;
    }

    private void receive() {
        while (!closed) {
            if (deliver() == 0) LockSupport.parkNanos(this, 1_000_000);
        }
    }

    @Override
    public List<TunnelStatus> status() {
        List<TunnelStatus> list = new ArrayList<>();
        for (Counts c : peers.values()) {
            Peer p = c.peer;
            list.add(new TunnelStatus(kind, p.host(), p.violin(), p.cipher(), p.host(), c.up, settings.pathMtuBytes(), c.framesIn.get(),
                    c.framesOut.get(), c.bytesIn.get(), c.bytesOut.get(), c.framesIn.get(), c.framesOut.get(), 0, Map.of(),
                    Map.of("stranger", strangers.get(), "replay", replays.get())));
        }
        return list;
    }

    @Override
    public HandOver release() {
        flush();
        end();
        releaseCiphers();
        HandOver left = state();
        box.owner = null;
        return left;
    }

    @Override
    public void close() {
        if (closed) return;
        flush();
        end();
        releaseCiphers();
        wire.drop(settings.host());
        wire.changed();
    }

    private void releaseCiphers() {
        open.forEach((word, cipher) -> cipherStates.put(word, cipher.release()));
        open.clear();
    }

    private void end() {
        closed = true;
        synchronized (inSlab) {
            // whoever handed over a record has ended
            wake();
        }
        if (receiver == null || receiver == Thread.currentThread()) return;
        try {
            receiver.join(2000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class Counts {
        private final String id;
        private final Peer peer;
        private final AtomicLong sent = new AtomicLong();
        private final AtomicLong framesIn = new AtomicLong();
        private final AtomicLong framesOut = new AtomicLong();
        private final AtomicLong bytesIn = new AtomicLong();
        private final AtomicLong bytesOut = new AtomicLong();
        private volatile long heard;
        private volatile boolean up;
        private volatile MemoryWire.Mailbox far;
        /** What we are called there; null: nothing. */
        private volatile String there;

        Counts(Peer peer, long[] before, long epoch) {
            id = peer.id();
            this.peer = peer;
            sent.set(before == null ? epoch : before[0]);
            if (before != null) heard = before[1];
        }
    }
}
