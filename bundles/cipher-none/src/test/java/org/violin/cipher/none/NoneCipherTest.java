// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.none;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.violin.api.dataplane.CipherProvider;
import org.violin.testkit.tunnel.CipherContract;

final class NoneCipherTest extends CipherContract {
    @Override
    protected CipherProvider provider() {
        return new NoneCipherProvider();
    }

    @Override
    protected boolean authenticates() {
        return false;
    }

    @Test
    void itIsCalledNoneAndAddsNothing() {
        assertEquals("none", provider().kind());
        assertEquals(0, provider().create().overhead());
    }
}
