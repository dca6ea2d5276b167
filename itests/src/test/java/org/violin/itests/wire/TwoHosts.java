// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.wire;

import java.io.IOException;
import java.util.List;
import org.violin.api.cluster.HostInfo;
import org.violin.api.dataplane.FrameDevice;
import org.violin.api.dataplane.LinkEnd;
import org.violin.api.dataplane.PollerProvider;
import org.violin.api.dataplane.PortStatus;
import org.violin.api.dataplane.TunnelStatus;
import org.violin.api.model.PortId;
import org.violin.cipher.none.NoneCipherProvider;
import org.violin.engine.TestHost;
import org.violin.itests.bench.Space;
import org.violin.linux.Tap;
import org.violin.tunnel.udp.TestTunnels;

/** Two overlay hosts in namespaces of their own, joined by a {@link Wire}, with one vLink between a vNIC at each. */
final class TwoHosts implements AutoCloseable {
    private static final int PORT = 4790;
    private static final int KEEPALIVE_MILLIS = 100;

    final Space spaceA = new Space();
    final Space spaceB = new Space();
    final Wire wire;
    private final Tap tapA;
    private final Tap tapB;
    private TestHost a;
    private TestHost b;

    TwoHosts(long seed) throws IOException {
        tapA = spaceA.tap("wire", 1500, "192.168.77.1/24");
        tapB = spaceB.tap("wire", 1500, "192.168.77.2/24");
        tapA.carrier(true);
        tapB.carrier(true);
        wire = new Wire(tapA, tapB, seed);
    }

    /** Starts both data planes and plugs a device in at each; returns when both tunnels are up. */
    void start(PollerProvider pollers, FrameDevice deviceA, FrameDevice deviceB, int sendBufferBytes, int queueBytes) throws Exception {
        List<HostInfo> hosts = List.of(host("a", 1), host("b", 2));
        a = host(pollers, "a", hosts, spaceA, sendBufferBytes, queueBytes);
        b = host(pollers, "b", hosts, spaceB, sendBufferBytes, queueBytes);
        lay(a, "a", "b", deviceA);
        lay(b, "b", "a", deviceB);
        org.violin.testkit.cluster.Eventually.eventually("both tunnels are up", () -> a.joined() && b.joined() && port("a").carrier() && port("b").carrier());
    }

    private static TestHost host(PollerProvider pollers, String name, List<HostInfo> hosts, Space space, int sendBufferBytes, int queueBytes) {
        return TestHost.open(pollers, name, hosts, 1, queueBytes,
                TestTunnels.in(space.path(), TestTunnels.udp(KEEPALIVE_MILLIS, sendBufferBytes)), new NoneCipherProvider());
    }

    private static HostInfo host(String name, int number) {
        return new HostInfo(name, "192.168.77." + number, PORT, 0, 0, 1, 1 << 30, List.of(), "test", number, 0, "");
    }

    private static void lay(TestHost host, String name, String other, FrameDevice device) {
        PortId id = PortId.parse("v/" + name + ":eth0");
        host.engine().openViolin("v", 1, "none");
        host.engine().openLink(1, new LinkEnd.Nic(id), new LinkEnd.Remote(other));
        host.engine().plug(id, device);
    }

    PortStatus port(String name) {
        return (name.equals("a") ? a : b).engine().ports().get(0);
    }

    /** As that host sees the other. */
    TunnelStatus tunnel(String name) {
        return (name.equals("a") ? a : b).engine().tunnels().stream().filter(t -> !t.peer().startsWith("(")).findFirst().orElseThrow();
    }

    @Override
    public void close() {
        if (a != null) a.close();
        if (b != null) b.close();
        wire.close();
        tapA.close();
        tapB.close();
        spaceA.close();
        spaceB.close();
    }
}
