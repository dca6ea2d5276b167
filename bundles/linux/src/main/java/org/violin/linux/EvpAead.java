// SPDX-License-Identifier: Apache-2.0
package org.violin.linux;

import java.nio.ByteBuffer;

/**
 * One key of AES-256-GCM (NIST SP 800-38D) or ChaCha20-Poly1305 (RFC 8439) for one direction, in OpenSSL 3: the key schedule is kept, nothing
 * is allocated per call, data are changed where they lie. Called by: ciphers, one thread at a time; {@link #close} too.
 */
public final class EvpAead implements AutoCloseable {
    public static final int KEY = 32;
    public static final int TAG = 16;
    private static final int NONCE = 12;
    private static final int WRITTEN = 16;
    private static final int KEY_AT = 32;

    private final boolean sealing;
    /** Nonce, then where OpenSSL writes how much it wrote, then the key while it is set. */
    private final ByteBuffer scratch = ByteBuffer.allocateDirect(KEY_AT + KEY);
    private final long nonce = Slabs.of(scratch);
    private final Slabs slabs = new Slabs();
    private long context;

    /**
     * @param aes AES-256-GCM; else ChaCha20-Poly1305
     * @param sealing for {@link #seal}; else for {@link #open}
     * @throws LinkageError when libcrypto.so.3 is not installed
     * @throws IllegalStateException when it refuses the cipher, as in a restricted mode
     */
    public EvpAead(boolean aes, boolean sealing, byte[] key) {
        if (key.length != KEY) throw new IllegalArgumentException("key of " + key.length + " bytes, not " + KEY);
        this.sealing = sealing;
        long cipher = aes ? Libcrypto.EVP_aes_256_gcm() : Libcrypto.EVP_chacha20_poly1305();
        context = Libcrypto.EVP_CIPHER_CTX_new();
        scratch.put(KEY_AT, key);
        int done = context == 0 ? 0 : init(cipher, nonce + KEY_AT, 0);
        scratch.put(KEY_AT, new byte[KEY]);
        if (done == 1) return;
        close();
        throw new IllegalStateException("OpenSSL refuses " + (aes ? "AES-256-GCM" : "ChaCha20-Poly1305"));
    }

    private int init(long cipher, long key, long iv) {
        return sealing ? Libcrypto.EVP_EncryptInit_ex(context, cipher, 0, key, iv) : Libcrypto.EVP_DecryptInit_ex(context, cipher, 0, key, iv);
    }

    /**
     * Seals in place and writes the tag behind; false: OpenSSL failed, or this key was closed.
     *
     * @param slab direct
     * @param header authenticated only, up to {@code offset}
     * @param first first 4 bytes of the nonce, in network byte order
     * @param rest last 8 bytes of the nonce
     */
    public boolean seal(ByteBuffer slab, int header, int offset, int length, int first, long rest) {
        if (context == 0) return false;
        scratch.putInt(0, first).putLong(4, rest);
        long written = nonce + WRITTEN;
        long data = slabs.address(slab) + offset;
        return Libcrypto.EVP_EncryptInit_ex(context, 0, 0, 0, nonce) == 1
                && Libcrypto.EVP_EncryptUpdate(context, 0, written, data - offset + header, offset - header) == 1
                && Libcrypto.EVP_EncryptUpdate(context, data, written, data, length) == 1
                && Libcrypto.EVP_EncryptFinal_ex(context, data + length, written) == 1
                && Libcrypto.EVP_CIPHER_CTX_ctrl(context, Libcrypto.GET_TAG, TAG, data + length) == 1;
    }

    /** Opens in place what {@link #seal} made; {@code length} without the tag. False: not authentic, and the data are garbage. */
    public boolean open(ByteBuffer slab, int header, int offset, int length, int first, long rest) {
        if (context == 0) return false;
        scratch.putInt(0, first).putLong(4, rest);
        long written = nonce + WRITTEN;
        long data = slabs.address(slab) + offset;
        return Libcrypto.EVP_DecryptInit_ex(context, 0, 0, 0, nonce) == 1
                && Libcrypto.EVP_CIPHER_CTX_ctrl(context, Libcrypto.SET_TAG, TAG, data + length) == 1
                && Libcrypto.EVP_DecryptUpdate(context, 0, written, data - offset + header, offset - header) == 1
                && Libcrypto.EVP_DecryptUpdate(context, data, written, data, length) == 1
                && Libcrypto.EVP_DecryptFinal_ex(context, data + length, written) == 1;
    }

    /** Wipes the key and its schedule. */
    @Override
    public void close() {
        if (context != 0) Libcrypto.EVP_CIPHER_CTX_free(context);
        context = 0;
    }
}
