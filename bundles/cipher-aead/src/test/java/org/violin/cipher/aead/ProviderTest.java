// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.annotation.Annotation;
import java.security.Security;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The component as OSGi makes it, with its worker thread. */
final class ProviderTest {
    private final TestLab lab = new TestLab();
    private final AeadCipherProvider a = new AeadCipherProvider(config("auto", "auto", 120), identity("host-a"));
    private final AeadCipherProvider b = new AeadCipherProvider(config("jdk", "chacha20poly1305", 120), identity("host-b"));

    private org.violin.testkit.cluster.TunnelIdentity identity(String host) {
        return lab.hosts.computeIfAbsent(host, lab.identities::admit);
    }

    static AeadConfig config(String engine, String suite, int rekeySeconds) {
        return new AeadConfig() {
            @Override
            public String engine() {
                return engine;
            }

            @Override
            public String suite() {
                return suite;
            }

            @Override
            public int rekeySeconds() {
                return rekeySeconds;
            }

            @Override
            public int rekeyGigabytes() {
                return 64;
            }

            @Override
            public int initiationsPerSecond() {
                return 50;
            }

            @Override
            public Class<? extends Annotation> annotationType() {
                return AeadConfig.class;
            }
        };
    }

    @AfterEach
    void stop() {
        a.stop();
        b.stop();
    }

    @Test
    void hostsWithOtherSettingsAgree() {
        Pair pair = new Pair(lab, a, b).agree();
        pair.talk();
        assertEquals("aead", a.kind());
    }

    @Test
    void aSecurityProviderMayComeAndGo() {
        a.setProvider(Security.getProvider("SunJCE"));
        Pair pair = new Pair(lab, a, b).agree();
        pair.talk();
        a.unsetProvider(Security.getProvider("SunJCE"));
        pair.talk();
    }

    @Test
    void wrongSettingsAreNamedAllAtOnce() {
        IllegalArgumentException wrong = assertThrows(
                IllegalArgumentException.class, () -> new AeadCipherProvider(config("fast", "rot13", 1), identity("host-a")));
        for (String word : new String[] {"engine 'fast'", "suite 'rot13'", "rekeySeconds 1"}) {
            assertTrue(wrong.getMessage().contains(word), wrong.getMessage());
        }
        assertFalse(wrong.getMessage().contains("rekeyGigabytes"));
    }
}
