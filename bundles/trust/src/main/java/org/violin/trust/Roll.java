// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The hosts this one knows to be admitted, and those expelled; both kept in files. Readers take a snapshot and never wait. Any thread;
 * listeners are called on the thread that brought the news.
 */
final class Roll {
    static final int MAX_HOSTS = 4_096;
    private static final Logger LOG = LoggerFactory.getLogger(Roll.class);
    private static final String KNOWN = "known";
    private static final String EXPELLED = "expelled";
    private static final String CURE = "remove the file; it is filled again from the other hosts";
    private static final String CURE_EXPELLED =
            "restore it from a backup, or remove it, start without the underlay's reach of expelled hosts, and expel them again";

    private final KeyFolder folder;
    private final Anchor anchor;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile State state;
    private volatile boolean saved = true;

    /** Reads the files. */
    Roll(KeyFolder folder, Anchor anchor) throws KeyFileException {
        this.folder = folder;
        this.anchor = anchor;
        this.state = new State(loadKnown(), loadExpelled());
    }

    /** The host of that certificate. Throws unless the authority made it, it is valid now and the host was not expelled. */
    HostCertificate believe(X509Certificate x509) throws CertificateException {
        HostCertificate host = anchor.verify(x509);
        if (state.covers(host)) throw new CertificateException("host '" + host.name() + "' was expelled");
        return host;
    }

    /** Takes note of a certificate that was believed. Returns true when it is news. */
    boolean learn(HostCertificate host) {
        boolean news;
        synchronized (this) {
            State now = state;
            HostCertificate old = now.known.get(host.name());
            news = !now.covers(host) && (old == null || now.covers(old) || anchor.expired(old) || host.newerThan(old));
            if (!news) return false;
            Map<String, HostCertificate> known = new TreeMap<>(now.known);
            known.values().removeIf(h -> anchor.expired(h) || now.covers(h));
            if (known.size() >= MAX_HOSTS && !known.containsKey(host.name())) {
                LOG.warn("more than {} hosts; the certificate of {} is not kept", MAX_HOSTS, host.name());
                return false;
            }
            known.put(host.name(), host);
            state = new State(known, now.expelled);
            saveKnown();
        }
        tell();
        return true;
    }

    /** Takes note of an expulsion. Returns true when it is news; then it holds at once, even when it cannot be saved. */
    boolean expel(Expulsion expulsion) {
        synchronized (this) {
            State now = state;
            Expulsion old = now.expelled.get(expulsion.name());
            Expulsion merged = old == null ? expulsion : old.merge(expulsion);
            if (merged.equals(old)) return false;
            Map<String, Expulsion> expelled = new TreeMap<>(now.expelled);
            if (expelled.size() >= MAX_HOSTS) dropForgotten(expelled);
            expelled.put(expulsion.name(), merged);
            state = new State(now.known, expelled);
            saveExpelled();
        }
        tell();
        return true;
    }

    /** The certificate of an admitted host that was not expelled, as far as known. */
    Optional<HostCertificate> host(String name) {
        State now = state;
        return Optional.ofNullable(now.known.get(name)).filter(h -> !now.covers(h) && !anchor.expired(h));
    }

    /** The same by tunnel key in hex. */
    Optional<HostCertificate> byTunnelKey(String tunnelKey) {
        String name = state.names.get(tunnelKey);
        return name == null ? Optional.empty() : host(name).filter(h -> h.tunnelKey().equals(tunnelKey));
    }

    /** True when an admitted or expelled host has or had that tunnel key (hex). */
    boolean tunnelKeyUsed(String tunnelKey) {
        State now = state;
        return now.names.containsKey(tunnelKey) || now.tunnels.containsKey(Crypto.fingerprint(Crypto.unhex(tunnelKey)));
    }

    boolean full() {
        return state.known.size() >= MAX_HOSTS;
    }

    /** False when the file of known hosts could not be written last time. */
    boolean saved() {
        return saved;
    }

