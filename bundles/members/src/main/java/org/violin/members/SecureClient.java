// SPDX-License-Identifier: Apache-2.0
package org.violin.members;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import javax.net.ssl.SSLEngine;
import org.apache.zookeeper.SecureSocket;
import org.violin.api.cluster.Identity;

/** This host's connections to ZooKeeper: TLS 1.3 under its identity, to the server that was meant and no other. */
final class SecureClient extends SecureSocket.Config {
    private final Identity identity;
    private final Runnable refused;
    private volatile String refusal = "";

    /** @param refused told when a connection was refused; must not block */
    SecureClient(Identity identity, Runnable refused) {
        this.identity = identity;
        this.refused = refused;
    }

    /** Why the last connection was refused, by either side; empty when it was not. */
    String refusal() {
        return refusal;
    }

    @Override
    public void secure(ChannelPipeline pipeline, InetSocketAddress address) {
        SSLEngine engine = Tls.engine(identity, true); // a fresh one without an address: nothing to resume
        pipeline.addFirst(new SslHandler(engine), new ServerCheck(identity, engine, address, this::refuse));
    }

    private void refuse(String why) {
        refusal = why;
        if (!why.isEmpty()) refused.run();
    }
}
