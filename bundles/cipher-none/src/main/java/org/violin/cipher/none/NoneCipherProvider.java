// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.none;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.violin.api.dataplane.CipherLink;
import org.violin.api.dataplane.CipherProvider;
import org.violin.api.dataplane.FrameCipher;
import org.violin.api.dataplane.HandOver;
import org.violin.api.dataplane.Peer;
import org.violin.api.dataplane.TunnelCipher;

/** The cipher that changes nothing and adds nothing: payloads are readable and forgeable by anyone on the path. */
@Component
public final class NoneCipherProvider implements CipherProvider {
    @Override
    public String kind() {
        return "none";
    }

    @Override
    public TunnelCipher open(String host, CipherLink link, HandOver before) {
        return new Nothing();
    }

    private static final class Nothing implements TunnelCipher {
        @Override
        public boolean clear() {
            return true;
        }

        @Override
        public int overhead() {
            return 0;
        }

        @Override
        public FrameCipher peer(Peer peer, long epoch) {
            return new Plain();
        }

        @Override
        public void forget(String peerId) {
            // nothing is kept of a peer
        }

        @Override
        public void exchange(InetSocketAddress from, ByteBuffer slab, int offset, int length, long nowNanos) {
            // there are no keys to agree on
        }

        @Override
        public void tick(long nowNanos) {
            // nothing is due
        }

        @Override
        public Map<String, Long> counters() {
            return Map.of();
        }

        @Override
        public HandOver release() {
            return null;
        }
    }

    private static final class Plain implements FrameCipher {
        @Override
        public boolean ready() {
            return true;
        }

        @Override
        public int seal(ByteBuffer slab, int header, int offset, int length, long counter) {
            return length;
        }

        @Override
        public int open(ByteBuffer slab, int header, int offset, int length, long counter) {
            return length;
        }

        @Override
        public long epoch() {
            return 0;
        }
    }
}
