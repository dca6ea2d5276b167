// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;

/**
 * Decides what is done for whom before anything dear is computed, as WireGuard does (whitepaper, section 5.4.7): mac1 shows that a sender
 * knows this host's public key; under load mac2 shows that it receives at the address it sends from. Keeps nothing of any sender but
 * counts in tables of fixed size. Receive thread only.
 */
final class Doorman {
    enum Verdict { ADMIT, COOKIE, DROP }

    private static final long SECRET_NANOS = 120_000_000_000L;
    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final int SLOTS = 4096;
    /** Of addresses that share a slot, in a second. */
    private static final int COOKIES_A_SLOT = 20;
    private static final int PROVEN_A_SLOT = 8;
    /** Cookies in a second for each key exchange in a second. */
    private static final int COOKIES = 200;

    private final SecureRandom random;
    private final byte[] label;
    private final Mac mac1;
    private final Budget strangers;
    private final Budget proven;
    private final Budget cookies;
    private final int[] cookieSlots = new int[SLOTS];
    private final int[] provenSlots = new int[SLOTS];
    private final int salt;
    private byte[] secret;
    private byte[] secretBefore;
    private long secretNanos;
    private long slotsNanos;

    /** @param perSecond initiations worked on in a second, half of them without a proof of the address */
    Doorman(byte[] publicKey, int perSecond, SecureRandom random) {
        this.random = random;
        label = Hashes.labelled("cookie--", publicKey);
        mac1 = Hashes.hmac(Hashes.labelled("mac1----", publicKey));
        strangers = new Budget(Math.max(1, perSecond / 2));
        proven = new Budget(Math.max(1, perSecond));
        cookies = new Budget(perSecond * COOKIES);
        salt = random.nextInt() | 1;
        secret = fresh(Hashes.HASH);
        secretBefore = fresh(Hashes.HASH);
    }

    /** True when the MAC at that place covers all before it under this host's public key. */
    boolean knowsUs(byte[] message, int at) {
        mac1.update(message, 0, at);
        return same(mac1.doFinal(), message, at);
    }

    /** Whether an initiation, whose mac1 is good, is worked on. */
    Verdict admit(InetSocketAddress from, byte[] message, int length, long nowNanos) {
        if (strangers.take(nowNanos)) return Verdict.ADMIT;
        turn(nowNanos);
        int slot = Arrays.hashCode(from.getAddress().getAddress()) * salt >>> 20 & SLOTS - 1;
        if (proves(from, message, length)) {
            boolean room = provenSlots[slot]++ < PROVEN_A_SLOT && proven.take(nowNanos);
            return room ? Verdict.ADMIT : Verdict.DROP;
        }
        return cookieSlots[slot]++ < COOKIES_A_SLOT && cookies.take(nowNanos) ? Verdict.COOKIE : Verdict.DROP;
    }

    private boolean proves(InetSocketAddress from, byte[] message, int length) {
        int at = length - Wire.MAC;
        boolean none = true;
        for (int i = at; i < length; i++) none &= message[i] == 0;
        if (none) return false;
        byte[] covered = Arrays.copyOf(message, at);
        return same(Hashes.hmac(cookie(secret, from), covered), message, at) || same(Hashes.hmac(cookie(secretBefore, from), covered), message, at);
    }

    /** The cookie reply to an initiation: shorter than it. */
    byte[] reply(InetSocketAddress from, byte[] message, int length) {
        byte[] fresh = fresh(Wire.SALT);
        byte[] header = Wire.header(Wire.COOKIE, null, Wire.index(message));
        byte[] initiationMac = Arrays.copyOfRange(message, length - 2 * Wire.MAC, length - Wire.MAC);
        try {
            return Wire.join(header, fresh, seal(true, Hashes.hmac(label, fresh), initiationMac, cookie(secret, from)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no ChaCha20-Poly1305", e);
        }
    }

    /** Seals or opens a cookie under a key that is used once. */
    static byte[] seal(boolean sealing, byte[] key, byte[] mac1, byte[] input) throws GeneralSecurityException {
        Suite suite = Suite.CHACHA20_POLY1305;
        Cipher cipher = JceEngine.cipher(suite, null);
        JceEngine.init(cipher, suite, sealing, JceEngine.spec(suite, key), new byte[Suite.NONCE]);
        cipher.updateAAD(mac1);
        return cipher.doFinal(input);
    }

    private void turn(long nowNanos) {
        if (nowNanos - slotsNanos >= SECOND_NANOS || slotsNanos == 0) {
            Arrays.fill(cookieSlots, 0);
            Arrays.fill(provenSlots, 0);
            slotsNanos = nowNanos;
        }
        if (secretNanos == 0) secretNanos = nowNanos;
        if (nowNanos - secretNanos < SECRET_NANOS) return;
        secretBefore = secret;
        secret = fresh(Hashes.HASH);
        secretNanos = nowNanos;
    }

    private static byte[] cookie(byte[] secret, InetSocketAddress from) {
        byte[] address = from.getAddress().getAddress();
        byte[] port = ByteBuffer.allocate(Short.BYTES).putShort((short) from.getPort()).array();
        return Arrays.copyOf(Hashes.hmac(secret, address, port), Wire.MAC);
    }

    private byte[] fresh(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** In a time that does not depend on where they differ. */
    private static boolean same(byte[] mac, byte[] message, int at) {
        int difference = 0;
        for (int i = 0; i < Wire.MAC; i++) difference |= mac[i] ^ message[at + i];
        return difference == 0;
    }
}
