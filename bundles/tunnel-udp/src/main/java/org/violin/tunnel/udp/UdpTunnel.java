// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.dataplane.FrameCipher;
import org.violin.api.dataplane.FrameSink;
import org.violin.api.dataplane.Peer;
import org.violin.api.dataplane.Tunnel;
import org.violin.api.dataplane.TunnelSettings;
import org.violin.api.dataplane.TunnelStatus;
import org.violin.frame.Encapsulation;

/** One bound UDP socket and its event loop: all receiving, sealing, opening and writing happens there. */
final class UdpTunnel implements Tunnel {
    private static final Logger LOG = LoggerFactory.getLogger(UdpTunnel.class);
    private static final int UDP_OVER_IPV4 = 28;
    private static final int UDP_OVER_IPV6 = 48;
    private static final int MAX_STREAM = 0xFFFF;
    /** Under this name status tells what belongs to no peer. No host can be called so. */
    private static final String NOBODY = "(unknown)";
    private static final int DATAGRAMS_PER_READ = 512;

    private final UdpOptions options;
    private final TunnelSettings settings;
    private final FrameCipher cipher;
    private final FrameSink sink;
    private final EventLoopGroup loops;
    private final Inbound inbound;
    private final Receiver receiver;
    private final Channel channel;
    private final Sender sender;
    private final Map<String, PathCounters> counters = new HashMap<>();
    private final Map<String, Peer> known = new HashMap<>();
    private int streams;
    private boolean closed;

    private UdpTunnel(
            UdpOptions options, TunnelSettings settings, FrameCipher cipher, FrameSink sink, EventLoopGroup loops, Inbound inbound,
            Receiver receiver, Channel channel, Sender sender) {
        this.options = options;
        this.settings = settings;
        this.cipher = cipher;
        this.sink = sink;
        this.loops = loops;
        this.inbound = inbound;
        this.receiver = receiver;
        this.channel = channel;
        this.sender = sender;
    }

    /** See {@link org.violin.api.dataplane.TunnelProvider#open}. */
    static UdpTunnel open(UdpOptions options, TunnelSettings settings, FrameCipher cipher, FrameSink sink) throws IOException {
        if (settings.pathMtuBytes() < 1280 || settings.pathMtuBytes() > 9000)
            throw new IllegalArgumentException("path MTU " + settings.pathMtuBytes() + ": must be 1280 to 9000 bytes");
        Transport transport = Transport.choose(options.transport());
        boolean ipv6 = settings.local().getAddress() instanceof Inet6Address;
        EventLoopGroup loops =
                new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("violin-tunnel-udp", true), transport.handlers());
        Inbound inbound = new Inbound();
        ReceiveSlab memory = new ReceiveSlab(transport.receiveSlabBytes(), DATAGRAMS_PER_READ);
        Receiver receiver = new Receiver(inbound, memory, sink, options.reorderMillis());
        ChannelFuture bound = new Bootstrap()
                .group(loops)
                .channelFactory(() -> transport.channel(ipv6))
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .option(ChannelOption.RECVBUF_ALLOCATOR, memory)
                .handler(receiver)
                .bind(settings.local())
                .awaitUninterruptibly();
        try {
            if (!bound.isSuccess())
                throw new IOException("tunnel udp: cannot bind " + settings.local() + ": " + bound.cause().getMessage()
                        + "; look who holds the port with: ss -ulpn", bound.cause());
            String remark = transport.tune(bound.channel(), options, ipv6);
            Sender sender = new Sender(transport, options, cipher, bound.channel(), settings.queueBytes());
            LOG.info("Tunnel udp on {} by {}{}", settings.local(), transport.name(), remark.isEmpty() ? "" : "," + remark);
            UdpTunnel tunnel = new UdpTunnel(options, settings, cipher, sink, loops, inbound, receiver, bound.channel(), sender);
            tunnel.startTimers();
            return tunnel;
        } catch (IOException | RuntimeException e) {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw e;
        }
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
            if (last.incarnation() != peer.incarnation()) channel.eventLoop().execute(() -> path.restarted(peer.incarnation()));
        }
        known.clear();
        known.putAll(listed);
        counters.keySet().retainAll(listed.keySet());
        inbound.paths(new Paths(after));
        for (PeerPath path : before.all()) if (!after.contains(path)) retire(path);
        for (PeerPath path : after) path.outbound().keepalive();
    }

    @Override
    public int send(String peer, int vni, ByteBuffer slab, int offset, int length) {
        PeerPath path = inbound.paths().of(peer);
        return path == null ? NO_PEER : path.outbound().send(vni, slab, offset, length);
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
        PathCounters.put(drops, "receive-error", receiver.errors.sum());
        if (!drops.isEmpty())
            all.add(new TunnelStatus("udp", NOBODY, "*", false, settings.pathMtuBytes(), 0, 0, 0, 0, 0, 0, drops));
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
        receiver.close();
        channel.close();
        io.netty.util.concurrent.Future<?> end = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        if (!channel.eventLoop().inEventLoop()) end.awaitUninterruptibly(5, TimeUnit.SECONDS);
    }

    private void startTimers() {
        int check = Math.max(5, Math.min(options.silenceLimitMillis() / 8, 250));
        long limitNanos = TimeUnit.MILLISECONDS.toNanos(options.silenceLimitMillis());
        channel.eventLoop().scheduleAtFixedRate(new SilenceCheck(inbound, limitNanos), check, check, TimeUnit.MILLISECONDS);
        channel.eventLoop().scheduleAtFixedRate(() -> {
            for (PeerPath path : inbound.paths().all()) path.outbound().keepalive();
        }, options.keepaliveMillis(), options.keepaliveMillis(), TimeUnit.MILLISECONDS);
    }

    private PeerPath path(Peer peer) {
        streams = streams % MAX_STREAM + 1;
        InetSocketAddress address = peer.address();
        int overIp = address.getAddress() instanceof Inet6Address ? UDP_OVER_IPV6 : UDP_OVER_IPV4;
        PathCounters own = counters.computeIfAbsent(peer.host(), host -> new PathCounters());
        Outbound outbound = new Outbound(sender, own, address, settings.pathMtuBytes() - overIp, settings.queueBytes(),
                Encapsulation.fold(settings.incarnation()), streams);
        return new PeerPath(peer, options, settings.pathMtuBytes(), cipher, sink, own, outbound);
    }

    private void retire(PeerPath path) {
        path.outbound().close();
        channel.eventLoop().execute(() -> {
            if (!closing()) path.down();
        });
    }

    private synchronized boolean closing() {
        return closed;
    }
}
