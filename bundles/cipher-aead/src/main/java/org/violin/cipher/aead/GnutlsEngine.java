// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import org.violin.linux.GnutlsAead;

/** GnuTLS by native calls, one for each datagram: works where the data lie, allocates nothing. Fails with a LinkageError where it is not installed. */
final class GnutlsEngine implements AeadEngine {
    @Override
    public String name() {
        return "gnutls";
    }

    @Override
    public Aead key(Suite suite, boolean sealing, byte[] key) throws GeneralSecurityException {
        try {
            return new Key(new GnutlsAead(suite == Suite.AES_256_GCM, key));
        } catch (IllegalStateException e) {
            throw new GeneralSecurityException(e);
        }
    }

    private record Key(GnutlsAead gnutls) implements Aead {
        @Override
        public boolean seal(ByteBuffer slab, int header, int offset, int length, int first, long rest) {
            return gnutls.seal(slab, header, offset, length, first, rest);
        }

        @Override
        public boolean open(ByteBuffer slab, int header, int offset, int length, int first, long rest) {
            return gnutls.open(slab, header, offset, length, first, rest);
        }

        @Override
        public void close() {
            gnutls.close();
        }

        @Override
        public String toString() {
            return "key";
        }
    }
}
