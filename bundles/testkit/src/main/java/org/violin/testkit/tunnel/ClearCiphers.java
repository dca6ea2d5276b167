// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.tunnel;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Map;
import org.violin.api.dataplane.CipherLink;
import org.violin.api.dataplane.CipherProvider;
import org.violin.api.dataplane.FrameCipher;
import org.violin.api.dataplane.HandOver;
import org.violin.api.dataplane.Peer;
import org.violin.api.dataplane.TunnelCipher;

/** Kind {@code none}: changes nothing and says so, as {@code cipher-none} does. */
public final class ClearCiphers implements CipherProvider {
    @Override
    public String kind() {
        return "none";
    }

    @Override
    public TunnelCipher open(String host, CipherLink link, HandOver before) {
        return new Nothing();
    }

    private static final class Nothing implements TunnelCipher, FrameCipher {
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
            return this;
        }

        @Override
        public void forget(String peerId) {}

        @Override
        public void exchange(InetSocketAddress from, ByteBuffer slab, int offset, int length, long nowNanos) {}

        @Override
        public void tick(long nowNanos) {}

        @Override
        public Map<String, Long> counters() {
            return Map.of();
        }

        @Override
        public HandOver release() {
            return null;
        }

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
