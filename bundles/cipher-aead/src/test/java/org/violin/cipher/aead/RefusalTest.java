// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.violin.api.dataplane.Peer;
import org.violin.testkit.cluster.TunnelIdentity;
import org.violin.testkit.tunnel.CipherNet;

/** Key exchanges and datagrams of those who must not take part. */
final class RefusalTest {
    private final TestLab lab = new TestLab();

    /** A lab of its own in which {@code host-a} believes the others' host-b: a stranger with the right addresses and public keys. */
    private Pair stranger() {
        TestLab strange = new TestLab();
        TunnelIdentity b = strange.identities.admit("host-b");
        lab.hosts.put("host-b", lab.identities.admit("host-b", b.keys()));
        return new Pair(lab, strange.provider("host-a"), lab.provider("host-b"));
    }

    @Test
    void aStrangerIsRefused() {
        lab.provider("host-a");
        Pair pair = stranger();
        pair.net.ticks(400);
        assertFalse(pair.ab.ready() || pair.ba.ready());
        assertTrue(pair.count(pair.b, Event.UNKNOWN_KEY) > 0);
        assertEquals(0, pair.count(pair.b, Event.HANDSHAKES));
    }

    @Test
    void anAdmittedHostUnderAnothersNameIsRefused() {
        lab.provider("host-b");
        Pair pair = new Pair(lab, lab.provider("host-c"), lab.provider("host-b"));
        pair.net.ticks(400);
        assertFalse(pair.ab.ready() || pair.ba.ready());
        assertTrue(pair.count(pair.b, Event.WRONG_PEER) > 0);
    }

    @Test
    void aViolinThatIsNotHereIsRefused() {
        Pair pair = new Pair(lab).agree();
        var red = pair.a.cipher.peer(new Peer("b/red", "host-b", "red", 7, "aead", pair.b.address, 1), 1);
        var eight = pair.a.cipher.peer(new Peer("b/8", "host-b", "blue", 8, "aead", pair.b.address, 1), 1);
        pair.net.ticks(200);
        assertFalse(red.ready() || eight.ready());
        assertTrue(pair.count(pair.b, Event.UNKNOWN_PEER) > 1);
        pair.talk();
    }

    @Test
    void anExpelledHostLosesItsSessionsAtOnce() {
        Pair pair = new Pair(lab).agree();
        pair.talk();
        Pair.Sent underWay = pair.toB();
        lab.identities.expel("host-a");
        assertFalse(pair.ba.ready());
        assertTrue(pair.b.assigned.isEmpty());
        underWay.isRefused(pair.ba);
        assertEquals(1, pair.count(pair.b, Event.EXPELLED));
        assertTrue(pair.count(pair.b, Event.OLD_KEY) > 0);
        pair.net.ticks(190 * 20);
        assertFalse(pair.ab.ready() || pair.ba.ready());
        assertTrue(pair.count(pair.b, Event.EXPELLED) > 1, "its initiations too");
        assertTrue(pair.b.assigned.isEmpty());
    }

    @Test
    void aHostAdmittedAnewNeedsItsNewKey() {
        Pair pair = new Pair(lab).agree();
        lab.identities.expel("host-a");
        lab.hosts.put("host-a", lab.identities.admit("host-a"));
        pair.net.ticks(200);
        assertFalse(pair.ba.ready(), "the old process has the old key");
        pair.a.cipher.release();
        pair.a.cipher = lab.provider("host-a").open("host-a", pair.a, null);
        pair.ab = pair.a.cipher.peer(pair.toB, Pair.EPOCH_A + 1);
        pair.agree();
        pair.talk();
    }

    @Test
    void recordedInitiationsAreReplays() {
        Pair pair = new Pair(lab);
        List<CipherNet.Mail> recorded = new ArrayList<>();
        pair.net.wire(mail -> {
            if (mail.content()[0] == Wire.INITIATION) recorded.add(mail);
            return mail;
        });
        pair.agree();
        pair.talk();
        long handshakes = pair.count(pair.b, Event.HANDSHAKES);
        for (CipherNet.Mail mail : recorded) pair.b.receive(CipherNet.address(500), mail.content());
        assertEquals(recorded.size(), pair.count(pair.b, Event.REPLAYED_INITIATION));
        pair.b.cipher.forget(pair.toA.id());
        pair.ba = pair.b.cipher.peer(pair.toA, Pair.EPOCH_B);
        for (CipherNet.Mail mail : recorded) pair.b.receive(CipherNet.address(500), mail.content());
        assertEquals(2 * recorded.size(), pair.count(pair.b, Event.REPLAYED_INITIATION), "also after it was forgotten");
        assertEquals(handshakes, pair.count(pair.b, Event.HANDSHAKES));
    }

