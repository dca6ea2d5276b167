// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.tunnel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A bad UDP path on loopback between A and B. A sends to {@link #sideOfA} and hears from there; so does B with {@link #sideOfB}.
 * Faults can be changed while it runs. One thread for each direction.
 */
public final class FaultyRelay implements AutoCloseable {
    /** What is held back comes out after so long without traffic. */
    private static final int QUIET_MILLIS = 5;

    private final DatagramSocket nearA;
    private volatile DatagramSocket nearB;
    private final DatagramSocket firstNearB;
    private final InetSocketAddress a;
    private final AtomicInteger longest = new AtomicInteger();
    private volatile Consumer<byte[]> tap = bytes -> {};
    private volatile int limit = Integer.MAX_VALUE;
    private volatile Faults toB = Faults.none();
    private volatile Faults toA = Faults.none();

    public FaultyRelay(InetSocketAddress a, InetSocketAddress b) throws SocketException {
        this.a = a;
        nearA = socket();
        nearB = firstNearB = socket();
        start("relay a-b", nearA, () -> toB, bytes -> send(nearB, bytes, b));
        start("relay b-a", nearB, () -> toA, bytes -> send(nearA, bytes, a));
    }

    /** What A takes for B. */
    public InetSocketAddress sideOfA() {
        return (InetSocketAddress) nearA.getLocalSocketAddress();
    }

    /** What B takes for A. */
    public InetSocketAddress sideOfB() {
        return (InetSocketAddress) nearB.getLocalSocketAddress();
    }

    /** From now on B hears A from another address, {@link #sideOfB}, as behind a router that forgot; the old one still leads to A. */
    public void rebindB() throws SocketException {
        DatagramSocket other = socket();
        start("relay b-a anew", other, () -> toA, bytes -> send(nearA, bytes, a));
        nearB = other;
    }

    /** From now on sees what A sends. */
    public void tap(Consumer<byte[]> seen) {
        tap = seen;
    }

    /** From now on; what the old faults held back is lost. */
    public void faults(Faults aToB, Faults bToA) {
        toB = aToB;
        toA = bToA;
    }

    /** From now on longer datagrams are lost, both ways: bytes of UDP payload. */
    public void limit(int bytes) {
        limit = bytes;
    }

    /** Bytes of the longest datagram seen. */
    public int longest() {
        return longest.get();
    }

    @Override
    public void close() {
        nearA.close();
        nearB.close();
        firstNearB.close();
    }

    private static DatagramSocket socket() throws SocketException {
        DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        socket.setReceiveBufferSize(4 << 20);
        socket.setSoTimeout(QUIET_MILLIS);
        return socket;
    }

    private void start(String name, DatagramSocket from, java.util.function.Supplier<Faults> faults, Consumer<byte[]> onward) {
        Thread thread = new Thread(() -> {
            DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
            while (!from.isClosed()) {
                try {
                    packet.setLength(65_536);
                    from.receive(packet);
                } catch (SocketTimeoutException e) {
                    faults.get().release(onward);
                    continue;
                } catch (IOException e) {
                    continue;
                }
                longest.accumulateAndGet(packet.getLength(), Math::max);
                if (packet.getLength() > limit) continue;
                byte[] bytes = Arrays.copyOf(packet.getData(), packet.getLength());
                if (from == nearA) tap.accept(bytes);
                faults.get().pass(bytes, onward);
            }
        }, name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void send(DatagramSocket from, byte[] bytes, InetSocketAddress to) {
        try {
            from.send(new DatagramPacket(bytes, bytes.length, to));
        } catch (IOException e) {
            if (!from.isClosed()) throw new UncheckedIOException(e);
        }
    }
}
