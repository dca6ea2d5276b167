// SPDX-License-Identifier: Apache-2.0
package org.violin.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ParkedSocketsTest {
    private static InetSocketAddress free() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
        }
    }

    private static void send(InetSocketAddress to, int value) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.send(new DatagramPacket(new byte[] {(byte) value}, 1, to));
        }
    }

    private static int receive(UdpSocket socket) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(64);
        Message message = new Message(1);
        message.part(Slabs.of(bytes), 64);
        socket.timeout(2000);
        assertEquals(1, socket.receive(message, true));
        assertEquals(InetAddress.getLoopbackAddress(), message.sender().getAddress());
        return bytes.get(0);
    }

    @Test
    void whatArrivesMeanwhileWaitsAndOnlyOneAdopts() throws IOException {
        InetSocketAddress local = free();
        UdpSocket first = UdpSocket.open(local);
        send(local, 1);
        assertEquals(1, receive(first));
        first.park();
        send(local, 2);
        assertThrows(IOException.class, () -> new DatagramSocket(local).close(), "the address is taken");
        assertNull(UdpSocket.adopt(free()));
        try (UdpSocket next = UdpSocket.adopt(local)) {
            assertSame(first, next);
            assertNull(UdpSocket.adopt(local));
            assertEquals(2, receive(next));
        }
    }

    @Test
    void whoOpensAnewGetsAFreshSocket() throws IOException {
        InetSocketAddress local = free();
        UdpSocket.open(local).park();
        send(local, 1);
        try (UdpSocket next = UdpSocket.open(local)) {
            send(local, 2);
            assertEquals(2, receive(next));
        }
        UdpSocket.open(local).park();
        UdpSocket.discard(local);
        UdpSocket.open(local).close();
    }

    @Test
    void nobodyComesAndAllIsClosed() throws IOException {
        ParkedSockets parked = new ParkedSockets(50_000_000);
        InetSocketAddress local = free();
        parked.park(UdpSocket.open(local), local);
        for (int i = 0; i < 1000 && parked.count() > 0; i++) LockSupport.parkNanos(10_000_000);
        assertEquals(0, parked.count());
        new DatagramSocket(local).close();
    }

    @Test
    void theyAreFew() throws IOException {
        ParkedSockets parked = new ParkedSockets(ParkedSockets.LIMIT_NANOS);
        InetSocketAddress oldest = free();
        parked.park(UdpSocket.open(oldest), oldest);
        for (int i = 0; i < ParkedSockets.MOST + 3; i++) {
            InetSocketAddress local = free();
            parked.park(UdpSocket.open(local), local);
        }
        assertEquals(ParkedSockets.MOST, parked.count());
        assertNull(parked.take(oldest));
        new DatagramSocket(oldest).close();
        assertTrue(ParkedSockets.namespace().startsWith("net:"), ParkedSockets.namespace());
    }
}
