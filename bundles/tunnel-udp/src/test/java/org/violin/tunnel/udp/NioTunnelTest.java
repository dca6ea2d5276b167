// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import org.violin.api.dataplane.TunnelProvider;
import org.violin.testkit.tunnel.DatagramTunnelContract;

/** The contract on plain Java sockets, as on systems without epoll. */
final class NioTunnelTest extends DatagramTunnelContract {
    @Override
    protected int ceiling() {
        return 1500;
    }

    @Override
    protected TunnelProvider provider() {
        return new UdpTunnelProvider(new UdpOptions("nio", "auto", "auto", 800, 100, 8 << 20, 1 << 20, 64, 300, 300_000));
    }
}
