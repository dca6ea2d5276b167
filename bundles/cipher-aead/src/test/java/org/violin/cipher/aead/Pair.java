// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.violin.api.dataplane.CipherProvider;
import org.violin.api.dataplane.FrameCipher;
import org.violin.api.dataplane.Peer;
import org.violin.testkit.tunnel.CipherNet;
import org.violin.testkit.tunnel.Datagram;

/** Two hosts with an association, and sequences that rise as a tunnel's do. */
final class Pair {
    static final long EPOCH_A = 41;
    static final long EPOCH_B = 42;

    final TestLab lab;
    final CipherNet net = new CipherNet();
    final CipherNet.End a;
    final CipherNet.End b;
    final Peer toA;
    final Peer toB;
    FrameCipher ab;
    FrameCipher ba;
    private final Random random = new Random(99);
    private long forth;
    private long back;

    Pair() {
        this(new TestLab());
    }

    Pair(TestLab lab) {
        this(lab, lab.provider("host-a"), lab.provider("host-b"));
    }

    Pair(TestLab lab, CipherProvider ofA, CipherProvider ofB) {
        this.lab = lab;
        a = net.end("host-a", ofA);
        b = net.end("host-b", ofB);
        toA = new Peer("a/blue", "host-a", "blue", 7, "aead", a.address, 1);
        toB = new Peer("b/blue", "host-b", "blue", 7, "aead", b.address, 1);
        ab = a.cipher.peer(toB, EPOCH_A);
        ba = b.cipher.peer(toA, EPOCH_B);
    }

    Pair agree() {
        // The net's time is its own; a provider's worker has a thread, whose time is the machine's.
        assertTrue(net.until(() -> {
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
            return ab.ready() && ba.ready();
        }), () -> "no keys: " + a.cipher.counters() + " " + b.cipher.counters());
        return this;
    }

    /** A sealed datagram to b, not opened yet, with its counter. */
    Sent toB() {
        return sent(ab, forth++);
    }

    Sent toA() {
        return sent(ba, back++);
    }

    private Sent sent(FrameCipher cipher, long counter) {
        Datagram datagram = Datagram.of(random.nextInt(200), random);
        int length = datagram.seal(cipher, counter);
        return new Sent(datagram, counter, length - Suite.TAG);
    }

    /** One datagram each way that must arrive. */
    void talk() {
        toB().arrives(ba);
        toA().arrives(ab);
    }

    long count(CipherNet.End end, Event event) {
        return end.cipher.counters().get(event.word);
    }

    /** A datagram on its way. */
    record Sent(Datagram datagram, long counter, int length) {
        void arrives(FrameCipher at) {
            assertTrue(length >= 0, "was not sealed");
            Datagram copy = datagram.copy();
            assertEquals(length, copy.open(at, counter));
            copy.assertPlain();
        }

        void isRefused(FrameCipher at) {
            assertEquals(FrameCipher.REJECTED, datagram.copy().open(at, counter));
        }
    }
}
