// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import org.violin.api.dataplane.TunnelProvider;
import org.violin.testkit.tunnel.DatagramTunnelContract;

/** The contract on the kernel's own calls, with a cipher: each datagram is opened where it lies. */
final class NativeTunnelTest extends DatagramTunnelContract {
    @Override
    protected TunnelProvider provider() {
        return new UdpTunnelProvider(new UdpOptions("native", "auto", "auto", 800, 100, 8 << 20, 1 << 20, 64, 300, 300_000));
    }
}
