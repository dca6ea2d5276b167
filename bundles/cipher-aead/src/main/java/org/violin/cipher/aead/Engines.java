// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;

/**
 * The engine chosen for each suite. Any thread.
 *
 * @param suites that this host may use, best first
 * @param chosen for each of them
 */
record Engines(List<Suite> suites, Map<Suite, AeadEngine> chosen) {
    private static final AeadEngine JDK = new JceEngine("jdk", null);

    /** A key by the chosen engine; by the JDK's when that one fails, as for want of memory. */
    Aead key(Suite suite, boolean sealing, byte[] key) {
        try {
            return chosen.getOrDefault(suite, JDK).key(suite, sealing, key);
        } catch (GeneralSecurityException | LinkageError e) {
            return fallback(suite, sealing, key);
        }
    }

    private static Aead fallback(Suite suite, boolean sealing, byte[] key) {
        try {
            return JDK.key(suite, sealing, key);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no " + suite.word, e);
        }
    }

    /** The best of ours that the other offers; null: none. */
    Suite choose(List<Suite> offered) {
        for (Suite suite : suites) if (offered.contains(suite)) return suite;
        return null;
    }
}
