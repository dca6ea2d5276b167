// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.security.KeyPair;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.cluster.Admission;
import org.violin.api.cluster.HostInfo;
import org.violin.api.cluster.Members;
import org.violin.api.cluster.SharedState;
import org.violin.api.cluster.StateException;

/**
 * This host's trust as it lives: opens or makes keys, joins with a token, serves the authority's port, keeps up with the others. One thread
 * of its own does all that; {@link Admission} may be called on any thread.
 */
final class HostTrust implements Admission, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HostTrust.class);
    private static final long STEP_MILLIS = 1_000;
    private static final long WORST_WAIT_MILLIS = 60_000;
    private static final long EXCHANGE_MILLIS = 30_000;
    private static final long SWEEP_MILLIS = 60_000;
    private static final long RENEW_MILLIS = 3_600_000;
    private static final String ENROLLED = "enrolled";

    private final Settings settings;
    private final Clock clock;
    private final Guard guard;
    private final Post post;
    private final Consumer<HostIdentity> ready;
    private final Thread thread;

    private final long startNanos = System.nanoTime();
    private final Object bell = new Object();
    private boolean poked;
    private volatile boolean membersChanged;
    private volatile boolean closed;
    private volatile String trouble = "this host is starting";
    private volatile HostIdentity identity;
    private volatile Expulsions expulsions;
    private volatile Registrar registrar;
    private volatile EnrolmentServer server;
    private volatile Members members;
    private volatile SharedState state;
    private KeyFolder folder;
    private String refusedToken = "";
    private long joinWaitMillis = STEP_MILLIS;
    private long nextJoin;
    private volatile long nextExchange;
    private long nextRenewal;
    private long nextSweep;
    private AutoCloseable membersWatch;
    private AutoCloseable stateWatch;

    /** @param ready is given each new identity, on the thread of this object */
    HostTrust(Settings settings, Clock clock, Guard guard, Post post, Consumer<HostIdentity> ready) {
        this.settings = settings;
        this.clock = clock;
        this.guard = guard;
        this.post = post;
        this.ready = ready;
        this.thread = new Thread(this::run, "violin-trust");
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    @Override
    public void close() {
        closed = true;
        poke();
        thread.interrupt();
        try {
            thread.join(Enrolment.DEADLINE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        members(null);
        state(null);
        if (server != null) server.close();
    }

    /** Who is joined; null: not known. */
    synchronized void members(Members now) {
        closeQuietly(membersWatch);
        members = now;
        membersWatch = now == null ? null : now.listen(() -> {
            membersChanged = true;
            poke();
        });
    }

    /** Forgets that one, unless another has come already. */
    synchronized void membersGone(Members old) {
        if (members == old) members(null);
    }

    /** Forgets that one, unless another has come already. */
    synchronized void stateGone(SharedState old) {
        if (state == old) state(null);
    }

    /** The shared state; null: not there. */
    synchronized void state(SharedState now) {
        closeQuietly(stateWatch);
        state = now;
        stateWatch = now == null ? null : now.watch(Expulsions.PATH, path -> {
            nextExchange = 0;
            poke();
        });
        nextExchange = 0;
        poke();
    }

    /** Why there is no identity, or what else is wrong, with the cure; empty: all is well. */
    String trouble() {
        return trouble;
    }

    Optional<HostIdentity> identity() {
        return Optional.ofNullable(identity);
    }

    /** The enrolment port; 0: it is not open. */
    int port() {
        EnrolmentServer now = server;
        return now == null ? 0 : now.port();
    }

    @Override
    public boolean authority() {
        return settings.authority();
    }

    @Override
    public String token(String host, Duration validFor) throws StateException {
        Registrar now = registrar;
        EnrolmentServer open = server;
        if (!settings.authority()) throw new StateException("this host is not the authority: make tokens on the one named in join", false, null);
        if (now == null || open == null) throw new StateException("the authority is not ready: " + trouble, false, null);
        try {
            return now.tokens().make(host, validFor, settings.here(open.port())).text();
        } catch (KeyFileException e) {
            throw new StateException(e.getMessage(), false, e);
        }
    }

    @Override
    public List<Admission.Token> tokens() {
        Registrar now = registrar;
        if (now == null) return List.of();
        try {
            return now.tokens().list().stream().map(t -> new Admission.Token(t.id(), t.host(), t.expires() * 1000)).toList();
        } catch (KeyFileException e) {
            LOG.error("{}", e.getMessage());
            return List.of();
        }
    }

    @Override
    public void expel(String host) throws StateException {
        Expulsions now = expulsions;
        if (now == null) throw new StateException("this host is not admitted: " + trouble, false, null);
        now.expel(host, state);
    }

    @Override
    public List<String> expelled() {
        HostIdentity now = identity;
        return now == null ? List.of() : now.roll().expulsions().stream().map(Expulsion::name).filter(now::expelled).toList();
    }

    private void run() {
        while (!closed) {
            try {
                step();
            } catch (KeyFileException e) {
                complain(e.getMessage());
            } catch (RuntimeException e) {
                LOG.error("trust stumbles; it goes on", e);
            }
            await();
        }
    }

    private void await() {
        synchronized (bell) {
            try {
                if (!poked && !closed) bell.wait(STEP_MILLIS);
            } catch (InterruptedException e) {
                LOG.trace("woken", e);
            }
            poked = false;
        }
    }

    private void poke() {
        synchronized (bell) {
            poked = true;
            bell.notifyAll();
        }
    }

    private void step() throws KeyFileException {
        if (folder == null) folder = new KeyFolder(settings.keys());
        if (identity == null && settings.authority()) openAuthority();
        if (identity == null && !settings.authority()) openMember();
        if (!settings.authority()) joinIfAsked();
        if (identity == null) return;
        if (settings.authority() && server == null) openPort();
        learn();
        exchange();
        renew();
        sweep();
    }

    private void openAuthority() throws KeyFileException {
        Optional<AuthorityKeys> kept = AuthorityKeys.load(folder, clock);
        if (kept.isEmpty()) {
            for (String file : List.of(HostKeys.FILE, "known", "expelled")) {
                if (!folder.has(file)) continue;
                throw new KeyFileException(folder.path(AuthorityKeys.FILE) + ": is lost (" + file + " is there); restore it from a backup, or set"
                        + " 'join' in etc/org.violin.trust.cfg, or move the folder away to begin a new lab");
            }
            AuthorityKeys made = AuthorityKeys.make(settings.name(), clock.millis() / 1000);
            made.save(folder);
            kept = Optional.of(made);
            LOG.info("this host is the authority of a new lab");
        }
        Anchor anchor = anchor(kept.get().certificate());
        if (!anchor.authorityName().equals(settings.name())) {
            throw new KeyFileException(folder.path(AuthorityKeys.FILE) + ": is of host '" + anchor.authorityName()
                    + "', but etc/org.violin.trust.cfg names this host '" + settings.name() + "'; put that name back");
        }
        Roll roll = new Roll(folder, anchor);
        Optional<HostKeys> host = HostKeys.load(folder, settings.name(), clock);
        if (host.isPresent() && !host.get().authority().equals(kept.get().certificate())) {
            throw new KeyFileException(folder.path(HostKeys.FILE) + ": is of another lab than " + AuthorityKeys.FILE + "; restore both from one backup");
        }
        if (host.isEmpty()) {
            if (roll.host(settings.name()).isPresent()) throw new KeyFileException(folder.path(HostKeys.FILE) + ": is lost; restore it from a backup");
            host = Optional.of(ownKeys(kept.get()));
            host.get().save(folder);
        }
        registrar = new Registrar(kept.get(), roll, new TokenStore(folder, clock), this::living, settings.name(), clock);
        use(host.get(), roll, anchor);
    }

    /** The authority's own keys as a host. */
    private HostKeys ownKeys(AuthorityKeys authority) {
        KeyPair keys = Crypto.ecKeys();
        X25519PrivateKeyParameters tunnel = Crypto.tunnelKeys();
        X509Certificate certificate = Certificates.host(authority, settings.name(), settings.address(), keys.getPublic(),
                tunnel.generatePublicKey().getEncoded(), clock.millis() / 1000);
        return new HostKeys(keys.getPrivate(), tunnel, certificate, authority.certificate(), authority.labSecret());
    }

    private void openMember() throws KeyFileException {
        if (folder.has(AuthorityKeys.FILE)) {
            throw new KeyFileException(folder.path(AuthorityKeys.FILE) + ": is there although 'join' in etc/org.violin.trust.cfg names another"
                    + " authority; empty 'join', or move the folder away");
        }
        Optional<HostKeys> kept = HostKeys.load(folder, settings.name(), clock);
        if (kept.isPresent()) {
            Anchor anchor = anchor(kept.get().authority());
            use(kept.get(), new Roll(folder, anchor), anchor);
        } else if (!Files.exists(settings.tokenFile(), LinkOption.NOFOLLOW_LINKS)) {
            throw JoinToken.missing(settings.tokenFile());
        }
    }

    private void joinIfAsked() {
        try {
            if (Files.exists(settings.tokenFile(), LinkOption.NOFOLLOW_LINKS)) join();
            else if (identity != null) trouble = "";
        } catch (KeyFileException e) {
            complain(e.getMessage());
        }
    }

    /** Uses the token, unless it was used or refused before. */
    private void join() throws KeyFileException {
        if (upMillis() < nextJoin) return;
        JoinToken token = JoinToken.read(settings.tokenFile());
        if (token.id().equals(refusedToken)) return;
        if (folder.read(ENROLLED, "remove it").orElse("").equals(token.id())) {
            KeyFolder.remove(settings.tokenFile());
            return;
        }
        try {
            HostKeys keys = new EnrolmentClient(settings.name(), settings.address(), clock, Enrolment.DEADLINE_MILLIS)
                    .enrol(settings.authorityAddress(), token);
            admitted(keys, token);
        } catch (Refusal e) {
            refusedToken = token.id();
            complain("the authority at " + settings.join() + " does not let this host in: " + e.getMessage());
            post.post("host/refused", settings.name(), trouble);
        } catch (IOException e) {
            if (closed) return;
            nextJoin = upMillis() + joinWaitMillis;
            joinWaitMillis = Math.min(WORST_WAIT_MILLIS, joinWaitMillis * 2);
            complain("joining at " + settings.join() + " does not work, it is tried again and again: " + e.getMessage());
        }
    }

    private void admitted(HostKeys keys, JoinToken token) throws KeyFileException {
        Anchor anchor = anchor(keys.authority());
        boolean sameLab = identity != null && identity.keys().authority().equals(keys.authority());
        if (!sameLab) for (String file : List.of("known", "expelled")) KeyFolder.remove(folder.path(file));
        keys.save(folder);
        folder.write(ENROLLED, token.id());
        KeyFolder.remove(settings.tokenFile());
        joinWaitMillis = STEP_MILLIS;
        nextJoin = 0;
        LOG.info("this host is admitted by {}", anchor.authorityName());
        use(keys, new Roll(folder, anchor), anchor);
    }

    /** From now on this host is who the keys say. */
    private void use(HostKeys keys, Roll roll, Anchor anchor) {
        try {
            roll.learn(keys.check(anchor));
        } catch (CertificateException e) {
            throw new IllegalStateException(e);
        }
        HostIdentity now = new HostIdentity(settings.name(), keys, roll);
        expulsions = new Expulsions(roll, anchor, post);
        identity = now;
        membersChanged = true;
        nextExchange = 0;
        trouble = "";
        ready.accept(now);
    }

    private void openPort() {
        try {
            server = new EnrolmentServer(new InetSocketAddress(settings.address(), settings.port()), identity, registrar, guard, post);
            trouble = "";
        } catch (IOException e) {
            complain("port " + settings.port() + " of " + settings.address() + " cannot be opened for new hosts (" + e.getMessage()
                    + "); free it or set 'port' in etc/org.violin.trust.cfg");
        }
    }

    /** Removes expired tokens. */
    private void sweep() throws KeyFileException {
        if (!settings.authority() || upMillis() < nextSweep) return;
        nextSweep = upMillis() + SWEEP_MILLIS;
        registrar.tokens().list();
    }

    /** What the others announce. */
    private void learn() {
        Members now = members;
        if (now == null || !membersChanged) return;
        membersChanged = false;
        for (HostInfo host : now.hosts()) {
            Optional<HostCertificate> known = identity.roll().host(host.name());
            if (host.certificate().isEmpty() || known.isPresent() && known.get().base64().equals(host.certificate())) continue;
            try {
                HostCertificate certificate = identity.roll().believe(Anchor.parse(host.certificate()));
                if (certificate.name().equals(host.name())) identity.roll().learn(certificate);
                else LOG.warn("host {} shows the certificate of {}", host.name(), certificate.name());
            } catch (CertificateException e) {
                LOG.debug("the certificate that {} shows is not believed: {}", host.name(), e.getMessage());
            }
        }
    }

    private void exchange() {
        SharedState now = state;
        if (now == null || upMillis() < nextExchange) return;
        nextExchange = upMillis() + EXCHANGE_MILLIS;
        try {
            expulsions.exchange(now);
        } catch (StateException e) {
            nextExchange = upMillis() + STEP_MILLIS;
            LOG.debug("the list of the expelled cannot be exchanged now: {}", e.getMessage());
        }
    }

    /** In the last third of the certificate's life. */
    private void renew() throws KeyFileException {
        HostKeys keys = identity.keys();
        long begin = keys.certificate().getNotBefore().getTime();
        long end = keys.certificate().getNotAfter().getTime();
        if (clock.millis() < end - (end - begin) / 3 || upMillis() < nextRenewal) return;
        nextRenewal = upMillis() + RENEW_MILLIS;
        KeyPair pair = new KeyPair(keys.certificate().getPublicKey(), keys.secret());
        try {
            Anchor anchor = anchor(keys.authority());
            X509Certificate fresh = settings.authority()
                    ? registrar.renew(anchor.verify(keys.certificate()), settings.address(), Certificates.request(settings.name(), pair))
                    : new EnrolmentClient(settings.name(), settings.address(), clock, Enrolment.DEADLINE_MILLIS)
                            .renew(settings.authorityAddress(), identity, pair);
            HostKeys renewed = keys.renewed(fresh);
            HostCertificate certificate = renewed.check(anchor);
            renewed.save(folder);
            identity.renew(renewed);
            identity.roll().learn(certificate);
            LOG.info("this host's certificate is renewed");
        } catch (IOException | Refusal | CertificateException | IllegalArgumentException e) {
            LOG.warn("this host's certificate ends at {} and cannot be renewed now: {}", keys.certificate().getNotAfter(), e.getMessage());
        }
    }

    private boolean living(String name) {
        Members now = members;
        return now != null && now.hosts().stream().anyMatch(h -> h.name().equals(name));
    }

    private Anchor anchor(X509Certificate authority) throws KeyFileException {
        try {
            return new Anchor(authority, clock);
        } catch (CertificateException e) {
            throw new KeyFileException(e.getMessage());
        }
    }

    private long upMillis() {
        return (System.nanoTime() - startNanos) / 1_000_000;
    }

    /** Says it once. */
    private void complain(String what) {
        if (!what.equals(trouble)) LOG.error("{}", what);
        trouble = what;
    }

    private static void closeQuietly(AutoCloseable watch) {
        try {
            if (watch != null) watch.close();
        } catch (Exception e) {
            LOG.trace("a watch does not close", e);
        }
    }
}
