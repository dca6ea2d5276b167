// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.dataplane.CipherProvider;
import org.violin.api.dataplane.FrameCipher;
import org.violin.api.dataplane.FrameSink;
import org.violin.api.dataplane.HandOver;
import org.violin.api.dataplane.Peer;
import org.violin.api.dataplane.Tunnel;
import org.violin.api.dataplane.TunnelSettings;
import org.violin.api.dataplane.TunnelStatus;
import org.violin.frame.Encapsulation;
import org.violin.linux.UdpSocket;

/** One bound UDP socket and the paths to all peers behind it. */
final class UdpTunnel implements Tunnel {
    private static final Logger LOG = LoggerFactory.getLogger(UdpTunnel.class);
    private static final int MAX_STREAM = 0xFFFF;
    /** Under this name status tells what belongs to no peer. No host can be called so. */
    private static final String NOBODY = "(unknown)";

    private static final int TICK_MILLIS = 50;
    /** How long {@link #release} waits for room in the socket. */
    private static final long FLUSH_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    private final UdpOptions options;
    private final TunnelSettings settings;
    private final FrameSink sink;
    private final Inbound inbound;
    private final Port port;
    private final Ciphers ciphers;
    private final Outward common;
    private final Map<String, PathCounters> counters = new HashMap<>();
    private final Map<String, Peer> known = new HashMap<>();
    private int streams;
    private int epochs;
    private boolean closed;

    private UdpTunnel(UdpOptions options, TunnelSettings settings, Ciphers ciphers, FrameSink sink, Inbound inbound, Port port, TunnelRecord before) {
        this.options = options;
        this.settings = settings;
        this.ciphers = ciphers;
        this.sink = sink;
        this.inbound = inbound;
        this.port = port;
        long now = System.currentTimeMillis();
        // Numbers that a tunnel before this one, in the same incarnation, hardly had: it may have left nothing to us.
        this.streams = before != null ? before.streams() : (int) (now >>> 8) & MAX_STREAM;
        this.epochs = before != null ? before.epochs() : (int) now;
        AtomicLong controls = new AtomicLong(before != null ? before.controls() : 0);
        this.common = new Outward(new BatchPool(settings.queueBytes()), settings.queueBytes(), sink, controls);
    }

    /** See {@link org.violin.api.dataplane.TunnelProvider#open}. */
    static UdpTunnel open(UdpOptions options, TunnelSettings settings, List<CipherProvider> ciphers, FrameSink sink, HandOver before)
            throws IOException {
        return open(options, settings, ciphers, sink, before, null);
    }

    /** The same on a port of the caller's choice, unless null. */
    static UdpTunnel open(
            UdpOptions options, TunnelSettings settings, List<CipherProvider> ciphers, FrameSink sink, HandOver before, Port.Opener opener)
            throws IOException {
        if (settings.pathMtuBytes() < PathMtu.BASE || settings.pathMtuBytes() > PathMtu.MAX)
            throw new IllegalArgumentException("path MTU " + settings.pathMtuBytes() + ": must be 1280 to 9000 bytes");
        TunnelRecord left = read(before, settings);
        Inbound inbound = new Inbound();
        Port port;
        try {
            port = opener != null ? opener.open(inbound) : bind(options, settings, left != null, inbound, sink);
        } catch (IOException e) {
            throw new IOException("tunnel udp: cannot bind " + settings.local() + ": " + e.getMessage()
                    + "; look who holds the port with: ss -ulpn", e);
        }
        LOG.info("Tunnel udp on {} by {}", settings.local(), port.name());
        Ciphers all = new Ciphers(settings.host(), ciphers, left == null ? Map.of() : left.ciphers(), inbound);
        UdpTunnel tunnel = new UdpTunnel(options, settings, all, sink, inbound, port, left);
        if (left != null) tunnel.goOn(left);
        tunnel.startTimers();
        port.start();
        return tunnel;
    }

    private static TunnelRecord read(HandOver before, TunnelSettings settings) {
        try {
            return TunnelRecord.read(before, settings);
        } catch (IOException | RuntimeException e) {
            LOG.warn("What the last tunnel at {} left cannot be read ({}); all begins anew", settings.local(), e.toString());
            return null;
        }
    }

    private static Port bind(UdpOptions options, TunnelSettings settings, boolean adopts, Inbound inbound, FrameSink sink)
            throws IOException {
        String word = options.transport();
        if (word.equals("native")) return new NativePort(options, settings, adopts, inbound, sink);
        if (word.equals("auto")) {
            try {
                return new NativePort(options, settings, adopts, inbound, sink);
            } catch (LinkageError e) {
                LOG.warn("The kernel's own calls are not there ({}); the tunnel runs on Netty", e.toString());
            }
        }
        try {
            UdpSocket.discard(settings.local());
        } catch (LinkageError e) {
            LOG.debug("No socket can be parked: {}", e.toString());
        }
        return new NettyPort(NettyTransport.choose(word), options, settings, inbound, sink);
    }

