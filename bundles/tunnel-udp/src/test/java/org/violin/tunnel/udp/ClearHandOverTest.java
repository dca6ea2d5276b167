// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import org.violin.api.dataplane.CipherProvider;
import org.violin.api.dataplane.TunnelProvider;
import org.violin.testkit.tunnel.ClearCiphers;
import org.violin.testkit.tunnel.HandOverContract;

final class ClearHandOverTest extends HandOverContract {
    @Override
    protected TunnelProvider provider() {
        return new UdpTunnelProvider(new UdpOptions("native", "auto", "auto", 800, 100, 8 << 20, 1 << 20, 64, 300, 300_000));
    }

    @Override
    protected CipherProvider cipher() {
        return new ClearCiphers();
    }
}
