// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.dataplane;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.violin.api.dataplane.CipherProvider;
import org.violin.api.dataplane.FrameSink;
import org.violin.api.dataplane.HandOver;
import org.violin.api.dataplane.Peer;
import org.violin.api.dataplane.Tunnel;
import org.violin.api.dataplane.TunnelProvider;
import org.violin.api.dataplane.TunnelSettings;
import org.violin.api.dataplane.TunnelStatus;

/** Any tunnel, but records that are sent get lost or doubled. */
public final class FaultyTunnelProvider implements TunnelProvider {
    private final TunnelProvider inner;
    private final Faults faults;

    public FaultyTunnelProvider(TunnelProvider inner, Faults faults) {
        this.inner = inner;
        this.faults = faults;
    }

    @Override
    public String kind() {
        return inner.kind();
    }

    @Override
    public Tunnel open(TunnelSettings settings, List<CipherProvider> ciphers, FrameSink sink, HandOver before) throws IOException {
        return new FaultyTunnel(inner.open(settings, ciphers, sink, before), faults);
    }

    private record FaultyTunnel(Tunnel inner, Faults faults) implements Tunnel {
        @Override
        public void peers(List<Peer> peers) {
            inner.peers(peers);
        }

        @Override
        public int send(String peer, int vni, ByteBuffer slab, int offset, int length) {
            int result = 0;
            for (int copies = faults.copies(); copies > 0; copies--) result = inner.send(peer, vni, slab, offset, length);
            return result;
        }

        @Override
        public boolean congested(String peer) {
            return inner.congested(peer);
        }

        @Override
        public boolean idle(String peer) {
            return inner.idle(peer);
        }

        @Override
        public HandOver release() {
            return inner.release();
        }

        @Override
        public void flush() {
            inner.flush();
        }

        @Override
        public List<TunnelStatus> status() {
            return inner.status();
        }

        @Override
        public void close() {
            inner.close();
        }
    }
}
