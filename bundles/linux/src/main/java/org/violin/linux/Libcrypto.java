// SPDX-License-Identifier: Apache-2.0
package org.violin.linux;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/** OpenSSL 3's calls used here (EVP_EncryptInit(3)), direct-mapped. Classes that need them fail with a LinkageError where it is not installed. */
final class Libcrypto {
    static final int SET_IV_LENGTH = 0x9;
    static final int GET_TAG = 0x10;
    static final int SET_TAG = 0x11;

    static {
        Native.register(Libcrypto.class, NativeLibrary.getInstance("libcrypto.so.3"));
    }

    private Libcrypto() {}

    static native long EVP_aes_256_gcm();

    static native long EVP_chacha20_poly1305();

    static native long EVP_CIPHER_CTX_new();

    static native void EVP_CIPHER_CTX_free(long context);

    static native int EVP_CIPHER_CTX_ctrl(long context, int type, int argument, long pointer);

    static native int EVP_EncryptInit_ex(long context, long cipher, long engine, long key, long iv);

    static native int EVP_EncryptUpdate(long context, long out, long outLength, long in, int length);

    static native int EVP_EncryptFinal_ex(long context, long out, long outLength);

    static native int EVP_DecryptInit_ex(long context, long cipher, long engine, long key, long iv);

    static native int EVP_DecryptUpdate(long context, long out, long outLength, long in, int length);

    static native int EVP_DecryptFinal_ex(long context, long out, long outLength);
}
