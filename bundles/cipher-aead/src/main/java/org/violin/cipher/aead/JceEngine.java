// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Provider;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** A provider of the Java Cryptography Architecture. Data go through arrays, which those providers are faster with. */
final class JceEngine implements AeadEngine {
    private final String name;
    private final Provider provider;

    /** @param provider null: what the JDK has by itself */
    JceEngine(String name, Provider provider) {
        this.name = name;
        this.provider = provider;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Aead key(Suite suite, boolean sealing, byte[] key) throws GeneralSecurityException {
        return new Key(cipher(suite, provider), suite, sealing, key);
    }

    static Cipher cipher(Suite suite, Provider provider) throws GeneralSecurityException {
        String word = suite == Suite.AES_256_GCM ? "AES/GCM/NoPadding" : "ChaCha20-Poly1305";
        return provider == null ? Cipher.getInstance(word) : Cipher.getInstance(word, provider);
    }

    /** Sets key and nonce for one message. */
    static void init(Cipher cipher, Suite suite, boolean sealing, SecretKeySpec key, byte[] nonce) throws GeneralSecurityException {
        int mode = sealing ? Cipher.ENCRYPT_MODE : Cipher.DECRYPT_MODE;
        cipher.init(mode, key, suite == Suite.AES_256_GCM ? new GCMParameterSpec(Suite.TAG * 8, nonce) : new IvParameterSpec(nonce));
    }

    static SecretKeySpec spec(Suite suite, byte[] key) {
        return new SecretKeySpec(key, suite == Suite.AES_256_GCM ? "AES" : "ChaCha20");
    }

    private static final class Key implements Aead {
        private final Suite suite;
        private final boolean sealing;
        private final byte[] nonce = new byte[Suite.NONCE];
        private final ByteBuffer nonceView = ByteBuffer.wrap(nonce);
        private Cipher cipher;
        private SecretKeySpec key;
        private byte[] in = new byte[2048];
        private byte[] out = new byte[2048];

        Key(Cipher cipher, Suite suite, boolean sealing, byte[] key) throws GeneralSecurityException {
            this.cipher = cipher;
            this.suite = suite;
            this.sealing = sealing;
            this.key = spec(suite, key);
        }

        @Override
        public boolean seal(ByteBuffer slab, int header, int offset, int length, int first, long rest) {
            return turn(slab, header, offset, length, length + Suite.TAG, first, rest);
        }

        @Override
        public boolean open(ByteBuffer slab, int header, int offset, int length, int first, long rest) {
            return turn(slab, header, offset, length + Suite.TAG, length, first, rest);
        }

        private boolean turn(ByteBuffer slab, int header, int offset, int given, int wanted, int first, long rest) {
            if (cipher == null) return false;
            if (in.length < Math.max(given, wanted)) {
                in = new byte[Math.max(given, wanted)];
                out = new byte[in.length];
            }
            nonceView.putInt(0, first).putLong(4, rest);
            try {
                init();
                int associated = offset - header;
                slab.get(header, in, 0, associated);
                cipher.updateAAD(in, 0, associated);
                slab.get(offset, in, 0, given);
                if (cipher.doFinal(in, 0, given, out, 0) != wanted) return false;
            } catch (GeneralSecurityException | RuntimeException e) {
                return false;
            }
            slab.put(offset, out, 0, wanted);
            return true;
        }

        /** The JDK remembers the last nonce and refuses it even to open, though what came before with it may have been forged. */
        private void init() throws GeneralSecurityException {
            try {
                JceEngine.init(cipher, suite, sealing, key, nonce);
            } catch (InvalidKeyException | InvalidAlgorithmParameterException e) {
                if (sealing) throw e;
                cipher = cipher(suite, cipher.getProvider());
                JceEngine.init(cipher, suite, false, key, nonce);
            }
        }

        /** The JDK keeps copies of keys that nobody can wipe; they are left to the collector. */
        @Override
        public void close() {
            cipher = null;
            key = null;
            java.util.Arrays.fill(in, (byte) 0);
            java.util.Arrays.fill(out, (byte) 0);
        }
    }
}
