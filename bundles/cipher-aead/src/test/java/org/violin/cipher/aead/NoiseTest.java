// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.interfaces.XECPrivateKey;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.violin.testkit.cluster.TunnelIdentity;
import org.violin.testkit.tunnel.CipherNet;

/** The handshake's bytes against {@link SlowNoise}, and that against published results. */
final class NoiseTest {
    private static final HexFormat HEX = HexFormat.of();
    private final TunnelIdentity.Lab lab = new TunnelIdentity.Lab();
    private final TunnelIdentity a = lab.admit("host-a");
    private final TunnelIdentity b = lab.admit("host-b");

    private static byte[] scalar(KeyPair keys) {
        return ((XECPrivateKey) keys.getPrivate()).getScalar().orElseThrow();
    }

    @Test
    void slowX25519IsThatOfRfc7748() {
        // section 5.2, first vector; section 6.1, public keys and shared secret
        assertArrayEquals(
                HEX.parseHex("c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"),
                SlowNoise.x25519(
                        HEX.parseHex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4"),
                        HEX.parseHex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c")));
        byte[] alice = HEX.parseHex("77076d0a7318a57d3c16c17251b26645df4c2ed5ff2fa6a0ac5e4b6a4f3b2c3d");
        byte[] bob = HEX.parseHex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
        assertArrayEquals(SlowNoise.x25519(alice, SlowNoise.x25519(bob, SlowNoise.BASE)), SlowNoise.x25519(bob, SlowNoise.x25519(alice, SlowNoise.BASE)));
        assertArrayEquals(
                HEX.parseHex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"), SlowNoise.x25519(bob, SlowNoise.BASE));
    }

    @Test
    void slowHmacIsThatOfRfc4231() throws Exception {
        // section 4.3: key "Jefe"
        assertArrayEquals(
                HEX.parseHex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
                SlowNoise.hmac("Jefe".getBytes(), "what do ya want for nothing?".getBytes()));
    }

    @Test
    void theJdksCurveIsTheSlowOne() throws Exception {
        for (int i = 0; i < 20; i++) {
            KeyPair one = Curve.generate();
            KeyPair two = Curve.generate();
            byte[] expected = SlowNoise.x25519(scalar(one), SlowNoise.x25519(scalar(two), SlowNoise.BASE));
            assertArrayEquals(expected, Curve.agree(one.getPrivate(), Curve.bytes(two.getPublic())));
        }
    }

    @Test
    void worthlessKeysAreRefused() {
        KeyPair own = Curve.generate();
        byte[] zero = new byte[32];
        byte[] one = Arrays.copyOf(new byte[] {1}, 32);
        byte[] order8 = HEX.parseHex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800");
        for (byte[] worthless : new byte[][] {zero, one, order8}) {
            assertThrows(GeneralSecurityException.class, () -> Curve.agree(own.getPrivate(), worthless));
            assertNull(NoiseIk.initiator(Suite.AES_256_GCM, new byte[0], a, own, worthless).initiation(new byte[0]));
            byte[] message = Arrays.copyOf(worthless, 200);
            assertNull(NoiseIk.responder(Suite.AES_256_GCM, new byte[0], b).initiator(message));
        }
    }

    @Test
    void everyByteIsThatOfTheSpecification() throws Exception {
        Random random = new Random(8);
        for (Suite suite : Suite.values()) {
            for (int round = 0; round < 10; round++) {
                byte[] prologue = new byte[random.nextInt(60)];
                byte[] offer = new byte[random.nextInt(100)];
                byte[] answer = new byte[random.nextInt(100)];
                for (byte[] one : new byte[][] {prologue, offer, answer}) random.nextBytes(one);
                KeyPair ei = Curve.generate();
                KeyPair er = Curve.generate();
                SlowNoise slow = new SlowNoise(
                        suite.protocol, prologue, scalar(a.keys()), scalar(ei), scalar(b.keys()), scalar(er), offer, answer);
                NoiseIk initiator = NoiseIk.initiator(suite, prologue, a, ei, b.tunnelKey());
                NoiseIk responder = NoiseIk.responder(suite, prologue, b);
                byte[] first = initiator.initiation(offer);
                assertArrayEquals(slow.first, first);
                assertArrayEquals(a.tunnelKey(), responder.initiator(first));
                assertArrayEquals(offer, responder.payload(first));
                byte[] second = responder.response(er, answer);
                assertArrayEquals(slow.second, second);
                assertNull(initiator.accept(new byte[second.length]), "a forged one does no harm");
                assertArrayEquals(answer, initiator.accept(second));
                byte[][] ours = initiator.split();
                assertArrayEquals(slow.toResponder, ours[0]);
                assertArrayEquals(slow.toInitiator, ours[1]);
                assertArrayEquals(slow.toResponder, responder.split()[0]);
            }
        }
    }

    @Test
    void whatIsHashedMustBeTheSame() {
        for (int what = 0; what < 3; what++) {
            NoiseIk initiator = NoiseIk.initiator(Suite.AES_256_GCM, new byte[] {1}, a, Curve.generate(), b.tunnelKey());
            NoiseIk responder = what == 0 ? NoiseIk.responder(Suite.AES_256_GCM, new byte[] {2}, b)
                    : what == 1 ? NoiseIk.responder(Suite.CHACHA20_POLY1305, new byte[] {1}, b)
                    : NoiseIk.responder(Suite.AES_256_GCM, new byte[] {1}, lab.admit("host-c"));
            assertNull(responder.initiator(initiator.initiation(new byte[40])));
        }
    }

    /** A responder written by hand that chooses what was not offered, or nothing there is. */
    @Test
    void aResponderCannotChooseWhatWasNotOffered() {
        for (int number : new int[] {Suite.CHACHA20_POLY1305.number, 0, 9}) {
            TestLab tests = new TestLab();
            Engines aes = new Engines(java.util.List.of(Suite.AES_256_GCM), TestLab.JDK.chosen());
            Pair pair = new Pair(tests, tests.provider("host-a", aes), tests.provider("host-b"));
            pair.net.wire(mail -> mail.content()[0] != Wire.INITIATION || mail.from().equals(pair.b.address) ? null : answered(mail, tests, number, pair));
            pair.net.ticks(10);
            assertTrue(pair.count(pair.a, Event.DOWNGRADE) > 0, () -> pair.a.cipher.counters().toString());
            assertEquals(0, pair.count(pair.a, Event.HANDSHAKES));
        }
    }

    private static CipherNet.Mail answered(CipherNet.Mail mail, TestLab tests, int number, Pair pair) {
        byte[] message = mail.content();
        NoiseIk noise = NoiseIk.responder(Suite.of(message[2]), Wire.prologue(message), tests.hosts.get("host-b"));
        byte[] body = Arrays.copyOfRange(message, Wire.HEADER, message.length - 2 * Wire.MAC);
        byte[] key = noise.initiator(body);
        Wire.Offer offer = Wire.read(noise.payload(body));
        assertNotNull(offer);
        assertEquals(java.util.List.of(Suite.AES_256_GCM), offer.suites());
        assertEquals("blue", offer.violin());
        assertEquals(7, offer.channel());
        byte[] payload = Wire.answer(1, 5, Suite.AES_256_GCM);
        payload[12] = (byte) number;
        byte[] covered = Wire.join(Wire.header(Wire.RESPONSE, Suite.AES_256_GCM, Wire.index(message)), noise.response(Curve.generate(), payload));
        pair.a.receive(mail.to(), Wire.join(covered, Wire.mac1(key, covered)));
        return null;
    }
}
