// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.tunnel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.violin.api.dataplane.CipherProvider;
import org.violin.api.dataplane.FrameCipher;
import org.violin.api.dataplane.Peer;

/**
 * What tunnels expect of any cipher, clear or with keys. A plugin's test extends this; one that really protects extends
 * {@link SealingContract}.
 */
public abstract class CipherContract {
    protected static final long EPOCH_A = 0x1122334455667788L;
    protected static final long EPOCH_B = -2;
    protected static final long CONTROL = Long.MIN_VALUE;
    private static final int[] LENGTHS = {0, 1, 15, 16, 17, 1440, 65_000};

    protected final CipherNet net = new CipherNet();
    protected CipherNet.End a;
    protected CipherNet.End b;
    protected Peer toA;
    protected Peer toB;
    protected FrameCipher ab;
    protected FrameCipher ba;

    /** The plugin under test, on that host. All that a test asks for must understand each other. Hosts are called {@code host-a} and so on. */
    protected abstract CipherProvider provider(String host);

    @BeforeEach
    final void open() {
        a = net.end("host-a", provider("host-a"));
        b = net.end("host-b", provider("host-b"));
        toB = new Peer("b/blue", "host-b", "blue", 7, provider("host-a").kind(), b.address, 1);
        toA = new Peer("a/blue", "host-a", "blue", 7, provider("host-a").kind(), a.address, 1);
        ab = a.cipher.peer(toB, EPOCH_A);
        ba = b.cipher.peer(toA, EPOCH_B);
    }

    /** Lets time pass until both can seal. */
    protected final void agree() {
        assertTrue(net.until(() -> ab.ready() && ba.ready()), "no keys: " + a.cipher.counters() + " " + b.cipher.counters());
    }

    private boolean clear() {
        return a.cipher.clear();
    }

    @Test
    void theKindIsAWord() {
        assertTrue(provider("host-a").kind().matches("[a-z][a-z0-9-]*"), provider("host-a").kind());
    }

    @Test
    void clearCiphersAreReadyAndAddNothing() {
        if (!clear()) return;
        assertTrue(ab.ready() && ba.ready());
        assertEquals(0, a.cipher.overhead());
        Datagram datagram = Datagram.of(100, new Random(1));
        assertEquals(100, datagram.seal(ab, 5));
        datagram.assertPlain();
        assertEquals(100, datagram.open(ba, 5));
        datagram.assertPlain();
        assertTrue(a.assigned.isEmpty());
    }

    @Test
    void withoutKeysNothingIsSealed() {
        if (clear()) return;
        assertFalse(ab.ready());
        assertEquals(FrameCipher.REJECTED, Datagram.of(10, new Random(2)).seal(ab, 0));
    }

    @Test
    void keysAreAgreedOnAndToldToTheTunnel() {
        agree();
        if (clear()) return;
        assertTrue(a.agreed.contains(toB.id()), a.agreed::toString);
        assertTrue(b.agreed.contains(toA.id()), b.agreed::toString);
        assertTrue(a.assigned.containsValue(toB.id()));
        assertTrue(b.assigned.containsValue(toA.id()));
    }

    @Test
    void whatIsSealedOpensOnTheOtherSide() {
        agree();
        Random random = new Random(3);
        long counter = 0;
        for (long kind : new long[] {0, CONTROL}) {
            for (int length : LENGTHS) {
                for (boolean forth : new boolean[] {true, false}) {
                    Datagram datagram = Datagram.of(length, random);
                    long used = kind | counter++;
                    assertEquals(length + a.cipher.overhead(), datagram.seal(forth ? ab : ba, used));
                    if (!clear()) {
                        CipherNet.End receiver = forth ? b : a;
                        assertEquals(forth ? toA.id() : toB.id(), receiver.assigned.get(datagram.index()));
                    }
                    assertEquals(length, datagram.open(forth ? ba : ab, used));
                    datagram.assertPlain();
                }
            }
        }
    }

    @Test
    void thePeersEpochIsTold() {
        agree();
        Datagram datagram = Datagram.of(20, new Random(4));
        datagram.seal(ab, 1);
        datagram.open(ba, 1);
        assertEquals(clear() ? 0 : EPOCH_A, ba.epoch());
        datagram = Datagram.of(20, new Random(4));
        datagram.seal(ba, 1);
        datagram.open(ab, 1);
        assertEquals(clear() ? 0 : EPOCH_B, ab.epoch());
    }

    @Test
    void lostMessagesAreSentAgain() {
        for (int lost : new int[] {1, 2, 3}) {
            a.cipher.forget(toB.id());
            b.cipher.forget(toA.id());
            AtomicInteger left = new AtomicInteger(lost);
            net.wire(mail -> left.getAndDecrement() > 0 ? null : mail);
            ab = a.cipher.peer(toB, EPOCH_A);
            ba = b.cipher.peer(toA, EPOCH_B);
            agree();
        }
    }

    @Test
    void aPeerThatMovesKeepsItsAssociation() {
        agree();
        Peer moved = new Peer(toB.id(), toB.host(), toB.violin(), toB.channel(), toB.cipher(), CipherNet.address(99), 1);
        FrameCipher again = a.cipher.peer(moved, EPOCH_A);
        assertTrue(again.ready());
        Datagram datagram = Datagram.of(50, new Random(5));
        datagram.seal(again, 9);
        assertEquals(50, datagram.open(ba, 9));
    }

    @Test
    void violinsOfOnePairOfHostsAreApart() {
        Peer redB = new Peer("b/red", "host-b", "red", 8, toB.cipher(), b.address, 1);
        Peer redA = new Peer("a/red", "host-a", "red", 8, toB.cipher(), a.address, 1);
        FrameCipher red = a.cipher.peer(redB, 5);
        FrameCipher der = b.cipher.peer(redA, 6);
        assertTrue(net.until(() -> red.ready() && der.ready()));
        agree();
        if (clear()) return;
        Datagram one = Datagram.of(30, new Random(6));
        one.seal(red, 1);
        assertEquals(redA.id(), b.assigned.get(one.index()));
        Datagram two = Datagram.of(30, new Random(6));
        two.seal(ab, 1);
        assertEquals(toA.id(), b.assigned.get(two.index()));
    }

    @Test
    void forgottenPeersLeaveNothing() {
        agree();
        a.cipher.forget(toB.id());
        a.cipher.forget("never heard of");
        assertTrue(a.assigned.isEmpty());
        if (clear()) return;
        assertTrue(net.until(() -> a.assigned.isEmpty()));
    }

    @Test
    void garbageIsNoKeyExchange() {
        Random random = new Random(7);
        for (int i = 0; i < 2000; i++) {
            byte[] garbage = new byte[random.nextInt(300)];
            random.nextBytes(garbage);
            if (garbage.length > 1 && random.nextBoolean()) garbage[0] = (byte) random.nextInt(6);
            b.receive(CipherNet.address(random.nextInt(1000)), garbage);
        }
        agree();
    }

    @Test
    void countersAreWords() {
        agree();
        a.cipher.counters().keySet().forEach(word -> assertTrue(word.matches("[a-z][a-z0-9-]*"), word));
    }

    @Test
    void whatWasReleasedIsQuiet() {
        agree();
        a.cipher.release();
        if (!clear()) assertFalse(ab.ready());
        a.cipher.tick(net.nanos());
        a.cipher.forget(toB.id());
        assertEquals(Set.of(), Set.copyOf(a.cipher.counters().values().stream().filter(n -> n < 0).toList()));
        assertEquals(List.of(), b.agreed.stream().filter(id -> !id.equals(toA.id())).toList());
    }
}
