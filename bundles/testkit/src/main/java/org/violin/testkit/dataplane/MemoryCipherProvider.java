// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.dataplane;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.violin.api.dataplane.CipherLink;
import org.violin.api.dataplane.CipherProvider;
import org.violin.api.dataplane.FrameCipher;
import org.violin.api.dataplane.HandOver;
import org.violin.api.dataplane.Peer;
import org.violin.api.dataplane.TunnelCipher;

/** A cipher of any kind for {@link MemoryTunnelProvider}, which seals nothing: it counts its openings, and hands that number over. */
public final class MemoryCipherProvider implements CipherProvider {
    private final String kind;
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger wentOn = new AtomicInteger();
    private volatile Runnable first = () -> {};

    public MemoryCipherProvider(String kind) {
        this.kind = kind;
    }

    @Override
    public String kind() {
        return kind;
    }

    /** What is done first at each opening from now on: throw, or hang. */
    public void whenOpened(Runnable task) {
        first = task;
    }

    /** Ciphers that were opened and not released. */
    public int open() {
        return open.get();
    }

    /** Ciphers that went on with what another left. */
    public int wentOn() {
        return wentOn.get();
    }

    @Override
    public TunnelCipher open(String host, CipherLink link, HandOver before) {
        first.run();
        open.incrementAndGet();
        if (before != null && before.kind().equals("mem-cipher")) wentOn.incrementAndGet();
        return new Cipher();
    }

    private final class Cipher implements TunnelCipher {
        @Override
        public int overhead() {
            return 0;
        }

        @Override
        public FrameCipher peer(Peer peer, long epoch) {
            throw new UnsupportedOperationException("tunnels in memory seal nothing");
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
            open.decrementAndGet();
            return new HandOver("mem-cipher", 1, new byte[] {1});
        }
    }
}
