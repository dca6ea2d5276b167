// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import java.security.Provider;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.Designate;
import org.violin.api.cluster.Identity;
import org.violin.api.dataplane.CipherLink;
import org.violin.api.dataplane.CipherProvider;
import org.violin.api.dataplane.HandOver;
import org.violin.api.dataplane.TunnelCipher;

/** Ciphers of kind {@code aead}. There only once this host has an identity, and engines were measured. */
@Component(service = CipherProvider.class, configurationPid = "org.violin.cipher.aead")
@Designate(ocd = AeadConfig.class)
public final class AeadCipherProvider implements CipherProvider {
    private static final long MEASURE_NANOS = 100_000_000L;
    private static final int QUEUE = 256;

    private final Identity identity;
    private final String engine;
    private final List<Suite> allowed;
    private final AeadOptions options;
    private final ExecutorService worker;
    private volatile Engines engines;

    /** Called by OSGi. Throws IllegalArgumentException naming all settings that are wrong. */
    @Activate
    public AeadCipherProvider(AeadConfig config, @Reference Identity identity) {
        this.identity = identity;
        List<String> wrong = new ArrayList<>();
        engine = config.engine();
        if (!List.of("auto", "jdk", "openssl", "gnutls", "provider").contains(engine)) wrong.add("engine '" + engine + "': auto, jdk, openssl, gnutls or provider");
        allowed = suites(config.suite());
        if (allowed.isEmpty()) wrong.add("suite '" + config.suite() + "': auto, aes256gcm or chacha20poly1305");
        range(wrong, "rekeySeconds", config.rekeySeconds(), 10, 3600);
        range(wrong, "rekeyGigabytes", config.rekeyGigabytes(), 1, 512);
        range(wrong, "initiationsPerSecond", config.initiationsPerSecond(), 2, 10_000);
        if (!wrong.isEmpty()) throw new IllegalArgumentException("org.violin.cipher.aead: " + String.join("; ", wrong));
        options = new AeadOptions(
                TimeUnit.SECONDS.toNanos(config.rekeySeconds()), (long) config.rekeyGigabytes() << 30, config.initiationsPerSecond());
        engines = EngineChoice.choose(candidates(null), allowed, MEASURE_NANOS);
        worker = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(QUEUE), task -> {
            Thread thread = new Thread(task, "violin-cipher-aead");
            thread.setDaemon(true);
            return thread;
        });
    }

    private static void range(List<String> wrong, String key, int value, int least, int most) {
        if (value < least || value > most) wrong.add(key + " " + value + ": " + least + " to " + most);
    }

    private static List<Suite> suites(String word) {
        return List.of(Suite.values()).stream().filter(suite -> word.equals("auto") || word.equals(suite.word)).toList();
    }

    private List<AeadEngine> candidates(Provider provider) {
        List<AeadEngine> candidates = new ArrayList<>();
        if (engine.equals("auto") || engine.equals("openssl")) candidates.add(new OpensslEngine());
        if (engine.equals("auto") || engine.equals("gnutls")) candidates.add(new GnutlsEngine());
        if (provider != null && (engine.equals("auto") || engine.equals("provider"))) {
            candidates.add(new JceEngine(provider.getName(), provider));
        }
        // Without its provider, wait for it with what there is.
        if (engine.equals("auto") || engine.equals("jdk") || engine.equals("provider") && provider == null) candidates.add(new JceEngine("jdk", null));
        return candidates;
    }

    /** A security provider came: it is measured too. Sessions made from now on may use it. Called by OSGi. */
    @Reference(
            target = "(violin.aead=true)",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void setProvider(Provider provider) {
        engines = EngineChoice.choose(candidates(provider), allowed, MEASURE_NANOS);
    }

    /** It went: sessions made from now on do without. Called by OSGi. */
    void unsetProvider(Provider provider) {
        engines = EngineChoice.choose(candidates(null), allowed, MEASURE_NANOS);
    }

    /** Called by OSGi when it stops. */
    @Deactivate
    public void stop() {
        worker.shutdownNow();
    }

    @Override
    public String kind() {
        return "aead";
    }

    @Override
    public TunnelCipher open(String host, CipherLink link, HandOver before) {
        return new AeadCipher(new Common(host, link, identity, () -> engines, options, new Timestamps(InstantSource.system())), worker, before);
    }
}
