// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.dataplane.FrameCipher;
import org.violin.api.dataplane.FrameSink;
import org.violin.api.dataplane.Peer;
import org.violin.api.dataplane.Tunnel;
import org.violin.api.dataplane.TunnelSettings;
import org.violin.api.dataplane.TunnelStatus;
import org.violin.frame.Encapsulation;

/** One bound UDP socket and the paths to all peers behind it. */
final class UdpTunnel implements Tunnel {
    private static final Logger LOG = LoggerFactory.getLogger(UdpTunnel.class);
    private static final int UDP_OVER_IPV4 = 28;
    private static final int UDP_OVER_IPV6 = 48;
    private static final int MAX_STREAM = 0xFFFF;
    /** Under this name status tells what belongs to no peer. No host can be called so. */
    private static final String NOBODY = "(unknown)";

    private static final int PROBE_MILLIS = 50;

    private final UdpOptions options;
    private final TunnelSettings settings;
    private final FrameSink sink;
    private final Inbound inbound;
    private final Port port;
    private final Outward common;
    private final Map<String, PathCounters> counters = new HashMap<>();
    private final Map<String, Peer> known = new HashMap<>();
    private int streams;
    private boolean closed;

    private UdpTunnel(UdpOptions options, TunnelSettings settings, FrameCipher cipher, FrameSink sink, Inbound inbound, Port port) {
        this.options = options;
        this.settings = settings;
        this.sink = sink;
        this.inbound = inbound;
        this.port = port;
        this.common = new Outward(cipher, new BatchPool(settings.queueBytes()), settings.queueBytes(), sink, new AtomicLong());
    }

    /** See {@link org.violin.api.dataplane.TunnelProvider#open}. */
    static UdpTunnel open(UdpOptions options, TunnelSettings settings, FrameCipher cipher, FrameSink sink) throws IOException {
        return open(options, settings, cipher, sink, inbound -> bind(options, settings, cipher, inbound, sink));
    }

    /** The same on a port of the caller's choice. */
    static UdpTunnel open(UdpOptions options, TunnelSettings settings, FrameCipher cipher, FrameSink sink, Port.Opener opener) throws IOException {
        if (settings.pathMtuBytes() < PathMtu.BASE || settings.pathMtuBytes() > PathMtu.MAX)
            throw new IllegalArgumentException("path MTU " + settings.pathMtuBytes() + ": must be 1280 to 9000 bytes");
        Inbound inbound = new Inbound();
        Port port;
        try {
            port = opener.open(inbound);
        } catch (IOException e) {
            throw new IOException("tunnel udp: cannot bind " + settings.local() + ": " + e.getMessage()
                    + "; look who holds the port with: ss -ulpn", e);
        }
        LOG.info("Tunnel udp on {} by {}", settings.local(), port.name());
        UdpTunnel tunnel = new UdpTunnel(options, settings, cipher, sink, inbound, port);
        tunnel.startTimers();
        port.start();
        return tunnel;
    }

    private static Port bind(UdpOptions options, TunnelSettings settings, FrameCipher cipher, Inbound inbound, FrameSink sink)
            throws IOException {
        String word = options.transport();
        if (word.equals("native")) return new NativePort(options, settings, cipher, inbound, sink);
        if (word.equals("auto")) {
            try {
                return new NativePort(options, settings, cipher, inbound, sink);
            } catch (LinkageError e) {
                LOG.warn("The kernel's own calls are not there ({}); the tunnel runs on Netty", e.toString());
            }
        }
        return new NettyPort(NettyTransport.choose(word), options, settings, cipher, inbound, sink);
    }

    @Override
    public synchronized void peers(List<Peer> peers) {
        if (closed) return;
        Paths before = inbound.paths();
        List<PeerPath> after = new ArrayList<>();
        Map<String, Peer> listed = new HashMap<>();
        for (Peer peer : peers) {
            if (peer.host().equals(settings.host()) || peer.address().isUnresolved()) continue;
            if (listed.put(peer.host(), peer) != null) continue;
            Peer last = known.get(peer.host());
            if (last == null || !last.address().equals(peer.address())) {
                after.add(path(peer));
                continue;
            }
            PeerPath path = before.of(peer.host());
            after.add(path);
            if (last.incarnation() != peer.incarnation()) port.execute(() -> path.restarted(peer.incarnation()));
        }
        known.clear();
        known.putAll(listed);
        counters.keySet().retainAll(listed.keySet());
        inbound.paths(new Paths(after));
        for (PeerPath path : before.all()) if (!after.contains(path)) retire(path);
        for (PeerPath path : after) path.outbound().hello();
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
    public void flush() {
        for (PeerPath path : inbound.paths().all()) path.outbound().flush();
    }

    @Override
    public List<TunnelStatus> status() {
        List<TunnelStatus> all = new ArrayList<>();
        for (PeerPath path : inbound.paths().all()) all.add(path.status("udp"));
        Map<String, Long> drops = new HashMap<>();
        PathCounters.put(drops, "unknown-peer", inbound.unknownPeer.sum());
        PathCounters.put(drops, "receive-error", port.errors());
        if (!drops.isEmpty())
            all.add(new TunnelStatus("udp", NOBODY, "*", false, settings.pathMtuBytes(), 0, 0, 0, 0, 0, 0, 0, Map.of(), drops));
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
            for (PeerPath path : inbound.paths().all()) path.tick(now);
        }, Math.min(PROBE_MILLIS, options.keepaliveMillis()));
    }

    private PeerPath path(Peer peer) {
        streams = streams % MAX_STREAM + 1;
        InetSocketAddress address = peer.address();
        int overIp = address.getAddress() instanceof Inet6Address ? UDP_OVER_IPV6 : UDP_OVER_IPV4;
        PathCounters own = counters.computeIfAbsent(peer.host(), host -> new PathCounters());
        Outbound outbound = new Outbound(
                common, port.wire(address), own, address, PathMtu.BASE - overIp, Encapsulation.fold(settings.incarnation()), streams);
        int ceiling = Math.min(settings.pathMtuBytes(), port.ceiling());
        return new PeerPath(peer, options, ceiling, overIp, common.cipher(), sink, own, outbound);
    }

    private void retire(PeerPath path) {
        path.outbound().close();
        port.execute(() -> {
            if (!closing()) path.down();
        });
    }

    private synchronized boolean closing() {
        return closed;
    }
}
