// SPDX-License-Identifier: Apache-2.0
package org.apache.zookeeper;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.reflect.Field;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import org.apache.zookeeper.client.ZKClientConfig;

/**
 * ZooKeeper's socket over Netty, with handlers of our choice in front. ZooKeeper 3.9 takes its keys from files only and has no place for an
 * SSLContext in its client, and {@link ClientCnxnSocketNetty} is open to its own package only: hence the package of this class, and the look
 * into two private fields. Named to ZooKeeper by {@link ZKClientConfig#ZOOKEEPER_CLIENT_CNXN_SOCKET}.
 */
public final class SecureSocket extends ClientCnxnSocketNetty {
    private final Config config;
    private final EventLoopGroup loop;
    private final Field connecting;

    SecureSocket(ZKClientConfig config) throws IOException {
        super(config);
        this.config = (Config) config;
        try {
            loop = (EventLoopGroup) open("eventLoopGroup").get(this);
            connecting = open("connectFuture");
        } catch (ReflectiveOperationException e) {
            throw new IOException("this ZooKeeper is of another version than 3.9", e);
        }
    }

    /** The handlers are there before the first byte: all happens within one turn of the only event loop, which also connects. */
    @Override
    void connect(InetSocketAddress address) throws IOException {
        try {
            loop.submit(() -> {
                super.connect(address);
                ChannelFuture future = (ChannelFuture) connecting.get(this);
                if (future != null) config.secure(future.channel().pipeline(), address);
                return null;
            }).get();
        } catch (ExecutionException | RejectedExecutionException e) {
            throw new IOException("cannot connect to " + address, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while connecting to " + address);
        }
    }

    private static Field open(String name) throws ReflectiveOperationException {
        Field field = ClientCnxnSocketNetty.class.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }

    /** A client's configuration that knows how to secure its connections. */
    public abstract static class Config extends ZKClientConfig {
        protected Config() {
            setProperty(ZOOKEEPER_CLIENT_CNXN_SOCKET, SecureSocket.class.getName());
            setProperty(SECURE_CLIENT, "false"); // not by files: by secure()
        }

        /** Puts handlers first in the pipeline of a connection. Called in its event loop, before it connects to the address. */
        public abstract void secure(ChannelPipeline pipeline, InetSocketAddress address);
    }
}
