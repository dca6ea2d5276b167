// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.violin.api.dataplane.CipherLink;
import org.violin.api.dataplane.CipherProvider;
import org.violin.api.dataplane.HandOver;
import org.violin.api.dataplane.TunnelCipher;
import org.violin.testkit.cluster.TunnelIdentity;

/** Hosts that believe each other, and providers whose worker is the caller: all is in one thread. */
final class TestLab {
    static final Engines JDK = engines(new JceEngine("jdk", null));

    final TunnelIdentity.Lab identities = new TunnelIdentity.Lab();
    final Map<String, TunnelIdentity> hosts = new HashMap<>();
    AeadOptions options = new AeadOptions(120_000_000_000L, 64L << 30, 50);
    Executor worker = Runnable::run;
    Engines engines = engines(new GnutlsEngine());
    InstantSource clock = Instant::now;

    static Engines engines(AeadEngine engine) {
        return new Engines(List.of(Suite.values()), Map.of(Suite.AES_256_GCM, engine, Suite.CHACHA20_POLY1305, engine));
    }

    CipherProvider provider(String host) {
        return provider(host, engines);
    }

    CipherProvider provider(String host, Engines own) {
        TunnelIdentity identity = hosts.computeIfAbsent(host, identities::admit);
        return new CipherProvider() {
            @Override
            public String kind() {
                return "aead";
            }

            @Override
            public TunnelCipher open(String name, CipherLink link, HandOver before) {
                return new AeadCipher(new Common(name, link, identity, () -> own, options, new Timestamps(clock)), worker, before);
            }
        };
    }
}
