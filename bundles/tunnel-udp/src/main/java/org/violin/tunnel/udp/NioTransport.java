// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import java.net.InetSocketAddress;

/** Plain Java, on any system: one system call for each datagram, and JDK 17 cannot set DF. */
final class NioTransport implements NettyTransport {
    @Override
    public String name() {
        return "nio";
    }

    @Override
    public IoHandlerFactory handlers() {
        return NioIoHandler.newFactory();
    }

    @Override
    public Channel channel(boolean ipv6) {
        return new NioDatagramChannel(ipv6 ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET);
    }

    @Override
    public String tune(Channel channel, UdpOptions options, boolean ipv6) {
        try {
            channel.config().setOption(ChannelOption.SO_RCVBUF, options.receiveBufferBytes());
            channel.config().setOption(ChannelOption.SO_SNDBUF, options.sendBufferBytes());
        } catch (ChannelException e) {
            return " socket buffers as the system has them;";
        }
        return " without DF;";
    }

    @Override
    public int receiveSlabBytes() {
        return 9216;
    }

    /** Without DF every probe would arrive, in fragments. */
    @Override
    public int ceiling() {
        return 1500;
    }

    @Override
    public boolean segments() {
        return false;
    }

    @Override
    public DatagramPacket segmented(ByteBuf content, int datagramBytes, InetSocketAddress recipient) {
        throw new UnsupportedOperationException("nio cannot segment");
    }

    @Override
    public int errno(Throwable cause) {
        return 0;
    }
}
