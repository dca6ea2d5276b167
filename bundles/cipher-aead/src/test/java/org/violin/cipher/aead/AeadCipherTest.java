// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import org.violin.api.dataplane.CipherProvider;
import org.violin.testkit.tunnel.SealingContract;

/** With the fastest engine of this machine. */
final class AeadCipherTest extends SealingContract {
    private final TestLab lab = new TestLab();

    @Override
    protected CipherProvider provider(String host) {
        return lab.provider(host);
    }
}
