// SPDX-License-Identifier: Apache-2.0
package org.violin.members;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.group.ChannelGroup;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.apache.zookeeper.server.NettyServerCnxnFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.cluster.Identity;

/**
 * Makes ZooKeeper's connection factory over Netty with TLS under this host's identity. ZooKeeper 3.9 takes keys and trust from files or a
 * KeyManager only, and an identity gives its key to nobody; so the pipeline of new connections is replaced by one with our own TLS.
 */
final class SecureFactory {
    private static final Logger LOG = LoggerFactory.getLogger(SecureFactory.class);
    private static final int MAX_CONNECTIONS_OF_ONE_ADDRESS = 200;
    private static final int MAX_HANDSHAKES = 250;
    private static final long UNBIND_NANOS = 2_000_000_000L;
    private static final long PROBE_NANOS = 2_000_000;

    private SecureFactory() {}

    /**
     * A factory that is not bound yet.
     *
     * @param admitted takes the channels of admitted hosts, until they are closed
     */
    static NettyServerCnxnFactory make(InetSocketAddress address, Identity identity, Set<Channel> admitted) throws IOException {
        try {
            Constructor<NettyServerCnxnFactory> constructor = NettyServerCnxnFactory.class.getDeclaredConstructor();
            constructor.setAccessible(true);
            NettyServerCnxnFactory factory = constructor.newInstance();
            factory.configure(address, MAX_CONNECTIONS_OF_ONE_ADDRESS, -1, true);
            factory.setOutstandingHandshakeLimit(MAX_HANDSHAKES); // counts only once it knows that it is secure
            ChannelHandler connections = read(NettyServerCnxnFactory.class, factory, "channelHandler", ChannelHandler.class);
            ServerBootstrap bootstrap = read(NettyServerCnxnFactory.class, factory, "bootstrap", ServerBootstrap.class);
            bootstrap.childHandler(new ChannelInitializer<>() {
                @Override
                protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(new SslHandler(Tls.engine(identity, false)), new HostCheck(identity, admitted), connections);
                }
            });
            return factory;
        } catch (ReflectiveOperationException e) {
            throw new IOException("this ZooKeeper is of another version than 3.9", e);
        }
    }

    /** Ends it; returns when the port is free. ZooKeeper forgets the thread of the group of its connections: it is ended here. */
    static void end(NettyServerCnxnFactory factory) {
        Channel listener = factory.getParentChannel();
        SocketAddress address = listener == null ? null : listener.localAddress();
        factory.shutdown();
        if (address != null) awaitFree(address);
        try {
            ChannelGroup all = read(NettyServerCnxnFactory.class, factory, "allChannels", ChannelGroup.class);
            read(all.getClass(), all, "executor", EventExecutor.class).shutdownGracefully();
        } catch (ReflectiveOperationException e) {
            LOG.warn("a thread of the server stays behind: {}", e.toString());
        }
    }

    /** A selector lets go of a socket that was closed only when its thread selects again, which Netty does not tell: so it is tried. */
    private static void awaitFree(SocketAddress address) {
        long end = System.nanoTime() + UNBIND_NANOS;
        while (!isFree(address) && System.nanoTime() - end < 0) LockSupport.parkNanos(PROBE_NANOS);
    }

    private static boolean isFree(SocketAddress address) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true); // as the server does
            probe.bind(address);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static <T> T read(Class<?> of, Object from, String name, Class<T> type) throws ReflectiveOperationException {
        Field field = of.getDeclaredField(name);
        field.setAccessible(true);
        return type.cast(field.get(from));
    }
}
