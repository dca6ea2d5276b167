// SPDX-License-Identifier: Apache-2.0
package org.violin.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One key of AES-256-GCM or ChaCha20-Poly1305, as {@link EvpAead}, in GnuTLS: one native call for each datagram. Called by: ciphers, one
 * thread at a time; {@link #close} too.
 */
public final class GnutlsAead implements AutoCloseable {
    private static final int NONCE = 12;
    /** Where things lie in the scratch memory: key and its datum (gnutls_datum_t), handle, nonce, two of struct iovec, size of the tag. */
    private static final int KEY_AT = 0;
    private static final int DATUM_AT = 32;
    private static final int HANDLE_AT = 48;
    private static final int NONCE_AT = 56;
    private static final int HEADER_AT = 72;
    private static final int DATA_AT = 88;
    private static final int TAG_AT = 104;

    private final ByteBuffer scratch = ByteBuffer.allocateDirect(112).order(ByteOrder.nativeOrder());
    private final long address = Slabs.of(scratch);
    private final Slabs slabs = new Slabs();
    private long handle;

    /**
     * @param aes AES-256-GCM; else ChaCha20-Poly1305
     * @throws LinkageError when libgnutls.so.30 is not installed, or too old
     * @throws IllegalStateException when it refuses the cipher
     */
    public GnutlsAead(boolean aes, byte[] key) {
        if (key.length != EvpAead.KEY) throw new IllegalArgumentException("key of " + key.length + " bytes, not " + EvpAead.KEY);
        scratch.put(KEY_AT, key).putLong(DATUM_AT, address + KEY_AT).putInt(DATUM_AT + 8, key.length);
        int cipher = aes ? Libgnutls.AES_256_GCM : Libgnutls.CHACHA20_POLY1305;
        int result = Libgnutls.gnutls_aead_cipher_init(address + HANDLE_AT, cipher, address + DATUM_AT);
        scratch.put(KEY_AT, new byte[EvpAead.KEY]);
        if (result != 0) throw new IllegalStateException("GnuTLS refuses " + (aes ? "AES-256-GCM" : "ChaCha20-Poly1305") + ": " + result);
        handle = scratch.getLong(HANDLE_AT);
    }

    /** As {@link EvpAead#seal}. */
    public boolean seal(ByteBuffer slab, int header, int offset, int length, int first, long rest) {
        if (handle == 0) return false;
        long data = place(slab, header, offset, length, first, rest);
        scratch.putLong(TAG_AT, EvpAead.TAG);
        return Libgnutls.gnutls_aead_cipher_encryptv2(
                        handle, address + NONCE_AT, NONCE, address + HEADER_AT, 1, address + DATA_AT, 1, data + length, address + TAG_AT)
                == 0;
    }

    /** As {@link EvpAead#open}. */
    public boolean open(ByteBuffer slab, int header, int offset, int length, int first, long rest) {
        if (handle == 0) return false;
        long data = place(slab, header, offset, length, first, rest);
        return Libgnutls.gnutls_aead_cipher_decryptv2(
                        handle, address + NONCE_AT, NONCE, address + HEADER_AT, 1, address + DATA_AT, 1, data + length, EvpAead.TAG)
                == 0;
    }

    private long place(ByteBuffer slab, int header, int offset, int length, int first, long rest) {
        long data = slabs.address(slab) + offset;
        boolean swap = scratch.order() == ByteOrder.LITTLE_ENDIAN;
        scratch.putInt(NONCE_AT, swap ? Integer.reverseBytes(first) : first);
        scratch.putLong(NONCE_AT + 4, swap ? Long.reverseBytes(rest) : rest);
        scratch.putLong(HEADER_AT, data - offset + header).putLong(HEADER_AT + 8, offset - header);
        scratch.putLong(DATA_AT, data).putLong(DATA_AT + 8, length);
        return data;
    }

    /** Wipes the key and its schedule. */
    @Override
    public void close() {
        if (handle != 0) Libgnutls.gnutls_aead_cipher_deinit(handle);
        handle = 0;
    }
}
