// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.dataplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.violin.api.dataplane.CipherProvider;
import org.violin.api.dataplane.FrameDevice;
import org.violin.api.dataplane.FrameSink;
import org.violin.api.dataplane.HandOver;
import org.violin.api.dataplane.Peer;
import org.violin.api.dataplane.Poller;
import org.violin.api.dataplane.Tunnel;
import org.violin.api.dataplane.TunnelSettings;

/** The twins behave as the seams say. */
final class TwinsTest {
    private static final List<CipherProvider> CIPHERS = List.of(new MemoryCipherProvider("none"));

    private final MemoryPollerProvider machine = new MemoryPollerProvider();

    @Test
    void aPollerIsLevelTriggeredAndFair() {
        MemoryDevice a = machine.device();
        MemoryDevice b = machine.device();
        Poller poller = machine.open();
        poller.add(a.fd(), 0);
        poller.add(b.fd(), 70);
        a.guestSends(new byte[20]);
        b.guestSends(new byte[20]);
        int[] one = new int[1];
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            assertEquals(1, poller.await(0, one));
            order.add(one[0]);
        }
        assertEquals(List.of(0, 70, 0, 70), order);
        a.read(ByteBuffer.allocateDirect(100), 0, 100);
        poller.remove(b.fd());
        poller.remove(b.fd());
        assertEquals(0, poller.await(0, one));
    }

    @Test
    void wakeEndsOneWait() {
        Poller poller = machine.open();
        poller.wake();
        assertEquals(0, poller.await(-1, new int[1]));
    }

    @Test
    void aFullDeviceLosesAndAVanishedOneIsClosed() {
        MemoryDevice device = machine.device(2, 64);
        ByteBuffer slab = ByteBuffer.allocateDirect(64);
        assertEquals(40, device.write(slab, 0, 40));
        assertEquals(40, device.write(slab, 0, 40));
        assertEquals(0, device.write(slab, 0, 40));
        device.vanish();
        assertEquals(FrameDevice.CLOSED, device.write(slab, 0, 40));
        assertEquals(FrameDevice.CLOSED, device.read(slab, 0, 64));
    }

    @Test
    void faultsDropAndDoubleByTheirSeed() {
        MemoryDevice device = machine.device(300, 64);
        Faults faults = new Faults(1, 0.3, 0.5);
        FaultyDevice faulty = new FaultyDevice(device, faults);
        ByteBuffer slab = ByteBuffer.allocateDirect(64);
        for (int i = 0; i < 100; i++) assertEquals(40, faulty.write(slab, 0, 40));
        assertTrue(faults.dropped() > 10 && faults.duplicated() > 10);
        assertEquals(100 - faults.dropped() + faults.duplicated(), device.waiting());
        Faults again = new Faults(1, 0.3, 0.5);
        for (int i = 0; i < 100; i++) again.copies();
        assertEquals(faults.dropped(), again.dropped());
    }

    @Test
    void tunnelsAreUpWhenBothNameEachOtherAndCarryOnlyAfterAFlush() throws Exception {
        MemoryTunnelProvider provider = new MemoryTunnelProvider(false);
        Heard heard1 = new Heard();
        Heard heard2 = new Heard();
        Tunnel one = provider.open(settings("h1"), CIPHERS, heard1, null);
        Tunnel two = new FaultyTunnelProvider(provider, new Faults(1, 0, 1)).open(settings("h2"), CIPHERS, heard2, null);
        assertThrows(BindException.class, () -> provider.open(settings("h1"), CIPHERS, heard1, null));
        one.peers(List.of(new Peer("h2", "none", null, 1)));
        assertEquals(List.of(), heard1.events);
        two.peers(List.of(new Peer("h1", "none", null, 1)));
        assertEquals(List.of("h2 true"), heard1.events);
        ByteBuffer slab = ByteBuffer.allocateDirect(64);
        assertEquals(0, one.send("h2", 7, slab, 0, 40));
        assertEquals(Tunnel.NO_PEER, one.send("h3", 7, slab, 0, 40));
        assertEquals(0, provider.pump());
        one.flush();
        assertEquals(1, provider.pump());
        assertEquals(List.of("h1 true", "h1 7 40", "drained"), heard2.events);
        two.send("h1", 8, slab, 0, 41);
        two.flush();
        assertEquals(2, provider.pump());
        two.close();
        assertEquals("h2 false", heard1.events.get(heard1.events.size() - 1));
        assertFalse(provider.hosts().contains("h2"));
    }

    @Test
    void aTunnelGoesOnWhereAnotherWasReleasedAndWhatArrivedMeanwhileIsThere() throws Exception {
        MemoryTunnelProvider provider = new MemoryTunnelProvider(false);
        MemoryTunnelProvider other = provider.another("mem");
        Heard heard1 = new Heard();
        Heard heard2 = new Heard();
        Tunnel one = provider.open(settings("h1"), CIPHERS, heard1, null);
        Tunnel two = provider.open(settings("h2"), CIPHERS, heard2, null);
        one.peers(List.of(new Peer("h2", "none", null, 1)));
        two.peers(List.of(new Peer("h1", "none", null, 1)));
        ByteBuffer slab = ByteBuffer.allocateDirect(64);
        for (int i = 0; i < 3; i++) one.send("h2", 7, slab, 0, 40 + i);
        one.flush();
        provider.pump();
        HandOver left = one.release();
        two.send("h1", 9, slab, 0, 50);
        two.flush();
        assertFalse(heard2.events.contains("h1 false"));
        Tunnel next = other.open(settings("h1"), CIPHERS, heard1, left);
        next.peers(List.of(new Peer("h2", "none", null, 1)));
        next.send("h2", 7, slab, 0, 43);
        next.flush();
        provider.pump();
        assertEquals(1, other.wentOn());
        assertTrue(heard1.events.contains("h2 9 50"));
        assertEquals(List.of("h1 true", "h1 7 40", "h1 7 41", "h1 7 42", "drained", "h1 7 43", "drained"), heard2.events);
        next.release();
        provider.silence("h1");
        assertEquals("h1 false", heard2.events.get(heard2.events.size() - 1));
    }

    private static TunnelSettings settings(String host) {
        return new TunnelSettings(host, new InetSocketAddress("127.0.0.1", 4790), 1, 1500, 1 << 20);
    }

    private static final class Heard implements FrameSink {
        private final List<String> events = new ArrayList<>();

        @Override
        public void received(String peer, int vni, ByteBuffer slab, int offset, int length) {
            events.add(peer + " " + vni + " " + length);
        }

        @Override
        public void drained() {
            events.add("drained");
        }

        @Override
        public void peerState(String peer, boolean up) {
            events.add(peer + " " + up);
        }
    }
}
