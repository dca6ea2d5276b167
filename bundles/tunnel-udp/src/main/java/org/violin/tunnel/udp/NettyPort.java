// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
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
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.violin.api.dataplane.FrameSink;
import org.violin.api.dataplane.TunnelSettings;
import org.violin.frame.Encapsulation;

/** The portable way, on Netty: one event loop receives and writes. */
final class NettyPort implements Port {
    private static final int DATAGRAMS_PER_READ = 512;

    private final NettyTransport transport;
    private final EventLoopGroup loops;
    private final Receiver receiver;
    private final Channel channel;
    private final NettyWire wire;
    private final String remark;

    NettyPort(NettyTransport transport, UdpOptions options, TunnelSettings settings, Inbound inbound, FrameSink sink)
            throws IOException {
        this.transport = transport;
        boolean ipv6 = settings.local().getAddress() instanceof Inet6Address;
        loops = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("violin-tunnel-udp", true), transport.handlers());
        ReceiveSlab memory = new ReceiveSlab(transport.receiveSlabBytes(), DATAGRAMS_PER_READ);
        receiver = new Receiver(inbound, memory, sink);
        ChannelFuture bound = new Bootstrap()
                .group(loops)
                .channelFactory(() -> transport.channel(ipv6))
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .option(ChannelOption.RECVBUF_ALLOCATOR, memory)
                .option(ChannelOption.AUTO_READ, false)
                .handler(receiver)
                .bind(settings.local())
                .awaitUninterruptibly();
        channel = bound.channel();
        try {
            if (!bound.isSuccess()) throw new IOException(bound.cause().getMessage(), bound.cause());
            remark = transport.tune(channel, options, ipv6);
            wire = new NettyWire(transport, options, channel);
        } catch (IOException | RuntimeException e) {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw e;
        }
    }

    @Override
    public String name() {
        return "Netty's " + transport.name() + (remark.isEmpty() ? "" : "," + remark);
    }

    @Override
    public int ceiling() {
        return transport.ceiling();
    }

    @Override
    public Wire wire(InetSocketAddress to) {
        return wire;
    }

    @Override
    public boolean post(InetSocketAddress to, int tag, ByteBuffer slab, int offset, int length) {
        if (loops.isShuttingDown()) return false;
        ByteBuf datagram = Unpooled.buffer(Encapsulation.EXCHANGE_HEADER + length);
        datagram.writeShort(Encapsulation.MAGIC << 8 | Encapsulation.EXCHANGE).writeByte(tag);
        datagram.writeBytes(slab.slice(offset, length));
        return wire.post(to, datagram);
    }

    @Override
    public List<Batch> release() {
        close();
        return List.of();
    }

    @Override
    public void execute(Runnable task) {
        if (!loops.isShuttingDown()) channel.eventLoop().execute(task);
    }

    @Override
    public void repeat(Runnable task, int millis) {
        channel.eventLoop().scheduleAtFixedRate(task, millis, millis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void start() {
        channel.config().setAutoRead(true);
    }

    @Override
    public long errors() {
        return receiver.errors.sum();
    }

    @Override
    public void close() {
        receiver.close();
        channel.close();
        io.netty.util.concurrent.Future<?> end = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        if (!channel.eventLoop().inEventLoop()) end.awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}
