// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.violin.testkit.tunnel.CipherNet;

/** Strange addresses send initiations whose mac1 is good. */
final class FloodTest {
    private final TestLab lab = new TestLab();
    private final Pair pair = new Pair(lab);
    private final Random random = new Random(3);

    private byte[] forged() {
        byte[] message = new byte[Wire.LEAST_INITIATION + 64];
        random.nextBytes(message);
        System.arraycopy(Wire.header(Wire.INITIATION, Suite.AES_256_GCM, random.nextInt()), 0, message, 0, Wire.HEADER);
        int at = message.length - 2 * Wire.MAC;
        System.arraycopy(Wire.mac1(lab.hosts.get("host-b").tunnelKey(), Arrays.copyOf(message, at)), 0, message, at, Wire.MAC);
        return message;
    }

    private void flood(int ticks, int aTick, int addresses) {
        for (int i = 0; i < ticks; i++) {
            for (int k = 0; k < aTick; k++) pair.b.receive(CipherNet.address(1000 + random.nextInt(addresses)), forged());
            pair.net.ticks(1);
        }
    }

    @Test
    void workIsBoundedAndAnHonestPeerStillJoins() {
        pair.net.wire(mail -> null);
        flood(20, 100, 60_000);
        pair.net.wire(mail -> mail);
        flood(20 * 20, 100, 60_000);
        assertTrue(pair.count(pair.b, Event.BAD_HANDSHAKE) <= 25 * 23, () -> pair.b.cipher.counters().toString());
        assertTrue(pair.count(pair.b, Event.COOKIES_SENT) > 1000);
        assertTrue(pair.ab.ready() && pair.ba.ready(), () -> "joined under the flood: " + pair.b.cipher.counters());
        pair.talk();
    }

    @Test
    void aRunningSessionIsReplacedUnderTheFlood() {
        lab.options = new AeadOptions(20_000_000_000L, 1L << 40, 50);
        Pair running = new Pair(lab).agree();
        for (int i = 0; i < 25 * 20; i++) {
            for (int k = 0; k < 50; k++) running.b.receive(CipherNet.address(1000 + random.nextInt(60_000)), forged());
            running.net.ticks(1);
            running.talk();
        }
        assertEquals(1, running.count(running.b, Event.REKEYS));
    }

    @Test
    void cookiesForOneAddressAreFew() {
        flood(20, 200, 1);
        assertTrue(pair.count(pair.b, Event.COOKIES_SENT) <= 60, () -> pair.b.cipher.counters().toString());
        assertTrue(pair.count(pair.b, Event.OVERLOAD) > 1000);
    }

    @Test
    void aCookieIsGoodForItsAddressOnlyAndNotForLong() {
        byte[] key = lab.hosts.get("host-b").tunnelKey();
        Doorman door = new Doorman(key, 2, new java.security.SecureRandom());
        var here = CipherNet.address(1);
        long now = 5;
        byte[] message = forged();
        while (door.admit(here, message, message.length, now) == Doorman.Verdict.ADMIT) now++;
        byte[] proven = proven(door, here, message, key);
        assertEquals(Doorman.Verdict.COOKIE, door.admit(CipherNet.address(2), proven, proven.length, now));
        assertEquals(Doorman.Verdict.ADMIT, door.admit(here, proven, proven.length, now));
        now += 130_000_000_000L;
        exhaust(door, message, now);
        exhaust(door, message, now + 130_000_000_000L);
        assertEquals(Doorman.Verdict.COOKIE, door.admit(here, proven, proven.length, now + 130_000_000_000L));
    }

    private static void exhaust(Doorman door, byte[] message, long now) {
        while (door.admit(CipherNet.address(3), message, message.length, now) == Doorman.Verdict.ADMIT) Thread.onSpinWait();
    }

    private static byte[] proven(Doorman door, java.net.InetSocketAddress here, byte[] message, byte[] key) {
        Arrays.fill(message, message.length - Wire.MAC, message.length, (byte) 0);
        byte[] reply = door.reply(here, message, message.length);
        assertEquals(Wire.COOKIE_LENGTH, reply.length);
        assertTrue(reply.length < message.length);
        byte[] salt = Arrays.copyOfRange(reply, Wire.HEADER, Wire.HEADER + Wire.SALT);
        byte[] mac1 = Arrays.copyOfRange(message, message.length - 2 * Wire.MAC, message.length - Wire.MAC);
        try {
            byte[] cookie = Doorman.seal(false, Wire.cookieKey(key, salt), mac1, Arrays.copyOfRange(reply, Wire.HEADER + Wire.SALT, reply.length));
            byte[] proven = message.clone();
            byte[] mac2 = Hashes.hmac(cookie, Arrays.copyOf(message, message.length - Wire.MAC));
            System.arraycopy(mac2, 0, proven, proven.length - Wire.MAC, Wire.MAC);
            return proven;
        } catch (java.security.GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aWorkerWithoutRoomIsOverload() {
        lab.worker = task -> {
            throw new RejectedExecutionException();
        };
        Pair stuck = new Pair(lab);
        stuck.net.ticks(40);
        assertTrue(stuck.count(stuck.a, Event.OVERLOAD) > 0);
    }
}
