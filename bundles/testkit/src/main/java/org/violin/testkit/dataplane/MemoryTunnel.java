// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.dataplane;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.violin.api.dataplane.FrameSink;
import org.violin.api.dataplane.Frames;
import org.violin.api.dataplane.Peer;
import org.violin.api.dataplane.Tunnel;
import org.violin.api.dataplane.TunnelSettings;
import org.violin.api.dataplane.TunnelStatus;

/** One host's end of {@link MemoryTunnelProvider}: a bounded inbox of records. Like a real tunnel, it carries nothing before a flush. */
final class MemoryTunnel implements Tunnel {
    private static final int INBOX_RECORDS = 512;
    private static final int RECORD_BYTES = 2048;

    private final MemoryTunnelProvider underlay;
    private final TunnelSettings settings;
    private final FrameSink sink;
    private final RecordRing outbox = new RecordRing(INBOX_RECORDS, RECORD_BYTES);
    private final RecordRing inbox = new RecordRing(INBOX_RECORDS, RECORD_BYTES);
    private final ByteBuffer outSlab = ByteBuffer.allocateDirect(Frames.MAX_RECORD);
    private final ByteBuffer inSlab = ByteBuffer.allocateDirect(Frames.MAX_RECORD);
    private final Map<String, Counts> peers = new ConcurrentHashMap<>();
    private final AtomicLong strangers = new AtomicLong();
    private final Thread receiver;
    private volatile boolean closed;

    MemoryTunnel(MemoryTunnelProvider underlay, TunnelSettings settings, FrameSink sink, boolean thread) {
        this.underlay = underlay;
        this.settings = settings;
        this.sink = sink;
        receiver = thread ? new Thread(this::receive, "mem-tunnel-" + settings.host()) : null;
        if (receiver != null) {
            receiver.setDaemon(true);
            receiver.start();
        }
    }

    @Override
    public void peers(List<Peer> list) {
        peers.keySet().retainAll(list.stream().map(Peer::host).toList());
        for (Peer peer : list) peers.computeIfAbsent(peer.host(), Counts::new);
        underlay.changed();
    }

    void refreshPeers() {
        for (Counts peer : peers.values()) {
            MemoryTunnel far = underlay.at(peer.host);
            boolean up = far != null && far.peers.containsKey(settings.host());
            if (up != peer.up) {
                peer.up = up;
                sink.peerState(peer.host, up);
            }
        }
    }

    @Override
    public int send(String peer, int vni, ByteBuffer slab, int offset, int length) {
        Counts counts = peers.get(peer);
        if (counts == null) return NO_PEER;
        if (!outbox.offer(peer, vni, slab, offset, length)) return FULL;
        counts.framesOut.incrementAndGet();
        counts.bytesOut.addAndGet(length);
        return 0;
    }

    @Override
    public void flush() {
        synchronized (outSlab) {
            while (outbox.size() > 0) {
                String peer = outbox.firstPeer();
                int vni = outbox.firstNumber();
                int length = outbox.poll(outSlab, 0, outSlab.capacity());
                MemoryTunnel far = underlay.at(peer);
                if (far != null) far.inject(settings.host(), vni, outSlab, length);
            }
        }
    }

    void inject(String from, int vni, ByteBuffer slab, int length) {
        inbox.offer(from, vni, slab, 0, length);
        if (receiver != null) LockSupport.unpark(receiver);
    }

    /** Hands over what waits. Called by one thread. */
    int deliver() {
        int frames = 0;
        while (inbox.size() > 0 && !closed) {
            String from = inbox.firstPeer();
            int vni = inbox.firstNumber();
            int length = inbox.poll(inSlab, 0, inSlab.capacity());
            Counts counts = peers.get(from);
            if (counts == null) {
                strangers.incrementAndGet();
                continue;
            }
            counts.framesIn.incrementAndGet();
            counts.bytesIn.addAndGet(length);
            sink.received(from, vni, inSlab, 0, length);
            frames++;
        }
        if (frames > 0) sink.drained();
        return frames;
    }

    private void receive() {
        while (!closed) {
            if (deliver() == 0) LockSupport.park(this);
        }
    }

    @Override
    public List<TunnelStatus> status() {
        List<TunnelStatus> list = new ArrayList<>();
        for (Counts c : peers.values()) {
            list.add(new TunnelStatus("mem", c.host, c.host, c.up, settings.pathMtuBytes(), c.framesIn.get(), c.framesOut.get(),
                    c.bytesIn.get(), c.bytesOut.get(), c.framesIn.get(), c.framesOut.get(), 0, Map.of(), Map.of("stranger", strangers.get())));
        }
        return list;
    }

    @Override
    public void close() {
        closed = true;
        if (receiver != null) LockSupport.unpark(receiver);
        underlay.closed(settings.host(), this);
        if (receiver == null || receiver == Thread.currentThread()) return;
        try {
            receiver.join(2000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class Counts {
        private final String host;
        private final AtomicLong framesIn = new AtomicLong();
        private final AtomicLong framesOut = new AtomicLong();
        private final AtomicLong bytesIn = new AtomicLong();
        private final AtomicLong bytesOut = new AtomicLong();
        private volatile boolean up;

        Counts(String host) {
            this.host = host;
        }
    }
}