    @Override
    public synchronized void peers(List<Peer> peers) {
        if (closed) return;
        Paths before = inbound.paths();
        Map<String, Peer> listed = new HashMap<>();
        for (Peer peer : peers) {
            if (!peer.host().equals(settings.host()) && !peer.address().isUnresolved()) listed.putIfAbsent(peer.id(), peer);
        }
        for (PeerPath path : before.all()) {
            Peer now = listed.get(path.id());
            if (now == null || !stays(path, now)) retire(path);
        }
        List<PeerPath> after = new ArrayList<>();
        for (Peer peer : listed.values()) {
            PeerPath path = before.of(peer.id());
            if (path == null || !stays(path, peer)) path = path(peer, peer.address(), 0, 0);
            else changed(path, peer);
            if (path != null) after.add(path);
        }
        known.clear();
        known.putAll(listed);
        counters.keySet().retainAll(listed.keySet());
        inbound.paths(new Paths(after));
        for (PeerPath path : after) path.outbound().hello();
    }

    /** Who is found by an address begins anew at another one. */
    private boolean stays(PeerPath path, Peer now) {
        Peer last = path.peer();
        return last.host().equals(now.host()) && last.violin().equals(now.violin()) && last.channel() == now.channel()
                && last.cipher().equals(now.cipher()) && (!path.clear() || path.outbound().address().equals(now.address()));
    }

    private void changed(PeerPath path, Peer now) {
        Peer last = known.get(now.id());
        if (last.equals(now)) return;
        if (!path.clear()) {
            ciphers.of(now.cipher(), port).cipher().peer(now, path.outbound().lane().epoch());
            if (!last.address().equals(now.address())) port.execute(() -> path.announced(now.address()));
        }
        if (last.incarnation() != now.incarnation()) port.execute(() -> path.restarted(now.incarnation()));
    }

    @Override
    public int send(String peer, int vni, ByteBuffer slab, int offset, int length) {
        PeerPath path = inbound.paths().of(peer);
        return path == null ? NO_PEER : path.outbound().send(vni, slab, offset, length);
    }

    @Override
    public boolean congested(String peer) {
        PeerPath path = inbound.paths().of(peer);
        return path != null && path.outbound().congested();
    }

    @Override
    public boolean idle(String peer) {
        PeerPath path = inbound.paths().of(peer);
        return path == null || path.outbound().empty();
    }

    @Override
    public void flush() {
        for (PeerPath path : inbound.paths().all()) path.outbound().flush();
    }

