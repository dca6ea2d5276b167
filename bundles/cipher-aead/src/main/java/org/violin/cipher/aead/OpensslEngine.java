// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import org.violin.linux.EvpAead;

/** OpenSSL's libcrypto by native calls: works where the data lie, allocates nothing. Fails with a LinkageError where it is not installed. */
final class OpensslEngine implements AeadEngine {
    @Override
    public String name() {
        return "openssl";
    }

    @Override
    public Aead key(Suite suite, boolean sealing, byte[] key) throws GeneralSecurityException {
        try {
            return new Key(new EvpAead(suite == Suite.AES_256_GCM, sealing, key));
        } catch (IllegalStateException e) {
            throw new GeneralSecurityException(e);
        }
    }

    private record Key(EvpAead evp) implements Aead {
        @Override
        public boolean seal(ByteBuffer slab, int header, int offset, int length, int first, long rest) {
            return evp.seal(slab, header, offset, length, first, rest);
        }

        @Override
        public boolean open(ByteBuffer slab, int header, int offset, int length, int first, long rest) {
            return evp.open(slab, header, offset, length, first, rest);
        }

        @Override
        public void close() {
            evp.close();
        }

        @Override
        public String toString() {
            return "key";
        }
    }
}
