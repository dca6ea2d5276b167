// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;

/** What differs between Netty's epoll and NIO. */
interface NettyTransport {
    /** For status and log. */
    String name();

    IoHandlerFactory handlers();

    Channel channel(boolean ipv6);

    /** Sets what the kernel lets us set on a bound channel; returns a remark on what it refused, or an empty text. */
    String tune(Channel channel, UdpOptions options, boolean ipv6);

    /** Bytes of one receive buffer. */
    int receiveSlabBytes();

    /** The largest IP MTU that probing makes sense for. */
    int ceiling();

    /** Many datagrams can leave in one packet. */
    boolean segments();

    /** A packet of datagrams of that size each, the last may be shorter. Only called if {@link #segments}. */
    DatagramPacket segmented(ByteBuf content, int datagramBytes, InetSocketAddress recipient);

    /** The error number of a failed write, 0 when unknown. */
    int errno(Throwable cause);

    /** Picks by configuration and what this machine offers. Throws IllegalStateException when epoll is required and missing. */
    static NettyTransport choose(String word) {
        if (word.equals("nio")) return new NioTransport();
        Throwable missing;
        try {
            missing = EpollTransport.unavailability();
        } catch (LinkageError e) {
            missing = e;
        }
        if (missing == null) return new EpollTransport();
        if (word.equals("epoll")) throw new IllegalStateException("transport = epoll: not available here: " + missing, missing);
        return new NioTransport();
    }
}
