// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.dataplane;

import java.io.IOException;
import java.net.BindException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.violin.api.dataplane.FrameCipher;
import org.violin.api.dataplane.FrameSink;
import org.violin.api.dataplane.Tunnel;
import org.violin.api.dataplane.TunnelProvider;
import org.violin.api.dataplane.TunnelSettings;

/**
 * Kind {@code mem}: joins several engines in one JVM. Frames are carried when the test calls {@link #pump}, or by a thread of each
 * tunnel when the provider was made with threads.
 */
public final class MemoryTunnelProvider implements TunnelProvider {
    private final Map<String, MemoryTunnel> open = new ConcurrentHashMap<>();
    private final boolean threads;
    private volatile boolean refuse;

    public MemoryTunnelProvider(boolean threads) {
        this.threads = threads;
    }

    @Override
    public String kind() {
        return "mem";
    }

    /** From now on {@link #open} fails as when the address is taken, or no longer. */
    public void refuse(boolean yes) {
        refuse = yes;
    }

    @Override
    public Tunnel open(TunnelSettings settings, FrameCipher cipher, FrameSink sink) throws IOException {
        if (refuse) throw new BindException(settings.local() + " is in use");
        MemoryTunnel tunnel = new MemoryTunnel(this, settings, sink, threads);
        if (open.putIfAbsent(settings.host(), tunnel) != null) throw new BindException(settings.host() + " has a tunnel already");
        return tunnel;
    }

    /** Hands over everything that waits, on the caller's thread, until nothing waits. Returns how many frames were carried. */
    public int pump() {
        int all = 0;
        int round;
        do {
            round = 0;
            for (MemoryTunnel tunnel : List.copyOf(open.values())) round += tunnel.deliver();
            all += round;
        } while (round > 0);
        return all;
    }

    /** A frame that pretends to come from a host, whatever the tunnels allow. */
    public void forge(String from, String to, int vni, byte[] record) {
        java.nio.ByteBuffer slab = java.nio.ByteBuffer.allocateDirect(record.length).put(0, record);
        open.get(to).inject(from, vni, slab, record.length);
    }

    /** The hosts whose tunnel is open now. */
    public java.util.Set<String> hosts() {
        return java.util.Set.copyOf(open.keySet());
    }

    MemoryTunnel at(String host) {
        return open.get(host);
    }

    void closed(String host, MemoryTunnel tunnel) {
        open.remove(host, tunnel);
        changed();
    }

    /** Tells everyone who is up now: both ends are open and name each other. */
    void changed() {
        for (MemoryTunnel tunnel : open.values()) tunnel.refreshPeers();
    }
}
