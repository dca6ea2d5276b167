// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;

/** The SymmetricState and its CipherState of the Noise protocol framework, revision 34, sections 5.1 and 5.2. One thread. */
final class SymmetricState {
    private final Suite suite;
    private byte[] chainingKey;
    private byte[] hash;
    private byte[] key;
    private long n;

    /** InitializeSymmetric, and the prologue hashed. */
    SymmetricState(Suite suite, byte[] prologue) {
        this.suite = suite;
        byte[] name = suite.protocol.getBytes(StandardCharsets.US_ASCII);
        hash = name.length <= Hashes.HASH ? Arrays.copyOf(name, Hashes.HASH) : Hashes.sha256(name);
        chainingKey = hash.clone();
        mixHash(prologue);
    }

    private SymmetricState(SymmetricState other) {
        suite = other.suite;
        chainingKey = other.chainingKey.clone();
        hash = other.hash.clone();
        key = other.key == null ? null : other.key.clone();
        n = other.n;
    }

    /** To try a message on that may be forged. */
    SymmetricState copy() {
        return new SymmetricState(this);
    }

    void mixHash(byte[] data) {
        hash = Hashes.sha256(hash, data);
    }

    /** The secret given is wiped. */
    void mixKey(byte[] secret) {
        byte[][] derived = Hashes.derive(chainingKey, secret);
        Arrays.fill(secret, (byte) 0);
        wipe();
        chainingKey = derived[0];
        key = derived[1];
        n = 0;
    }

    byte[] encryptAndHash(byte[] plain) {
        try {
            byte[] sealed = turn(true, plain);
            mixHash(sealed);
            return sealed;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no " + suite.word, e);
        }
    }

    /** Null: not authentic. */
    byte[] decryptAndHash(byte[] sealed) {
        try {
            byte[] plain = turn(false, sealed);
            mixHash(sealed);
            return plain;
        } catch (GeneralSecurityException e) {
            return null;
        }
    }

    private byte[] turn(boolean sealing, byte[] input) throws GeneralSecurityException {
        Cipher cipher = JceEngine.cipher(suite, null);
        JceEngine.init(cipher, suite, sealing, JceEngine.spec(suite, key), suite.noiseNonce(n));
        cipher.updateAAD(hash);
        byte[] output = cipher.doFinal(input);
        n++;
        return output;
    }

    /** The keys of both directions, the initiator's first. Nothing works afterwards. */
    byte[][] split() {
        byte[][] keys = Hashes.derive(chainingKey, new byte[0]);
        wipe();
        return keys;
    }

    void wipe() {
        Arrays.fill(chainingKey, (byte) 0);
        if (key != null) Arrays.fill(key, (byte) 0);
    }
}
