// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** An algorithm with its number on the wire. Both: keys of 32 bytes, nonces of 12, tags of 16. */
enum Suite {
    /** NIST SP 800-38D, RFC 5116. */
    AES_256_GCM(1, "aes256gcm", "AESGCM"),
    /** RFC 8439. */
    CHACHA20_POLY1305(2, "chacha20poly1305", "ChaChaPoly");

    static final int KEY = 32;
    static final int TAG = 16;
    static final int NONCE = 12;

    final int number;
    /** The word of the configuration. */
    final String word;
    /** Noise protocol framework, revision 34, section 8. */
    final String protocol;

    Suite(int number, String word, String noise) {
        this.number = number;
        this.word = word;
        this.protocol = "Noise_IK_25519_" + noise + "_SHA256";
    }

    /** Null for a number that nobody here knows. */
    static Suite of(int number) {
        for (Suite suite : values()) if (suite.number == number) return suite;
        return null;
    }

    /** The nonce of the n-th message of an exchange (Noise, sections 12.3 and 12.4: the byte orders differ). */
    byte[] noiseNonce(long n) {
        ByteOrder order = this == AES_256_GCM ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        return ByteBuffer.allocate(NONCE).order(order).putLong(4, n).array();
    }
}
