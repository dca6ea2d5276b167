// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.X25519PublicKeyParameters;

/** The primitives in use, all of the JDK or Bouncy Castle. Any thread. */
final class Crypto {
    static final int KEY_BYTES = 32;
    static final SecureRandom RANDOM = new SecureRandom();
    private static final int P256_BITS = 256;

    private Crypto() {}

    /** A fresh key for ECDSA on P-256 (FIPS 186-5). */
    static KeyPair ecKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static boolean p256(PublicKey key) {
        return key instanceof ECPublicKey ec && ec.getParams().getCurve().getField().getFieldSize() == P256_BITS;
    }

    /** True when the two belong together: what one signs, the other confirms. */
    static boolean pair(PrivateKey secret, PublicKey open) {
        try {
            byte[] sample = random();
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(secret);
            signature.update(sample);
            byte[] signed = signature.sign();
            signature.initVerify(open);
            signature.update(sample);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    static X25519PrivateKeyParameters tunnelKeys() {
        return new X25519PrivateKeyParameters(RANDOM);
    }

    /** X25519 (RFC 7748). Throws IllegalArgumentException for a key of small order or of another length than 32 bytes. */
    static byte[] agree(X25519PrivateKeyParameters secret, byte[] open) {
        if (open.length != KEY_BYTES) throw new IllegalArgumentException("a tunnel key has 32 bytes, not " + open.length);
        byte[] shared = new byte[KEY_BYTES];
        try {
            secret.generateSecret(new X25519PublicKeyParameters(open, 0), shared, 0);
        } catch (IllegalStateException e) {
            throw new IllegalArgumentException("a tunnel key of small order", e);
        }
        return shared;
    }

    /** HMAC-SHA256 (RFC 2104) of the parts, one after the other. */
    static byte[] hmac(byte[] key, byte[]... parts) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            for (byte[] part : parts) mac.update(part);
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** SHA-256 in hex. */
    static String fingerprint(byte[] bytes) {
        return hex(sha256().digest(bytes));
    }

    /** 32 fresh bytes. */
    static byte[] random() {
        byte[] bytes = new byte[KEY_BYTES];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    /** 32 bytes of hex. Throws IllegalArgumentException, without the text, when it is none. */
    static byte[] unhex(String text) {
        if (!text.matches("[0-9a-f]{64}")) throw new IllegalArgumentException("not 64 digits of hex");
        return HexFormat.of().parseHex(text);
    }
}
