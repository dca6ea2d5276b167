// SPDX-License-Identifier: Apache-2.0
package org.violin.linux;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/** GnuTLS's calls used here (its manual, "Cryptographic API"), direct-mapped. A LinkageError where it is not installed or is before 3.6.10. */
final class Libgnutls {
    static final int AES_256_GCM = 11;
    static final int CHACHA20_POLY1305 = 23;

    static {
        Native.register(Libgnutls.class, NativeLibrary.getInstance("libgnutls.so.30"));
    }

    private Libgnutls() {}

    static native int gnutls_aead_cipher_init(long handle, int cipher, long key);

    static native void gnutls_aead_cipher_deinit(long handle);

    static native int gnutls_aead_cipher_encryptv2(
            long handle, long nonce, long nonceLength, long associated, int associatedCount, long data, int dataCount, long tag, long tagLength);

    static native int gnutls_aead_cipher_decryptv2(
            long handle, long nonce, long nonceLength, long associated, int associatedCount, long data, int dataCount, long tag, long tagLength);
}
