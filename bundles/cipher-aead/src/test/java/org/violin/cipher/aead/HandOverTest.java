// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.violin.api.dataplane.FrameCipher;
import org.violin.api.dataplane.HandOver;
import org.violin.testkit.tunnel.CipherNet;
import org.violin.testkit.tunnel.Datagram;

final class HandOverTest {
    private final Pair pair = new Pair().agree();

    private void replaceA() {
        pair.a.replace(pair.lab.provider("host-a"));
        pair.ab = pair.a.cipher.peer(pair.toB, Pair.EPOCH_A);
    }

    @Test
    void trafficGoesOnBothWaysWithoutAnotherExchange() {
        pair.net.ticks(4);
        pair.net.wire(mail -> {
            throw new AssertionError("a new exchange");
        });
        for (int round = 0; round < 50; round++) {
            pair.talk();
            List<Pair.Sent> underWay = new ArrayList<>();
            for (int i = 0; i < 20; i++) underWay.add(pair.toA());
            underWay.get(3).arrives(pair.ab);
            Pair.Sent before = pair.toB();
            replaceA();
            assertTrue(pair.ab.ready());
            before.arrives(pair.ba);
            underWay.get(3).isRefused(pair.ab);
            underWay.remove(3);
            for (Pair.Sent sent : underWay) sent.arrives(pair.ab);
            assertEquals(Pair.EPOCH_B, pair.ab.epoch());
            pair.net.ticks(1);
        }
        assertEquals(0, pair.count(pair.a, Event.HANDSHAKES));
        assertEquals(1, pair.count(pair.a, Event.REPLAYED));
        assertEquals(1, pair.a.assigned.size());
    }

    @Test
    void theOldCipherSealsNothingMore() {
        FrameCipher old = pair.ab;
        replaceA();
        assertFalse(old.ready());
        assertEquals(FrameCipher.REJECTED, Datagram.of(9, new Random(1)).seal(old, 1000));
        Pair.Sent sent = pair.toA();
        sent.isRefused(old);
        sent.arrives(pair.ab);
    }

    @Test
    void countersThatWereUsedStayUsed() {
        Datagram.of(9, new Random(1)).seal(pair.ab, 500);
        replaceA();
        assertEquals(FrameCipher.REJECTED, Datagram.of(9, new Random(1)).seal(pair.ab, 500));
        assertTrue(Datagram.of(9, new Random(1)).seal(pair.ab, 501) > 0);
    }

    @Test
    void keysAgeAsBefore() {
        pair.net.ticks(100 * 20);
        replaceA();
        assertTrue(pair.net.until(() -> pair.count(pair.a, Event.REKEYS) == 1), "re-key in time");
        pair.talk();
    }

    @Test
    void anotherEpochMeansAnotherExchange() {
        pair.a.replace(pair.lab.provider("host-a"));
        pair.ab = pair.a.cipher.peer(pair.toB, 77);
        assertFalse(pair.ab.ready());
        assertTrue(pair.a.assigned.isEmpty(), "old indices are given back");
        pair.agree();
        pair.talk();
        assertEquals(77, pair.ba.epoch());
    }

    @Test
    void expelledMeanwhileIsNotTakenOver() {
        HandOver left = pair.a.cipher.release();
        pair.lab.identities.expel("host-b");
        pair.a.cipher = pair.lab.provider("host-a").open("host-a", pair.a, left);
        pair.ab = pair.a.cipher.peer(pair.toB, Pair.EPOCH_A);
        assertFalse(pair.ab.ready());
        assertTrue(pair.a.assigned.isEmpty());
    }

    @Test
    void theRecordIsWipedByItsReader() {
        HandOver left = pair.a.replace(pair.lab.provider("host-a"));
        assertTrue(left.data().length > 100);
        assertEquals(0, Arrays.stream(boxed(left.data())).filter(one -> one != 0).count());
    }

    private static Byte[] boxed(byte[] bytes) {
        Byte[] boxed = new Byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) boxed[i] = bytes[i];
        return boxed;
    }

    @Test
    void whatNobodyAsksForIsGivenBack() {
        pair.a.replace(pair.lab.provider("host-a"));
        assertFalse(pair.a.assigned.isEmpty());
        pair.net.ticks(31 * 20);
        assertTrue(pair.a.assigned.isEmpty());
    }

    @Test
    void recordsThatAreBrokenBeginAnew() {
        Random random = new Random(5);
        HandOver good = pair.a.cipher.release();
        for (int i = 0; i < 2000; i++) {
            byte[] data = Arrays.copyOf(good.data(), random.nextInt(good.data().length + 1));
            for (int n = random.nextInt(4); n > 0 && data.length > 0; n--) data[random.nextInt(Math.min(80, data.length))] = (byte) random.nextInt();
            CipherNet.End end = new Pair(pair.lab).a;
            end.cipher.release();
            end.cipher = pair.lab.provider("host-a").open("host-a", end, new HandOver("aead-sessions", random.nextInt(3), data));
            end.cipher.tick(1);
            end.cipher.release();
        }
        pair.a.cipher = pair.lab.provider("host-a").open("host-a", pair.a, new HandOver("mac-table", 1, new byte[] {1, 2}));
        pair.ab = pair.a.cipher.peer(pair.toB, Pair.EPOCH_A);
        pair.agree();
        pair.talk();
    }

    @Test
    void nobodyListensToIdentitiesAfterwards() {
        int before = pair.lab.identities.listeners();
        for (int i = 0; i < 10; i++) replaceA();
        assertEquals(before, pair.lab.identities.listeners());
        assertNotNull(pair.a.cipher.release());
        pair.b.cipher.forget(pair.toA.id());
        assertNull(pair.b.cipher.release(), "no session, no record");
        assertEquals(0, pair.lab.identities.listeners());
    }
}
