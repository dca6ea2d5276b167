// SPDX-License-Identifier: Apache-2.0
package org.violin.members;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.server.NettyServerCnxn;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.cluster.Identity;

/** Stands behind TLS in each connection to the server: lets through what an admitted host sends. Used in one event loop. */
final class HostCheck extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(HostCheck.class);
    /** No provider has it, so no client can claim it and no access list grants by it. */
    private static final String HOST_SCHEME = "violin-host";
    /** ZooKeeper keeps its own side of the connection under this name. */
    private static final AttributeKey<NettyServerCnxn> CONNECTION = AttributeKey.valueOf("NettyServerCnxn");

    private final Identity identity;
    private final Set<Channel> admitted;
    private boolean proved;

    /** @param admitted takes the channels of admitted hosts, until they are closed */
    HostCheck(Identity identity, Set<Channel> admitted) {
        this.identity = identity;
        this.admitted = admitted;
    }

    /** True when that host is among what ZooKeeper knows of the other end. */
    static boolean is(String host, List<Id> known) {
        return known.contains(new Id(HOST_SCHEME, host));
    }

    /** The session of ZooKeeper that goes on in that channel; 0: none yet. */
    static long session(Channel channel) {
        NettyServerCnxn connection = channel.attr(CONNECTION).get();
        return connection == null ? 0 : connection.getSessionId();
    }

    /** Who is at the other end. Throws when it is no admitted host, or no more. */
    static String peer(Identity identity, Channel channel) throws SSLPeerUnverifiedException {
        return identity.peer(tls(channel));
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent done && done.isSuccess()) handshaken(context.channel());
        context.fireUserEventTriggered(event);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (proved) {
            context.fireChannelRead(message);
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    private void handshaken(Channel channel) {
        admitted.add(channel); // before it is asked who that is: an expulsion meanwhile must find it
        channel.closeFuture().addListener(closed -> admitted.remove(channel));
        NettyServerCnxn connection = channel.attr(CONNECTION).get();
        try {
            String host = peer(identity, channel);
            if (connection == null) throw new SSLPeerUnverifiedException("the server is not up yet");
            connection.addAuthInfo(new Id(HostCertificates.SCHEME, Tls.subject(Tls.certificate(tls(channel)))));
            connection.addAuthInfo(new Id(HOST_SCHEME, host));
            proved = true;
        } catch (SSLPeerUnverifiedException e) {
            LOG.warn("refused {}: {}", channel.remoteAddress(), e.getMessage());
            channel.close();
        }
    }

    private static SSLSession tls(Channel channel) throws SSLPeerUnverifiedException {
        SslHandler handler = channel.pipeline().get(SslHandler.class);
        if (handler == null) throw new SSLPeerUnverifiedException("closed");
        return handler.engine().getSession();
    }
}