    @Test
    void recordedResponsesAndConfirmationsAreNothing() {
        Pair pair = new Pair(lab);
        List<CipherNet.Mail> recorded = new ArrayList<>();
        pair.net.wire(mail -> {
            recorded.add(mail);
            return mail;
        });
        pair.agree();
        pair.net.ticks(10);
        for (CipherNet.Mail mail : List.copyOf(recorded)) {
            (mail.to().equals(pair.b.address) ? pair.b : pair.a).receive(CipherNet.address(500), mail.content());
        }
        assertEquals(1, pair.count(pair.a, Event.HANDSHAKES));
        assertEquals(1, pair.count(pair.b, Event.HANDSHAKES));
        assertTrue(pair.count(pair.a, Event.REPLAYED) + pair.count(pair.b, Event.REPLAYED) > 0, "confirmations");
        assertTrue(pair.count(pair.a, Event.OLD_KEY) + pair.count(pair.a, Event.UNKNOWN_INDEX) + pair.count(pair.a, Event.BAD_HANDSHAKE) > 0);
        pair.talk();
    }

    @Test
    void theSuiteCannotBeChangedUnderWay() {
        Pair pair = new Pair(lab);
        pair.net.wire(mail -> {
            byte[] changed = mail.content().clone();
            if (changed[0] == Wire.INITIATION || changed[0] == Wire.RESPONSE) changed[2] = (byte) (3 - changed[2]);
            return new CipherNet.Mail(mail.from(), mail.to(), fresh(changed, mail));
        });
        pair.net.ticks(200);
        assertFalse(pair.ab.ready() || pair.ba.ready());
        assertTrue(pair.count(pair.a, Event.BAD_HANDSHAKE) + pair.count(pair.b, Event.BAD_HANDSHAKE) > 0);
    }

    /** With a mac1 made anew, as whoever knows the public key can. */
    private byte[] fresh(byte[] changed, CipherNet.Mail mail) {
        String to = mail.to().equals(CipherNet.address(1)) ? "host-a" : "host-b";
        int at = changed.length - (changed[0] == Wire.INITIATION ? 2 : 1) * Wire.MAC;
        if (changed[0] > Wire.RESPONSE) return changed;
        byte[] mac = Wire.mac1(lab.hosts.get(to).tunnelKey(), java.util.Arrays.copyOf(changed, at));
        System.arraycopy(mac, 0, changed, at, mac.length);
        return changed;
    }

    @Test
    void hostsWithoutACommonSuiteDoNotTalk() {
        AeadEngine jdk = new JceEngine("jdk", null);
        Engines aes = new Engines(List.of(Suite.AES_256_GCM), Map.of(Suite.AES_256_GCM, jdk));
        Engines chacha = new Engines(List.of(Suite.CHACHA20_POLY1305), Map.of(Suite.CHACHA20_POLY1305, jdk));
        Pair pair = new Pair(lab, lab.provider("host-a", aes), lab.provider("host-b", chacha));
        pair.net.ticks(200);
        assertFalse(pair.ab.ready() || pair.ba.ready());
        assertTrue(pair.count(pair.b, Event.NO_SUITE) > 0);
    }

    @Test
    void theRespondersChoiceHolds() {
        AeadEngine jdk = new JceEngine("jdk", null);
        Engines chacha = new Engines(List.of(Suite.CHACHA20_POLY1305), Map.of(Suite.CHACHA20_POLY1305, jdk));
        for (boolean swap : new boolean[] {false, true}) {
            Pair pair = new Pair(lab, lab.provider("host-a", swap ? chacha : TestLab.JDK), lab.provider("host-b", swap ? lab.engines : chacha));
            pair.agree();
            pair.talk();
        }
    }

    @Test
    void datagramsOfKeysThatAreGoneAreOld() {
        Pair pair = new Pair(lab).agree();
        Pair.Sent old = pair.toB();
        pair.net.ticks(400 * 20);
        pair.agree();
        old.isRefused(pair.ba);
        assertEquals(1, pair.count(pair.b, Event.OLD_KEY));
        pair.talk();
    }
}
