// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.none;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.violin.api.dataplane.CipherProvider;
import org.violin.testkit.tunnel.CipherContract;

final class NoneCipherTest extends CipherContract {
    @Override
    protected CipherProvider provider(String host) {
        return new NoneCipherProvider();
    }

    @Test
    void itIsCalledNoneAndAddsNothing() {
        assertEquals("none", provider("host-a").kind());
        assertEquals(0, a.cipher.overhead());
    }
}
