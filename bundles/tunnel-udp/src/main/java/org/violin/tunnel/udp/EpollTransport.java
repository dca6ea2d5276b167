// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.SegmentedDatagramPacket;
import java.net.InetSocketAddress;

/** Linux, through Netty's epoll library. Option numbers are those of Linux on every architecture that Netty ships. */
final class EpollTransport implements NettyTransport {
    private static final int SOL_SOCKET = 1;
    private static final int IPPROTO_IPV6 = 41;
    /** IP_PMTUDISC_PROBE: DF, and the tunnel's own idea of the path MTU. */
    private static final int DISCOVER_PROBE = 3;
    /** One coalesced packet for each message of a read. */
    private static final int COALESCED_BYTES = 65_536;

    private static final ChannelOption<Integer> RECEIVE_FORCE = new IntegerUnixChannelOption("SO_RCVBUFFORCE", SOL_SOCKET, 33);
    private static final ChannelOption<Integer> SEND_FORCE = new IntegerUnixChannelOption("SO_SNDBUFFORCE", SOL_SOCKET, 32);
    private static final ChannelOption<Integer> DISCOVER = new IntegerUnixChannelOption("IP_MTU_DISCOVER", 0, 10);
    private static final ChannelOption<Integer> DISCOVER6 = new IntegerUnixChannelOption("IPV6_MTU_DISCOVER", IPPROTO_IPV6, 23);

    static Throwable unavailability() {
        return Epoll.unavailabilityCause();
    }

    @Override
    public String name() {
        return "epoll";
    }

    @Override
    public IoHandlerFactory handlers() {
        return EpollIoHandler.newFactory();
    }

    @Override
    public Channel channel(boolean ipv6) {
        return new EpollDatagramChannel(ipv6 ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET);
    }

    @Override
    public String tune(Channel channel, UdpOptions options, boolean ipv6) {
        String remark = "";
        if (!set(channel, RECEIVE_FORCE, options.receiveBufferBytes())) {
            set(channel, ChannelOption.SO_RCVBUF, options.receiveBufferBytes());
        }
        if (!set(channel, SEND_FORCE, options.sendBufferBytes())) set(channel, ChannelOption.SO_SNDBUF, options.sendBufferBytes());
        if (!set(channel, DISCOVER, DISCOVER_PROBE)) remark += " without DF on IPv4;";
        if (ipv6 && !set(channel, DISCOVER6, DISCOVER_PROBE)) remark += " without path MTU rule on IPv6;";
        if (!options.coalescing().equals("off") && !set(channel, EpollChannelOption.UDP_GRO, true)) remark += " without UDP_GRO;";
        return remark;
    }

    @Override
    public int receiveSlabBytes() {
        return COALESCED_BYTES;
    }

    @Override
    public int ceiling() {
        return PathMtu.MAX;
    }

    @Override
    public boolean segments() {
        return EpollDatagramChannel.isSegmentedDatagramPacketSupported();
    }

    @Override
    public DatagramPacket segmented(ByteBuf content, int datagramBytes, InetSocketAddress recipient) {
        return new SegmentedDatagramPacket(content, datagramBytes, recipient);
    }

    @Override
    public int errno(Throwable cause) {
        return cause instanceof Errors.NativeIoException e ? -e.expectedErr() : 0;
    }

    private static <T> boolean set(Channel channel, ChannelOption<T> option, T value) {
        try {
            return channel.config().setOption(option, value);
        } catch (ChannelException e) {
            return false;
        }
    }
}
