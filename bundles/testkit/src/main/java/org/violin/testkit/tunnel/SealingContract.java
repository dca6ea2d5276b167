// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.tunnel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.violin.api.dataplane.FrameCipher;
import org.violin.api.dataplane.Peer;

/** What is expected beyond {@link CipherContract} of a cipher that keeps secrets: nothing that an attacker does to datagrams is delivered. */
public abstract class SealingContract extends CipherContract {
    @Test
    void thePlaintextIsNowhere() {
        agree();
        byte[] marker = "a marker that everybody would find".getBytes(StandardCharsets.US_ASCII);
        Datagram one = Datagram.of(marker);
        one.seal(ab, 1);
        String sealed = new String(one.bytes(), StandardCharsets.ISO_8859_1);
        for (int at = 0; at + 6 <= marker.length; at++) {
            assertFalse(sealed.contains(new String(marker, at, 6, StandardCharsets.US_ASCII)));
        }
        Datagram two = Datagram.of(marker);
        two.seal(ab, 2);
        assertNotEquals(new String(two.bytes(), Datagram.HEADER, 16, StandardCharsets.ISO_8859_1), sealed.substring(12, 28), "same keystream");
    }

    @Test
    void everyBitCounts() {
        agree();
        Random random = new Random(11);
        Datagram good = Datagram.of(40, random);
        good.seal(ab, 1);
        for (int bit = 0; bit < good.bits(); bit++) {
            Datagram bad = good.copy();
            bad.flip(bit);
            assertEquals(FrameCipher.REJECTED, bad.open(ba, 1), "bit " + bit);
        }
        assertEquals(40, good.open(ba, 1), "forgeries before it must not harm the genuine one");
        good.assertPlain();
    }

    @Test
    void truncatedAndExtendedAreRefused() {
        agree();
        Datagram good = Datagram.of(40, new Random(12));
        good.seal(ab, 1);
        for (int cut = -16; cut <= 56; cut++) {
            if (cut == 0) continue;
            Datagram bad = good.copy();
            bad.truncate(cut);
            assertEquals(FrameCipher.REJECTED, bad.open(ba, 1), "cut " + cut);
        }
    }

    @Test
    void aCounterOrClassThatIsNotTheSendersIsRefused() {
        agree();
        Datagram good = Datagram.of(40, new Random(13));
        good.seal(ab, 5);
        assertEquals(FrameCipher.REJECTED, good.copy().open(ba, 6));
        assertEquals(FrameCipher.REJECTED, good.copy().open(ba, 5 | CONTROL));
        assertEquals(40, good.open(ba, 5));
    }

    @Test
    void replaysAreRefusedNearAndFar() {
        agree();
        Random random = new Random(14);
        for (long kind : new long[] {0, CONTROL}) {
            Datagram first = Datagram.of(40, random);
            first.seal(ab, kind);
            assertEquals(40, first.copy().open(ba, kind));
            assertEquals(FrameCipher.REJECTED, first.copy().open(ba, kind));
            Datagram later = Datagram.of(40, random);
            later.seal(ab, kind | 1);
            Datagram far = Datagram.of(40, random);
            far.seal(ab, kind | 100_000);
            assertEquals(40, far.copy().open(ba, kind | 100_000));
            assertEquals(FrameCipher.REJECTED, first.copy().open(ba, kind), "far behind");
            assertEquals(FrameCipher.REJECTED, later.open(ba, kind | 1), "never seen, too far behind to know");
            assertEquals(FrameCipher.REJECTED, far.copy().open(ba, kind | 100_000));
        }
    }

    @Test
    void reorderedDatagramsOpenOnce() {
        agree();
        Datagram[] all = new Datagram[64];
        for (int i = 0; i < all.length; i++) {
            all[i] = Datagram.of(20, new Random(i));
            all[i].seal(ab, i);
        }
        for (int round = 0; round < 2; round++) {
            for (int i = all.length - 1; i >= 0; i--) assertEquals(round == 0 ? 20 : FrameCipher.REJECTED, all[i].copy().open(ba, i));
        }
    }

    @Test
    void noCounterIsUsedTwice() {
        agree();
        assertTrue(Datagram.of(10, new Random(15)).seal(ab, 7) > 0);
        assertEquals(FrameCipher.REJECTED, Datagram.of(10, new Random(15)).seal(ab, 7));
        assertEquals(FrameCipher.REJECTED, Datagram.of(10, new Random(15)).seal(ab, 6));
        assertTrue(Datagram.of(10, new Random(15)).seal(ab, 7 | CONTROL) > 0, "the other class has its own");
        assertTrue(Datagram.of(10, new Random(15)).seal(ab, 8) > 0);
    }

    @Test
    void anotherViolinsDatagramsDoNotOpen() {
        FrameCipher red = a.cipher.peer(new Peer("b/red", "host-b", "red", 8, toB.cipher(), b.address, 1), 5);
        FrameCipher der = b.cipher.peer(new Peer("a/red", "host-a", "red", 8, toB.cipher(), a.address, 1), 6);
        assertTrue(net.until(() -> red.ready() && der.ready()));
        agree();
        Datagram datagram = Datagram.of(30, new Random(16));
        datagram.seal(red, 1);
        assertEquals(FrameCipher.REJECTED, datagram.copy().open(ba, 1));
        assertEquals(30, datagram.open(der, 1));
    }

    @Test
    void nobodyOpensItsOwn() {
        agree();
        Datagram datagram = Datagram.of(30, new Random(17));
        datagram.seal(ab, 1);
        assertEquals(FrameCipher.REJECTED, datagram.open(ab, 1));
    }
}
