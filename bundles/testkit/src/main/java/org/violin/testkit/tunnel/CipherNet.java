// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.tunnel;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.violin.api.dataplane.CipherLink;
import org.violin.api.dataplane.CipherProvider;
import org.violin.api.dataplane.HandOver;
import org.violin.api.dataplane.TunnelCipher;

/**
 * A network that carries nothing but messages of key exchanges, in memory and in order, with a clock of its own. One thread drives it; ciphers
 * may send from others.
 */
public final class CipherNet {
    /** Between two ticks. */
    public static final long TICK_NANOS = 50_000_000L;

    private static final int ROUNDS = 2_000;
    private static final int GUARD = 64;

    /** A message on its way. */
    public record Mail(InetSocketAddress from, InetSocketAddress to, byte[] content) {}

    /** One host's tunnel, as far as its cipher sees it. */
    public final class End implements CipherLink {
        public final String host;
        public final InetSocketAddress address;
        /** Index to peer id. */
        public final Map<Integer, String> assigned = new ConcurrentHashMap<>();
        /** Peer ids as they were told, in order. */
        public final List<String> agreed = java.util.Collections.synchronizedList(new ArrayList<>());
        public TunnelCipher cipher;

        private End(String host, InetSocketAddress address) {
            this.host = host;
            this.address = address;
        }

        @Override
        public void send(InetSocketAddress to, ByteBuffer slab, int offset, int length) {
            byte[] content = new byte[length];
            slab.get(offset, content);
            synchronized (mail) {
                mail.add(new Mail(address, to, content));
            }
        }

        @Override
        public void assign(int index, String peerId) {
            assigned.put(index, peerId);
        }

        @Override
        public void withdraw(int index) {
            assigned.remove(index);
        }

        @Override
        public void agreed(String peerId, InetSocketAddress from) {
            agreed.add(peerId);
        }

        /** Hands the cipher a message as if it came from there. */
        public void receive(InetSocketAddress from, byte[] content) {
            ByteBuffer slab = ByteBuffer.allocateDirect(content.length + 2 * GUARD);
            slab.put(GUARD, content);
            cipher.exchange(from, slab, GUARD, content.length, nanos);
        }

        /** Releases the cipher and opens the next one with what it left. */
        public HandOver replace(CipherProvider provider) {
            HandOver left = cipher.release();
            cipher = provider.open(host, this, left);
            return left;
        }
    }

    private final Queue<Mail> mail = new ArrayDeque<>();
    private final Map<InetSocketAddress, End> ends = new TreeMap<>(java.util.Comparator.comparing(InetSocketAddress::toString));
    private long nanos = 1_000_000_000L;
    private UnaryOperator<Mail> wire = UnaryOperator.identity();

    /** A host whose cipher is of that provider. */
    public End end(String host, CipherProvider provider) {
        End end = new End(host, address(ends.size() + 1));
        ends.put(end.address, end);
        end.cipher = provider.open(host, end, null);
        return end;
    }

    /** The n-th host's address; any n is one. */
    public static InetSocketAddress address(int n) {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(new byte[] {10, (byte) (n >> 16), (byte) (n >> 8), (byte) n}), 4789);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What happens to each message: itself, another, or null for a loss. */
    public void wire(UnaryOperator<Mail> change) {
        wire = change;
    }

    /** The clock that ciphers are told. */
    public long nanos() {
        return nanos;
    }

    /** Delivers all there is, and what comes of it. */
    public void deliver() {
        for (Mail one = poll(); one != null; one = poll()) {
            Mail changed = wire.apply(one);
            End end = changed == null ? null : ends.get(changed.to());
            if (end != null) end.receive(changed.from(), changed.content());
        }
    }

    private Mail poll() {
        synchronized (mail) {
            return mail.poll();
        }
    }

    /** Lets so many ticks pass. */
    public void ticks(long count) {
        for (long i = 0; i < count; i++) {
            nanos += TICK_NANOS;
            for (End end : ends.values()) end.cipher.tick(nanos);
            deliver();
        }
    }

    /** Lets time pass until it is so; false: it never was, in 100 s of the clock. */
    public boolean until(BooleanSupplier condition) {
        for (int i = 0; i < ROUNDS; i++) {
            if (condition.getAsBoolean()) return true;
            ticks(1);
            Thread.yield();
        }
        return condition.getAsBoolean();
    }
}
