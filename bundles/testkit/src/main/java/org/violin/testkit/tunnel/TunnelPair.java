// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.tunnel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.violin.api.dataplane.CipherProvider;
import org.violin.api.dataplane.HandOver;
import org.violin.api.dataplane.Peer;
import org.violin.api.dataplane.Tunnel;
import org.violin.api.dataplane.TunnelProvider;
import org.violin.api.dataplane.TunnelSettings;
import org.violin.api.dataplane.TunnelStatus;

/** Two open tunnels on loopback, hosts {@code a} and {@code b}, that know each other directly or through a {@link FaultyRelay}. */
public final class TunnelPair implements AutoCloseable {
    /** Bound of what is under way at once in {@link #send}: less than a small receive buffer. */
    private static final int UNDER_WAY = 48;

    public final RecordingSink sinkA = new RecordingSink();
    public final RecordingSink sinkB = new RecordingSink();
    public final InetSocketAddress addressA = freeAddress();
    public final InetSocketAddress addressB = freeAddress();
    public final Tunnel a;
    public Tunnel b;
    private final TunnelProvider provider;
    private final CipherProvider ciphers;
    private final int pathMtuBytes;
    private final int queueBytes;
    private final FaultyRelay relay;

    public TunnelPair(
            TunnelProvider provider, CipherProvider ciphers, int pathMtuBytes, int queueBytes, boolean relayed) {
        this.provider = provider;
        this.ciphers = ciphers;
        this.pathMtuBytes = pathMtuBytes;
        this.queueBytes = queueBytes;
        try {
            relay = relayed ? new FaultyRelay(addressA, addressB) : null;
            a = provider.open(settings("a", addressA, 1), List.of(ciphers), sinkA, null);
            b = provider.open(settings("b", addressB, 2), List.of(ciphers), sinkB, null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        a.peers(List.of(peerB(2)));
        b.peers(List.of(peerA()));
    }

    /** The relay between the two. */
    public FaultyRelay relay() {
        return relay;
    }

    public Peer peerA() {
        return new Peer("a", ciphers.kind(), relay == null ? addressA : relay.sideOfB(), 1);
    }

    public Peer peerB(long incarnation) {
        return new Peer("b", ciphers.kind(), relay == null ? addressB : relay.sideOfA(), incarnation);
    }

    /** Closes B and opens it anew under another incarnation; A is not told. */
    public void restartB(long incarnation) {
        b.close();
        openB(incarnation, null);
    }

    /** Releases B and opens it anew with something else than what it left. */
    public void replaceB(HandOver instead) {
        b.release();
        openB(2, instead);
    }

    private void openB(long incarnation, HandOver before) {
        try {
            b = provider.open(settings("b", addressB, incarnation), List.of(ciphers), sinkB, before);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        b.peers(List.of(peerA()));
    }

    /** Sends records from A to B, each with the serial and of the length given, waiting so that no buffer on the way runs over. */
    public void send(int vni, int firstSerial, int[] lengths) {
        ByteBuffer slab = ByteBuffer.allocateDirect(Records.SLAB);
        int before = sinkB.count();
        long bytes = 0;
        for (int i = 0; i < lengths.length; i++) {
            Records.write(slab, 0, lengths[i], firstSerial + i);
            offer(vni, slab, lengths[i]);
            bytes += lengths[i];
            if (i % UNDER_WAY == UNDER_WAY - 1 || bytes > 100_000) {
                a.flush();
                int expected = before + i + 1;
                sinkB.await(sink -> sink.count() >= expected, 2000);
                bytes = 0;
            }
        }
        a.flush();
    }

    /** Sends one record from A to B, trying again while the queue is full. */
    public void offer(int vni, ByteBuffer slab, int length) {
        long deadline = System.nanoTime() + 5_000_000_000L;
        int result;
        while ((result = a.send("b", vni, slab, 0, length)) == Tunnel.FULL && System.nanoTime() < deadline) {
            a.flush();
            Thread.onSpinWait();
        }
        if (result < 0) throw new IllegalStateException("send gave " + result + " for five seconds");
    }

    /** What a tunnel counts for a peer. */
    public static TunnelStatus status(Tunnel tunnel, String peer) {
        return tunnel.status().stream().filter(one -> one.peer().equals(peer)).findFirst().orElseThrow();
    }

    /** All drops of a tunnel for a reason. */
    public static long drops(Tunnel tunnel, String reason) {
        return tunnel.status().stream().map(TunnelStatus::drops).map(Map::copyOf).mapToLong(map -> map.getOrDefault(reason, 0L)).sum();
    }

    /** A loopback address whose UDP port is free now. */
    public static InetSocketAddress freeAddress() {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
        } catch (SocketException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        a.close();
        b.close();
        if (relay != null) relay.close();
    }

    private TunnelSettings settings(String host, InetSocketAddress local, long incarnation) {
        return new TunnelSettings(host, local, incarnation, pathMtuBytes, queueBytes);
    }
}
