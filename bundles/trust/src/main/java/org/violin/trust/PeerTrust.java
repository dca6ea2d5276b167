// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedTrustManager;

/** Believes hosts of the roll, in both roles, over TLS 1.3 only; learns their certificates and notes their connections. Any thread. */
final class PeerTrust extends X509ExtendedTrustManager {
    private final Roll roll;
    private final LiveConnections live;
    private final X509Certificate authority;

    PeerTrust(Roll roll, LiveConnections live, X509Certificate authority) {
        this.roll = roll;
        this.live = live;
        this.authority = authority;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        check(chain, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        check(chain, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        check(chain, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        check(chain, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        check(chain, null);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        check(chain, null);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[] {authority};
    }

    /** The connection is an SSLSocket, an SSLEngine or null. */
    private void check(X509Certificate[] chain, Object connection) throws CertificateException {
        if (chain == null || chain.length == 0) throw new CertificateException("no certificate");
        SSLSession session = connection instanceof SSLSocket socket ? socket.getHandshakeSession()
                : connection instanceof SSLEngine engine ? engine.getHandshakeSession() : null;
        if (session != null && !session.getProtocol().equals(LabContext.PROTOCOL)) {
            throw new CertificateException(session.getProtocol() + " is too old; this lab speaks " + LabContext.PROTOCOL);
        }
        HostCertificate host = roll.believe(chain[0]);
        if (connection != null) live.add(connection, host);
        roll.learn(host);
        if (roll.covers(host)) throw new CertificateException("host '" + host.name() + "' was expelled");
    }
}
