// SPDX-License-Identifier: Apache-2.0
package org.violin.swap;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.violin.api.dataplane.CipherLink;
import org.violin.api.dataplane.CipherProvider;
import org.violin.api.dataplane.FrameCipher;
import org.violin.api.dataplane.Peer;
import org.violin.api.dataplane.TunnelCipher;

/**
 * Two ciphers of one provider, joined in memory. They carry a payload both ways when they agree on keys; a cipher that agrees only with
 * admitted hosts does not, and then shows that it opens, does not seal, and ends.
 */
final class CipherTrial {
    private static final int HEADER = 16;
    private static final int PAYLOAD = 48;
    private static final int ROUNDS = 40;

    private final CipherProvider provider;

    private CipherTrial(CipherProvider provider) {
        this.provider = provider;
    }

    static String run(CipherProvider provider) throws Broken {
        return new CipherTrial(provider).run();
    }

    private String run() throws Broken {
        End left = new End("trial1", 1);
        End right = new End("trial2", 2);
        try {
            left.meet(right);
            right.meet(left);
            boolean agreed = agree(left, right);
            int overhead = left.cipher.overhead();
            if (overhead < 0 || overhead > 256) throw new Broken("overhead of " + overhead + " bytes");
            left.cipher.counters();
            if (agreed) {
                carry(left, right);
                carry(right, left);
            }
            left.cipher.forget(right.name);
            return agreed ? "a payload went both ways, " + overhead + " bytes longer" : "opened and released; keys only with admitted hosts";
        } finally {
            left.cipher.release();
            right.cipher.release();
        }
    }

    private static boolean agree(End left, End right) {
        for (int round = 0; round < ROUNDS; round++) {
            if (left.with.ready() && right.with.ready()) return true;
            long now = System.nanoTime() + round * 50_000_000L;
            left.cipher.tick(now);
            right.cipher.tick(now);
            left.receive(right, now);
            right.receive(left, now);
        }
        return left.with.ready() && right.with.ready();
    }

    private static void carry(End from, End to) throws Broken {
        ByteBuffer slab = ByteBuffer.allocateDirect(HEADER + PAYLOAD + 256);
        for (int i = 0; i < PAYLOAD; i++) slab.put(HEADER + i, (byte) i);
        int sealed = from.with.seal(slab, 0, HEADER, PAYLOAD, 1);
        if (sealed < PAYLOAD) throw new Broken("seal answered " + sealed);
        int opened = to.with.open(slab, 0, HEADER, sealed, 1);
        if (opened != PAYLOAD) throw new Broken("open answered " + opened + " for a payload of " + PAYLOAD + " bytes");
        for (int i = 0; i < PAYLOAD; i++) {
            if (slab.get(HEADER + i) != (byte) i) throw new Broken("what was sealed came out changed");
        }
    }

    /** One of the two; what it sends waits until the other takes it. */
    private final class End implements CipherLink {
        private static final int MAX_WAITING = 64;

        final String name;
        final InetSocketAddress address;
        final TunnelCipher cipher;
        private final Deque<byte[]> sent = new ArrayDeque<>();
        FrameCipher with;

        End(String name, int number) throws Broken {
            this.name = name;
            this.address = new InetSocketAddress("127.0.0.1", number);
            this.cipher = provider.open(name, this, null);
            if (cipher == null) throw new Broken("open gave no cipher");
        }

        void meet(End other) throws Broken {
            with = cipher.peer(new Peer(other.name, provider.kind(), other.address, 1), 1);
            if (with == null) throw new Broken("peer gave no association");
        }

        void receive(End from, long nowNanos) {
            for (byte[] message = from.take(); message != null; message = from.take()) {
                ByteBuffer slab = ByteBuffer.allocateDirect(message.length + 256).put(0, message);
                cipher.exchange(from.address, slab, 0, message.length, nowNanos);
            }
        }

        private byte[] take() {
            synchronized (sent) {
                return sent.poll();
            }
        }

        @Override
        public void send(InetSocketAddress to, ByteBuffer slab, int offset, int length) {
            byte[] copy = new byte[length];
            slab.get(offset, copy);
            synchronized (sent) {
                if (sent.size() < MAX_WAITING) sent.add(copy);
            }
        }

        @Override
        public void assign(int index, String peerId) {}

        @Override
        public void withdraw(int index) {}

        @Override
        public void agreed(String peerId, InetSocketAddress from) {}
    }
}
