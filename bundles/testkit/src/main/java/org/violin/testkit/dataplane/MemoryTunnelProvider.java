// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.dataplane;

import java.io.IOException;
import java.net.BindException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.violin.api.dataplane.CipherProvider;
import org.violin.api.dataplane.FrameSink;
import org.violin.api.dataplane.HandOver;
import org.violin.api.dataplane.Tunnel;
import org.violin.api.dataplane.TunnelProvider;
import org.violin.api.dataplane.TunnelSettings;

/**
 * Kind {@code mem}: joins several engines in one JVM. Frames are carried when the test calls {@link #pump}, or by a thread of each
 * tunnel when the provider was made with threads. A released tunnel leaves its sequence numbers; records that were not handed over wait.
 */
public final class MemoryTunnelProvider implements TunnelProvider {
    private final MemoryWire wire;
    private final String kind;
    private final boolean threads;
    private final AtomicLong wentOn = new AtomicLong();
    private volatile boolean refuse;

    public MemoryTunnelProvider(boolean threads) {
        this(new MemoryWire(), "mem", threads);
    }

    private MemoryTunnelProvider(MemoryWire wire, String kind, boolean threads) {
        this.wire = wire;
        this.kind = kind;
        this.threads = threads;
    }

    /** Another provider of that kind at the same underlay. */
    public MemoryTunnelProvider another(String otherKind) {
        return new MemoryTunnelProvider(wire, otherKind, threads);
    }

    @Override
    public String kind() {
        return kind;
    }

    /** From now on {@link #open} fails as when the address is taken, or no longer. */
    public void refuse(boolean yes) {
        refuse = yes;
    }

    @Override
    public Tunnel open(TunnelSettings settings, List<CipherProvider> ciphers, FrameSink sink, HandOver before) throws IOException {
        if (refuse) throw new BindException(settings.local() + " is in use");
        MemoryTunnel tunnel = MemoryTunnel.open(wire, kind, settings, ciphers, sink, before, threads);
        if (tunnel == null) throw new BindException(settings.host() + " has a tunnel already");
        if (tunnel.goesOn()) wentOn.incrementAndGet();
        return tunnel;
    }

    /** How many tunnels of this provider went on where another was. */
    public long wentOn() {
        return wentOn.get();
    }

    /** Hands over everything that waits, on the caller's thread, until nothing waits. Returns how many frames were carried. */
    public int pump() {
        int all = 0;
        int round;
        do {
            round = 0;
            for (MemoryWire.Mailbox box : wire.all()) {
                MemoryTunnel tunnel = box.owner;
                if (tunnel != null) round += tunnel.deliver();
            }
            all += round;
        } while (round > 0);
        return all;
    }

    /** A frame that pretends to come from a peer, by its id there, whatever the tunnels allow. */
    public void forge(String from, String to, int vni, byte[] record) {
        java.nio.ByteBuffer slab = java.nio.ByteBuffer.allocateDirect(record.length).put(0, record);
        wire.at(to).inject(from, vni, MemoryTunnel.FORGED, slab, record.length);
    }

    /** The hosts whose tunnel is open now. */
    public java.util.Set<String> hosts() {
        return wire.open();
    }

    /** A host whose tunnel was released has now been silent for so long that the others notice; what waited for it is lost. */
    public void silence(String host) {
        wire.drop(host);
        wire.changed();
    }

    /** Records that found a full mailbox, were refused by a tunnel or sent to nobody, so far. */
    public long lost() {
        long all = wire.refused.get();
        for (MemoryWire.Mailbox box : wire.all()) all += box.lost;
        return all;
    }
}
