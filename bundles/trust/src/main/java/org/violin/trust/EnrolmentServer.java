// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.MessageDigest;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The authority's enrolment port: lets hosts in that have a token, and renews certificates. At most some connections at once, each with a
 * deadline; whom there is no room for is closed at once.
 */
final class EnrolmentServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EnrolmentServer.class);
    private static final int BACKLOG = 64;

    private final HostIdentity identity;
    private final Registrar registrar;
    private final Guard guard;
    private final Post post;
    private final ServerSocket door;
    private final ThreadPoolExecutor workers;
    private final ScheduledExecutorService deadlines;
    private final Thread acceptor;
    private volatile boolean closed;

    EnrolmentServer(InetSocketAddress address, HostIdentity identity, Registrar registrar, Guard guard, Post post) throws IOException {
        this.identity = identity;
        this.registrar = registrar;
        this.guard = guard;
        this.post = post;
        this.door = new ServerSocket();
        try {
            door.setReuseAddress(true);
            door.bind(address, BACKLOG);
        } catch (IOException e) {
            door.close();
            throw e;
        }
        workers = new ThreadPoolExecutor(0, guard.limits().atOnce(), 10, TimeUnit.SECONDS, new SynchronousQueue<>(),
                task -> daemon(task, "violin-trust-enrol"));
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, task -> daemon(task, "violin-trust-deadline"));
        timer.setRemoveOnCancelPolicy(true);
        deadlines = timer;
        acceptor = daemon(this::accept, "violin-trust-accept");
        acceptor.start();
    }

    int port() {
        return door.getLocalPort();
    }

    @Override
    public void close() {
        closed = true;
        try {
            door.close();
        } catch (IOException e) {
            LOG.trace("the enrolment port does not close", e);
        }
        deadlines.shutdownNow();
        workers.shutdownNow();
    }

    private void accept() {
        while (!closed) {
            try {
                Socket socket = door.accept();
                if (!guard.enter(socket.getInetAddress())) {
                    socket.close();
                    continue;
                }
                try {
                    workers.execute(() -> serve(socket));
                } catch (RejectedExecutionException e) {
                    guard.leave(socket.getInetAddress());
                    socket.close();
                }
            } catch (IOException e) {
                if (!closed) pause(e);
            }
        }
    }

    /** Out of file descriptors, for instance: not at full speed. */
    private static void pause(IOException e) {
        LOG.warn("the enrolment port does not accept: {}", e.toString());
        try {
            Thread.sleep(1_000);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(Socket socket) {
        ScheduledFuture<?> deadline = null;
        try {
            deadline = deadlines.schedule(() -> cut(socket), guard.limits().deadlineMillis(), TimeUnit.MILLISECONDS);
            socket.setSoTimeout(guard.limits().deadlineMillis());
            SSLSocket tls = (SSLSocket) identity.tls().getSocketFactory().createSocket(socket, null, true);
            tls.setEnabledProtocols(new String[] {LabContext.PROTOCOL});
            tls.setWantClientAuth(true);
            tls.startHandshake();
            talk(tls);
            tls.close();
        } catch (IOException | UncheckedIOException | CertificateException | RejectedExecutionException e) {
            guard.failed(socket.getInetAddress());
            LOG.debug("enrolment from {} broke off: {}", socket.getInetAddress(), e.getMessage());
        } catch (RuntimeException e) {
            guard.failed(socket.getInetAddress());
            LOG.warn("enrolment from {} broke off", socket.getInetAddress(), e);
        } finally {
            if (deadline != null) deadline.cancel(false);
            cut(socket);
            guard.leave(socket.getInetAddress());
        }
    }

    private void talk(SSLSocket tls) throws IOException, CertificateException {
        SSLSession session = tls.getSession();
        X509Certificate own = (X509Certificate) session.getLocalCertificates()[0];
        Wire wire = new Wire(tls.getInputStream(), tls.getOutputStream(), own.getEncoded());
        Wire.Message first = wire.receive();
        byte[] secret = null;
        String from = tls.getInetAddress().getHostAddress();
        try {
            switch (first.head()) {
                case Enrolment.RENEW -> renew(wire, first, session, from);
                case Enrolment.ASK -> {
                    TokenStore.Kept token = token(first.get("token"));
                    secret = admit(wire, first, token, from);
                }
                default -> throw new Refusal("this authority does not speak that; install the same version on all hosts");
            }
        } catch (Rejected e) {
            refuse(wire, tls, e.secret, e.getCause().getMessage());
        } catch (Refusal e) {
            refuse(wire, tls, secret, e.getMessage());
        }
    }

    private void refuse(Wire wire, SSLSocket tls, byte[] secret, String why) throws IOException {
        String from = tls.getInetAddress().getHostAddress();
        if (guard.failed(tls.getInetAddress())) {
            LOG.warn("no admission for {}: {} ({} refused so far)", from, why, guard.refused());
            post.post("host/refused", from, "no admission for " + from + ": " + why);
        }
        wire.send(Wire.message(Enrolment.REFUSED, "reason", why), secret);
    }

    private TokenStore.Kept token(String id) throws Refusal {
        try {
            Optional<TokenStore.Kept> token = registrar.tokens().find(id);
            if (token.isPresent()) return token.get();
        } catch (KeyFileException e) {
            LOG.error("{}", e.getMessage());
            throw new Refusal("the token is not usable on the authority; see the log there");
        }
        throw new Refusal("the token is unknown: it was used already, or has expired; make another one");
    }

    private byte[] admit(Wire wire, Wire.Message first, TokenStore.Kept token, String from)
            throws IOException, CertificateEncodingException, Refusal, Rejected {
        byte[] hostNonce = first.bytes("nonce");
        byte[] nonce = Crypto.random();
        X25519PrivateKeyParameters once = Crypto.tunnelKeys();
        wire.send(Wire.message(Enrolment.AUTHORITY, "nonce", Crypto.hex(nonce),
                "tunnel", Crypto.hex(once.generatePublicKey().getEncoded())), token.secret());
        Wire.Message host = wire.receive();
        if (!host.head().equals(Enrolment.HOST) || !wire.confirm(host, token.secret())) throw new Refusal("the token's secret does not fit");
        try {
            String name = host.get("name");
            byte[] tunnelKey = host.bytes("tunnel");
            if (!proven(once, nonce, hostNonce, tunnelKey, host.bytes("proof"))) throw new Refusal("the tunnel key is not the host's own");
            X509Certificate certificate = registrar.admit(token, name, host.get("address"), base64(host.get("request")), tunnelKey);
            LOG.info("host {} at {} is admitted", name, from);
            post.post("host/admitted", name, "host " + name + " at " + from + " is admitted");
            wire.send(Wire.message(Enrolment.ADMITTED, "certificate", Base64.getEncoder().encodeToString(certificate.getEncoded()),
                    "authority", Base64.getEncoder().encodeToString(registrar.keys().certificate().getEncoded()),
                    "secret", Crypto.hex(registrar.keys().labSecret())), token.secret());
            return token.secret();
        } catch (Refusal e) {
            throw new Rejected(token.secret(), e);
        }
    }

    private static boolean proven(X25519PrivateKeyParameters once, byte[] nonce, byte[] hostNonce, byte[] tunnelKey, byte[] proof) {
        try {
            byte[] wanted = Enrolment.tunnelProof(Crypto.agree(once, tunnelKey), nonce, hostNonce, tunnelKey);
            return MessageDigest.isEqual(wanted, proof);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private void renew(Wire wire, Wire.Message first, SSLSession session, String from) throws IOException, CertificateException, Refusal {
        HostCertificate old;
        try {
            old = identity.roll().believe((X509Certificate) session.getPeerCertificates()[0]);
        } catch (SSLPeerUnverifiedException e) {
            throw new Refusal("only an admitted host may renew its certificate");
        }
        X509Certificate fresh = registrar.renew(old, first.get("address"), base64(first.get("request")));
        LOG.info("the certificate of host {} at {} is renewed", old.name(), from);
        wire.send(Wire.message(Enrolment.RENEWED, "certificate", Base64.getEncoder().encodeToString(fresh.getEncoded())), null);
    }

    private static byte[] base64(String text) throws Refusal {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new Refusal("the request is not sound");
        }
    }

    private static void cut(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.trace("cut", e);
        }
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** A refusal to somebody who knows the token's secret, so that the answer can be authentic. */
    private static final class Rejected extends Exception {
        private static final long serialVersionUID = 1;
        final transient byte[] secret;

        Rejected(byte[] secret, Refusal why) {
            super(why);
            this.secret = secret;
        }
    }
}
