// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.tunnel;

import org.violin.api.dataplane.CipherProvider;

/** The tests' own cipher keeps the rules that tunnels rely on. */
final class TagCiphersTest extends CipherContract {
    @Override
    protected CipherProvider provider(String host) {
        return new TagCiphers();
    }
}
