// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import java.security.GeneralSecurityException;

/** Something that computes: the JDK, OpenSSL, another security provider. Any thread. */
interface AeadEngine {
    /** For logs. */
    String name();

    /**
     * A key for one direction. The array is not kept as it is.
     *
     * @throws GeneralSecurityException when this engine does not know the suite
     */
    Aead key(Suite suite, boolean sealing, byte[] key) throws GeneralSecurityException;
}
