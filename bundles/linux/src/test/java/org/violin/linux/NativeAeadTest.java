// SPDX-License-Identifier: Apache-2.0
package org.violin.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** OpenSSL and GnuTLS compute the same and open what the other sealed. */
class NativeAeadTest {
    @Test
    void what_one_seals_the_other_opens() {
        for (boolean aes : new boolean[] {true, false}) {
            for (int length : new int[] {0, 1, 16, 1440, 60_000}) {
                ByteBuffer one = ByteBuffer.allocateDirect(12 + length + EvpAead.TAG);
                ByteBuffer two = ByteBuffer.allocateDirect(12 + length + EvpAead.TAG);
                byte[] key = new byte[EvpAead.KEY];
                key[5] = 7;
                try (EvpAead seal = new EvpAead(aes, true, key);
                        EvpAead open = new EvpAead(aes, false, key);
                        GnutlsAead other = new GnutlsAead(aes, key)) {
                    assertTrue(seal.seal(one, 0, 12, length, 1, 0x0102030405060708L));
                    assertTrue(other.seal(two, 0, 12, length, 1, 0x0102030405060708L));
                    assertEquals(one, two);
                    assertFalse(open.open(one.duplicate(), 1, 12, length, 1, 0x0102030405060708L), "another header");
                    assertTrue(other.open(one.put(0, two, 0, two.capacity()), 0, 12, length, 1, 0x0102030405060708L));
                    assertTrue(open.open(two, 0, 12, length, 1, 0x0102030405060708L));
                }
            }
        }
    }

    @Test
    void keys_have_32_bytes_and_an_end() {
        assertThrows(IllegalArgumentException.class, () -> new EvpAead(true, true, new byte[16]));
        assertThrows(IllegalArgumentException.class, () -> new GnutlsAead(true, new byte[16]));
        ByteBuffer slab = ByteBuffer.allocateDirect(100);
        EvpAead evp = new EvpAead(true, true, new byte[32]);
        GnutlsAead gnutls = new GnutlsAead(true, new byte[32]);
        evp.close();
        gnutls.close();
        assertFalse(evp.seal(slab, 0, 12, 10, 0, 1) || gnutls.seal(slab, 0, 12, 10, 0, 1) || gnutls.open(slab, 0, 12, 10, 0, 1));
    }
}