    @Override
    public List<TunnelStatus> status() {
        List<TunnelStatus> all = new ArrayList<>();
        for (PeerPath path : inbound.paths().all()) all.add(path.status("udp"));
        ciphers.status(all);
        Map<String, Long> drops = new HashMap<>();
        inbound.drops(drops);
        PathCounters.put(drops, "receive-error", port.errors());
        if (!drops.isEmpty())
            all.add(new TunnelStatus("udp", NOBODY, "", "", "*", false, settings.pathMtuBytes(), 0, 0, 0, 0, 0, 0, 0, Map.of(), drops));
        return all;
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) return;
            closed = true;
            for (PeerPath path : inbound.paths().all()) path.outbound().close();
            inbound.paths(Paths.NONE);
        }
        port.close();
        synchronized (this) {
            ciphers.close();
        }
    }

    @Override
    public HandOver release() {
        PeerPath[] paths;
        synchronized (this) {
            if (closed) return null;
            closed = true;
            paths = inbound.paths().all();
            for (PeerPath path : paths) path.outbound().finish();
        }
        long end = System.nanoTime() + FLUSH_NANOS;
        while (!Arrays.stream(paths).allMatch(path -> path.outbound().idle()) && System.nanoTime() - end < 0) LockSupport.parkNanos(500_000);
        List<Batch> left = port.release();
        synchronized (this) {
            inbound.paths(Paths.NONE);
            if (left == null) {
                ciphers.close();
                return null;
            }
            try {
                return record(paths, left);
            } catch (IOException e) {
                throw new IllegalStateException(e); // not in memory
            }
        }
    }

    private HandOver record(PeerPath[] paths, List<Batch> left) throws IOException {
        List<TunnelRecord.PathRecord> records = new ArrayList<>();
        for (PeerPath path : paths) {
            ByteArrayOutputStream state = new ByteArrayOutputStream();
            path.save(new DataOutputStream(state), left);
            Lane lane = path.outbound().lane();
            records.add(new TunnelRecord.PathRecord(
                    known.get(path.id()), path.outbound().address(), lane.epoch(), lane.stream(), state.toByteArray()));
        }
        Map<String, HandOver> sessions = ciphers.release();
        HandOver record = new TunnelRecord(streams, epochs, common.controls().get(), sessions, records).write(settings);
        for (HandOver one : sessions.values()) Arrays.fill(one.data(), (byte) 0);
        return record;
    }

    /** Makes the paths that the last tunnel had, before anything is received; {@link #peers} is told all of them soon. */
    private synchronized void goOn(TunnelRecord left) {
        long now = System.nanoTime();
        List<PeerPath> all = new ArrayList<>();
        for (TunnelRecord.PathRecord one : left.paths()) {
            PeerPath path = path(one.peer(), one.at(), one.stream(), one.epoch());
            if (path == null) continue;
            try {
                path.load(new DataInputStream(new ByteArrayInputStream(one.state())), now);
            } catch (IOException | RuntimeException e) {
                LOG.warn("The path to {} begins anew: {}", one.peer().id(), e.toString());
                retire(path);
                continue;
            }
            known.put(one.peer().id(), one.peer());
            all.add(path);
        }
        inbound.paths(new Paths(all));
        port.execute(() -> {
            for (PeerPath path : all) {
                path.resume();
                inbound.noted(path);
            }
            sink.writable();
        });
    }

    private void startTimers() {
        int check = Math.max(5, Math.min(options.silenceLimitMillis() / 8, 250));
        long limitNanos = TimeUnit.MILLISECONDS.toNanos(options.silenceLimitMillis());
        port.repeat(new SilenceCheck(inbound, limitNanos), check);
        port.repeat(() -> {
            for (PeerPath path : inbound.paths().all()) path.outbound().keepalive();
        }, options.keepaliveMillis());
        port.repeat(() -> {
            long now = System.nanoTime();
            inbound.tick(now);
            for (PeerPath path : inbound.paths().all()) path.tick(now);
        }, Math.min(TICK_MILLIS, options.keepaliveMillis()));
    }

    /**
     * A new path; null when there is no cipher for it.
     *
     * @param stream to go on with; 0: a new one
     * @param epoch to go on with; 0: a new one
     */
    private PeerPath path(Peer peer, InetSocketAddress at, int stream, long epoch) {
        CipherEnd end = ciphers.of(peer.cipher(), port);
        if (end == null) {
            LOG.warn("Peer {} asks for cipher {}, which is not there: it cannot be reached", peer.id(), peer.cipher());
            return null;
        }
        Lane lane;
        if (end.cipher().clear()) {
            int number = stream != 0 ? stream : (streams = streams % MAX_STREAM + 1);
            lane = Lane.clear(peer.channel(), Encapsulation.fold(settings.incarnation()), number);
        } else {
            long number = epoch != 0 ? epoch : epoch();
            FrameCipher cipher = associate(end, peer, number);
            if (cipher == null) return null;
            lane = Lane.sealed(cipher, end.cipher().overhead(), number);
        }
        int ceiling = Math.min(settings.pathMtuBytes(), port.ceiling());
        PathCounters own = counters.computeIfAbsent(peer.id(), id -> new PathCounters());
        Outbound outbound = new Outbound(common, port.wire(at), own, at, PathMtu.BASE - PeerPath.overIp(at), lane);
        PeerPath path = new PeerPath(peer, options, ceiling, sink, own, outbound);
        if (!path.clear()) end.bind(path);
        return path;
    }

    private static FrameCipher associate(CipherEnd end, Peer peer, long epoch) {
        try {
            return end.associate(peer, epoch);
        } catch (RuntimeException | LinkageError e) {
            LOG.error("Cipher {} fails for peer {} ({}): it cannot be reached", end.kind(), peer.id(), e.toString());
            return null;
        }
    }

    /** New whenever a sender begins anew; never 0. */
    private long epoch() {
        long epoch = (long) Encapsulation.fold(settings.incarnation()) << 32 | ++epochs & 0xFFFF_FFFFL;
        return epoch != 0 ? epoch : epoch();
    }

    private void retire(PeerPath path) {
        path.outbound().close();
        if (!path.clear()) ciphers.of(path.peer().cipher(), port).forget(path.id());
        port.execute(() -> {
            if (!closing()) path.down();
        });
    }

    private synchronized boolean closing() {
        return closed;
    }
}
