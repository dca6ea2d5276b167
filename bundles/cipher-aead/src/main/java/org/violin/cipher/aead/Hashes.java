// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** SHA-256 and HMAC-SHA256 (RFC 2104) of the JDK. Any thread. */
final class Hashes {
    static final int HASH = 32;

    private Hashes() {}

    static byte[] sha256(byte[]... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (byte[] part : parts) digest.update(part);
            return digest.digest();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    /** The hash of a label and a public key, as a key. */
    static byte[] labelled(String label, byte[] publicKey) {
        return sha256(label.getBytes(StandardCharsets.US_ASCII), publicKey);
    }

    static Mac hmac(byte[] key) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no HMAC-SHA256", e);
        }
    }

    static byte[] hmac(byte[] key, byte[]... parts) {
        Mac mac = hmac(key);
        for (byte[] part : parts) mac.update(part);
        return mac.doFinal();
    }

    /** Two outputs of Noise's HKDF (section 4.3; RFC 5869 with the chaining key as salt and no info). */
    static byte[][] derive(byte[] chainingKey, byte[] material) {
        byte[] temporary = hmac(chainingKey, material);
        byte[] first = hmac(temporary, new byte[] {1});
        byte[] second = hmac(temporary, first, new byte[] {2});
        java.util.Arrays.fill(temporary, (byte) 0);
        return new byte[][] {first, second};
    }
}
