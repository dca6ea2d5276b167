// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import io.netty.channel.epoll.Epoll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.violin.api.dataplane.TunnelProvider;
import org.violin.testkit.tunnel.PathContract;

final class EpollPathTest extends PathContract {
    @BeforeAll
    static void needsEpoll() {
        Assumptions.assumeTrue(Epoll.isAvailable(), "Netty's epoll library does not load here");
    }

    @Override
    protected TunnelProvider provider() {
        return new UdpTunnelProvider(new UdpOptions("epoll", "auto", "auto", 5000, 100, 8 << 20, 1 << 20, 64, 300, 300_000));
    }
}
