// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.io.IOException;
import java.util.List;
import org.violin.api.dataplane.CipherProvider;
import org.violin.api.dataplane.FrameSink;
import org.violin.api.dataplane.HandOver;
import org.violin.api.dataplane.Tunnel;
import org.violin.api.dataplane.TunnelProvider;
import org.violin.api.dataplane.TunnelSettings;
import org.violin.linux.Netns;

/** Tunnels of kind {@code udp} by the kernel's own calls, for integration tests and benchmarks: no configuration service, any namespace. */
public final class TestTunnels {
    private TestTunnels() {}

    /** As configured by default, but for the time between signs of life (ms) and the socket's send buffer (bytes). */
    public static TunnelProvider udp(int keepaliveMillis, int sendBufferBytes) {
        return new UdpTunnelProvider(
                new UdpOptions("native", "auto", "auto", 3000, keepaliveMillis, 8 << 20, sendBufferBytes, 64, 5, 1000));
    }

    /** The same tunnels, their sockets in the namespace that a path such as {@code /proc/PID/ns/net} names. */
    public static TunnelProvider in(String namespace, TunnelProvider tunnels) {
        return new TunnelProvider() {
            @Override
            public String kind() {
                return tunnels.kind();
            }

            @Override
            public Tunnel open(TunnelSettings settings, List<CipherProvider> ciphers, FrameSink sink, HandOver before) throws IOException {
                return Netns.call(namespace, () -> tunnels.open(settings, ciphers, sink, before));
            }
        };
    }
}