    /** True when that certificate is worthless. */
    boolean covers(HostCertificate host) {
        return state.covers(host);
    }

    boolean expelled(String name) {
        return state.expelled.containsKey(name) && host(name).isEmpty();
    }

    Optional<Expulsion> expulsion(String name) {
        return Optional.ofNullable(state.expelled.get(name));
    }

    /** All certificates kept, this host's own too. */
    List<HostCertificate> known() {
        return List.copyOf(state.known.values());
    }

    List<Expulsion> expulsions() {
        return List.copyOf(state.expelled.values());
    }

    AutoCloseable listen(Runnable changed) {
        Runnable entry = changed::run;
        listeners.add(entry);
        return () -> listeners.remove(entry);
    }

    private void tell() {
        for (Runnable listener : listeners) {
            try {
                listener.run();
            } catch (RuntimeException | LinkageError e) {
                LOG.warn("a listener threw", e);
            }
        }
    }

    /** Those whose last certificate has run out by itself. */
    private void dropForgotten(Map<String, Expulsion> expelled) {
        long now = anchor.nowSeconds();
        expelled.values().removeIf(e -> e.until() + Certificates.HOST_SECONDS + Anchor.SKEW_SECONDS < now);
    }

    private Map<String, HostCertificate> loadKnown() throws KeyFileException {
        Map<String, HostCertificate> known = new TreeMap<>();
        for (String line : folder.read(KNOWN, CURE).orElse("").lines().toList()) {
            try {
                HostCertificate host = anchor.verify(Anchor.parse(line));
                known.put(host.name(), host);
            } catch (CertificateException e) {
                LOG.debug("a certificate that was kept is of no use any more: {}", e.getMessage());
            }
        }
        return known;
    }

    private void saveKnown() {
        StringBuilder text = new StringBuilder();
        state.known.values().forEach(h -> text.append(h.base64()).append('\n'));
        save(KNOWN, text.toString());
    }

    /** Records, each followed by an empty line. */
    private Map<String, Expulsion> loadExpelled() throws KeyFileException {
        Map<String, Expulsion> expelled = new TreeMap<>();
        for (String record : folder.read(EXPELLED, CURE_EXPELLED).orElse("").split("\n\n")) {
            if (record.isBlank()) continue;
            try {
                String name = record.lines().skip(1).findFirst().orElse("").replaceFirst("^host ", "");
                expelled.put(name, Expulsion.parse(name, record, Long.MAX_VALUE));
            } catch (IllegalArgumentException e) {
                throw new KeyFileException(folder.path(EXPELLED) + ": is damaged (" + e.getMessage() + "); " + CURE_EXPELLED);
            }
        }
        return expelled;
    }

    private void saveExpelled() {
        StringBuilder text = new StringBuilder();
        state.expelled.values().forEach(e -> text.append(e.text()).append('\n'));
        save(EXPELLED, text.toString());
    }

    private void save(String file, String text) {
        try {
            folder.write(file, text);
            saved = true;
        } catch (KeyFileException e) {
            saved = false;
            LOG.error("{}", e.getMessage());
        }
    }

    /** What is known at one moment. */
    private static final class State {
        final Map<String, HostCertificate> known;
        final Map<String, Expulsion> expelled;
        final Map<String, String> names = new HashMap<>();
        private final Map<String, Boolean> tunnels = new HashMap<>();

        State(Map<String, HostCertificate> known, Map<String, Expulsion> expelled) {
            this.known = known;
            this.expelled = expelled;
            known.values().forEach(h -> names.put(h.tunnelKey(), h.name()));
            expelled.values().forEach(e -> e.tunnels().forEach(t -> tunnels.put(t, true)));
        }

        boolean covers(HostCertificate host) {
            Expulsion own = expelled.get(host.name());
            return own != null && own.covers(host) || tunnels.containsKey(host.fingerprint());
        }
    }
}
