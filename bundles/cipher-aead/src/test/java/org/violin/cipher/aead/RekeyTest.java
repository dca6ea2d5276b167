// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.violin.api.dataplane.Peer;

final class RekeyTest {
    private static final int SECOND = 20;

    private final TestLab lab = new TestLab();

    /** Traffic both ways, each datagram three ticks under way. */
    private static void traffic(Pair pair, int ticks) {
        Queue<Runnable> underWay = new ArrayDeque<>();
        for (int i = 0; i < ticks; i++) {
            Pair.Sent forth = pair.toB();
            Pair.Sent back = pair.toA();
            underWay.add(() -> {
                forth.arrives(pair.ba);
                back.arrives(pair.ab);
            });
            pair.net.ticks(1);
            if (underWay.size() > 3) underWay.remove().run();
        }
        underWay.forEach(Runnable::run);
    }

    @Test
    void byTimeWithoutAPause() {
        Pair pair = new Pair(lab).agree();
        traffic(pair, 610 * SECOND);
        assertEquals(5, pair.count(pair.a, Event.REKEYS));
        assertEquals(5, pair.count(pair.b, Event.REKEYS));
        assertTrue(pair.a.assigned.size() <= 3 && pair.b.assigned.size() <= 3);
        assertEquals(0, pair.count(pair.a, Event.OLD_KEY) + pair.count(pair.a, Event.FORGED) + pair.count(pair.a, Event.SEAL_REFUSED));
    }

    @Test
    void byVolumeWithoutAPause() {
        lab.options = new AeadOptions(120_000_000_000L, 10_000, 50);
        Pair pair = new Pair(lab).agree();
        traffic(pair, 200 * SECOND);
        assertTrue(pair.count(pair.a, Event.REKEYS) >= 10, () -> pair.a.cipher.counters().toString());
        assertEquals(0, pair.count(pair.b, Event.OLD_KEY));
    }

    @Test
    void whenTheNetworkLosesHalf() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        lab.options = new AeadOptions(600_000_000_000L, 1L << 40, 50);
        Pair pair = new Pair(lab);
        pair.net.wire(mail -> random.nextBoolean() ? mail : null);
        pair.agree();
        traffic(pair, 3600 * SECOND);
        assertTrue(pair.count(pair.a, Event.REKEYS) >= 4, () -> pair.a.cipher.counters().toString());
        assertEquals(0, pair.count(pair.a, Event.OLD_KEY) + pair.count(pair.b, Event.OLD_KEY));
    }

    @Test
    void keysThatCannotBeReplacedDie() {
        Pair pair = new Pair(lab).agree();
        Pair.Sent late = pair.toB();
        pair.net.wire(mail -> null);
        pair.net.ticks(179 * SECOND);
        pair.talk();
        pair.net.ticks(2 * SECOND);
        assertFalse(pair.ab.ready() || pair.ba.ready());
        late.isRefused(pair.ba);
        assertTrue(pair.a.assigned.isEmpty() && pair.b.assigned.isEmpty());
        pair.net.wire(mail -> mail);
        pair.agree();
        pair.talk();
    }

    @Test
    void bothBeginAtOnceAndBothAreServed() {
        Pair pair = new Pair(lab);
        pair.net.wire(mail -> mail.from().equals(pair.a.address) ? null : mail);
        pair.net.ticks(4);
        assertTrue(pair.count(pair.a, Event.INITIATIONS_SENT) > 0 && pair.count(pair.b, Event.INITIATIONS_SENT) > 0, "both have begun");
        assertFalse(pair.ba.ready());
        pair.net.wire(mail -> mail);
        pair.agree();
        pair.talk();
        traffic(pair, 10 * SECOND);
    }

    @Test
    void whoComesToKnowOfAViolinLaterNeedNotWaitForTheOther() {
        Pair pair = new Pair(lab);
        // b did not know of the violin when a began
        pair.net.wire(mail -> mail.from().equals(pair.a.address) && mail.content()[0] == Wire.INITIATION ? null : mail);
        pair.net.ticks(6);
        assertTrue(pair.ab.ready() && pair.ba.ready(), "by b's own initiation, within 0.3 s");
    }

    @Test
    void whoIsNeverAnsweredGivesWay() {
        Pair pair = new Pair(lab);
        // nothing that a begins gets to b: a knows a wrong address
        pair.net.wire(mail -> mail.from().equals(pair.a.address) && mail.content()[0] == Wire.INITIATION ? null : mail);
        pair.agree();
        pair.talk();
    }

    @Test
    void theResponderWaitsUntilItHears() {
        Pair pair = new Pair(lab);
        pair.net.wire(mail -> mail.content()[0] == Wire.CONFIRM ? null : mail);
        assertTrue(pair.net.until(() -> pair.ab.ready() || pair.ba.ready()));
        pair.net.ticks(2);
        boolean first = pair.ab.ready();
        assertFalse(pair.ab.ready() && pair.ba.ready());
        if (first) pair.toB().arrives(pair.ba);
        else pair.toA().arrives(pair.ab);
        assertTrue(pair.ab.ready() && pair.ba.ready(), "the first datagram confirms");
        pair.talk();
    }

    @Test
    void aPeerThatBeganAnewIsHeardAndItsOldDatagramsAreNot() {
        Pair pair = new Pair(lab).agree();
        Pair.Sent old = pair.toA();
        pair.b.cipher.release();
        pair.b.cipher = lab.provider("host-b").open("host-b", pair.b, null);
        pair.ba = pair.b.cipher.peer(pair.toA, 4711);
        assertTrue(pair.net.until(() -> pair.ba.ready()));
        pair.net.ticks(2);
        pair.talk();
        assertEquals(4711, pair.ab.epoch());
        old.isRefused(pair.ab);
        assertEquals(4711, pair.ab.epoch());
    }

    @Test
    void ownStateThatBeginsAnewNeedsNewKeys() {
        Pair pair = new Pair(lab).agree();
        Pair.Sent underWay = pair.toA();
        pair.ab = pair.a.cipher.peer(pair.toB, 4712);
        assertFalse(pair.ab.ready());
        underWay.arrives(pair.ab);
        pair.agree();
        pair.talk();
        assertEquals(4712, pair.ba.epoch());
    }

    @Test
    void aNewIncarnationMeansNewKeysWithoutAPause() {
        Pair pair = new Pair(lab).agree();
        pair.net.ticks(30);
        pair.a.cipher.peer(new Peer(pair.toB.id(), "host-b", "blue", 7, "aead", pair.b.address, 2), Pair.EPOCH_A);
        assertTrue(pair.ab.ready());
        traffic(pair, 60);
        assertEquals(1, pair.count(pair.a, Event.REKEYS));
    }
}
