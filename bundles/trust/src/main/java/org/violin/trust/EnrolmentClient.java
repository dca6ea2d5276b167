// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.KeyPair;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Base64;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;

/** The joining host's side of the enrolment. Makes new keys each time; they exist in memory only until the authority has answered. */
final class EnrolmentClient {
    private final String name;
    private final String address;
    private final Clock clock;
    private final int deadlineMillis;

    EnrolmentClient(String name, String address, Clock clock, int deadlineMillis) {
        this.name = name;
        this.address = address;
        this.clock = clock;
        this.deadlineMillis = deadlineMillis;
    }

    /**
     * Asks for admission.
     *
     * @throws IOException when the authority does not answer, or is not the one that made the token: worth another try
     * @throws Refusal when it says no
     */
    HostKeys enrol(InetSocketAddress where, JoinToken token) throws IOException, Refusal {
        return call(where, StrangerTrust.context(), (tls, server) -> {
            KeyPair keys = Crypto.ecKeys();
            X25519PrivateKeyParameters tunnel = Crypto.tunnelKeys();
            Wire wire = new Wire(tls.getInputStream(), tls.getOutputStream(), server.getEncoded());
            byte[] nonce = Crypto.random();
            wire.send(Wire.message(Enrolment.ASK, "token", token.id(), "nonce", Crypto.hex(nonce)), null);
            Wire.Message hello = wire.receive();
            refused(hello);
            if (!hello.head().equals(Enrolment.AUTHORITY) || !wire.confirm(hello, token.secret())) {
                throw new IOException("who answers at " + where + " does not know the token's secret: either the token is not this"
                        + " authority's or was copied wrongly, or somebody sits in between");
            }
            byte[] tunnelKey = tunnel.generatePublicKey().getEncoded();
            byte[] proof = Enrolment.tunnelProof(Crypto.agree(tunnel, hello.bytes("tunnel")), hello.bytes("nonce"), nonce, tunnelKey);
            wire.send(Wire.message(Enrolment.HOST, "name", name, "address", address,
                    "request", Base64.getEncoder().encodeToString(Certificates.request(name, keys)),
                    "tunnel", Crypto.hex(tunnelKey), "proof", Crypto.hex(proof)), token.secret());
            Wire.Message answer = wire.receive();
            if (!wire.confirm(answer, token.secret())) throw new IOException("the answer of " + where + " is not authentic");
            refused(answer);
            if (!answer.head().equals(Enrolment.ADMITTED)) throw new IOException("the answer of " + where + " is not understood");
            HostKeys admitted = new HostKeys(keys.getPrivate(), tunnel, Anchor.parse(answer.get("certificate")),
                    Anchor.parse(answer.get("authority")), answer.bytes("secret"));
            Anchor anchor = new Anchor(admitted.authority(), clock);
            if (!admitted.check(anchor).name().equals(name)) throw new IOException("the certificate is for another host");
            anchor.verify(server);
            return admitted;
        });
    }

    /** Asks, as the admitted host that it is, for a certificate that lasts longer. */
    X509Certificate renew(InetSocketAddress where, HostIdentity identity, KeyPair keys) throws IOException, Refusal {
        return call(where, identity.tls(), (tls, server) -> {
            Anchor anchor = new Anchor(identity.keys().authority(), clock);
            if (!identity.peer(tls.getSession()).equals(anchor.authorityName())) throw new IOException("it is not the authority that answers");
            Wire wire = new Wire(tls.getInputStream(), tls.getOutputStream(), server.getEncoded());
            wire.send(Wire.message(Enrolment.RENEW, "address", address,
                    "request", Base64.getEncoder().encodeToString(Certificates.request(name, keys))), null);
            Wire.Message answer = wire.receive();
            refused(answer);
            return Anchor.parse(answer.get("certificate"));
        });
    }

    private <T> T call(InetSocketAddress where, SSLContext context, Talk<T> talk) throws IOException, Refusal {
        if (where.isUnresolved()) throw new IOException("the name " + where.getHostString() + " has no address");
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "violin-trust-deadline");
            thread.setDaemon(true);
            return thread;
        });
        try (Socket socket = new Socket()) {
            ScheduledFuture<?> deadline = timer.schedule(() -> {
                socket.close();
                return null;
            }, deadlineMillis, TimeUnit.MILLISECONDS);
            socket.connect(where, deadlineMillis);
            socket.setSoTimeout(deadlineMillis);
            SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(socket, where.getHostString(), where.getPort(), true);
            tls.setEnabledProtocols(new String[] {LabContext.PROTOCOL});
            tls.startHandshake();
            T result = talk.with(tls, (X509Certificate) tls.getSession().getPeerCertificates()[0]);
            deadline.cancel(false);
            return result;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (CertificateException | IllegalArgumentException e) {
            throw new IOException("what " + where + " answers is not sound: " + e.getMessage(), e);
        } finally {
            timer.shutdownNow();
        }
    }

    private static void refused(Wire.Message message) throws Refusal {
        if (message.head().equals(Enrolment.REFUSED)) throw new Refusal(message.get("reason"));
    }

    @FunctionalInterface
    private interface Talk<T> {
        T with(SSLSocket tls, X509Certificate server) throws IOException, CertificateException, Refusal;
    }
}
