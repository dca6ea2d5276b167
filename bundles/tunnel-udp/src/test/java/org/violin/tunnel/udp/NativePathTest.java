// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import org.violin.api.dataplane.TunnelProvider;
import org.violin.testkit.tunnel.PathContract;

final class NativePathTest extends PathContract {
    @Override
    protected TunnelProvider provider() {
        return new UdpTunnelProvider(new UdpOptions("native", "auto", "auto", 5000, 100, 8 << 20, 1 << 20, 64, 300, 300_000));
    }
}
