// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.violin.api.dataplane.Peer;
import org.violin.api.dataplane.Tunnel;
import org.violin.api.dataplane.TunnelSettings;
import org.violin.testkit.tunnel.RecordingSink;
import org.violin.testkit.tunnel.Records;
import org.violin.testkit.tunnel.TagCiphers;

final class Ipv6TunnelTest {
    private static InetSocketAddress free(InetAddress address) {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(address, 0))) {
            return new InetSocketAddress(address, socket.getLocalPort());
        } catch (SocketException e) {
            Assumptions.abort("no IPv6 on loopback: " + e.getMessage());
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"native", "epoll", "nio"})
    void recordsCrossIpv6(String transport) throws IOException {
        if (transport.equals("epoll")) Assumptions.assumeTrue(io.netty.channel.epoll.Epoll.isAvailable());
        UdpTunnelProvider provider = new UdpTunnelProvider(new UdpOptions(transport, "auto", "auto", 800, 100, 1 << 20, 1 << 20, 64, 300, 300_000));
        InetAddress loopback = InetAddress.getByName("::1");
        TunnelSettings a = new TunnelSettings("a", free(loopback), 1, 1280, 1 << 20);
        TunnelSettings b = new TunnelSettings("b", free(InetAddress.getByName("::")), 2, 1280, 1 << 20);
        InetSocketAddress atB = new InetSocketAddress(loopback, b.local().getPort());
        RecordingSink sink = new RecordingSink();
        try (Tunnel from = provider.open(a, List.of(new TagCiphers()), new RecordingSink(), null); Tunnel to = provider.open(b, List.of(new TagCiphers()), sink, null)) {
            to.peers(List.of(new Peer("a", "tag", a.local(), 1)));
            from.peers(List.of(new Peer("b", "tag", atB, 2)));
            ByteBuffer slab = ByteBuffer.allocateDirect(Records.SLAB);
            for (int i = 0; i < 3; i++) {
                Records.write(slab, 0, 20_000, i);
                assertEquals(0, from.send("b", 9, slab, 0, 20_000));
                from.flush();
            }
            assertTrue(sink.await(s -> s.count() == 3, 5000), "arrived: " + sink.count());
            assertEquals(List.of(0, 1, 2), sink.serials(9));
            assertTrue(from.status().get(0).datagramsOut() >= 60_000 / (1280 - 48), "cut for IPv6");
        }
    }
}
