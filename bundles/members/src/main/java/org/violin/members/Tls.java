// SPDX-License-Identifier: Apache-2.0
package org.violin.members;

import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.violin.api.cluster.Identity;

/** TLS as all connections to ZooKeeper have it, and what certificates say. */
final class Tls {
    private static final int DNS_NAME = 2; // RFC 5280 4.2.1.6
    private static final int IP_ADDRESS = 7;

    private Tls() {}

    /** An engine under this host's key: TLS 1.3 (RFC 8446) only, both sides show certificates. */
    static SSLEngine engine(Identity identity, boolean client) {
        SSLEngine engine = identity.tls().createSSLEngine();
        engine.setUseClientMode(client);
        engine.setEnabledProtocols(new String[] {"TLSv1.3"});
        if (!client) engine.setNeedClientAuth(true);
        return engine;
    }

    /** The certificate of the other end. */
    static X509Certificate certificate(SSLSession session) throws SSLPeerUnverifiedException {
        if (session.getPeerCertificates()[0] instanceof X509Certificate certificate) return certificate;
        throw new SSLPeerUnverifiedException("no X.509 certificate");
    }

    /** A certificate as ZooKeeper's scheme {@code x509} names its holder: the subject by RFC 2253. */
    static String subject(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().getName();
    }

    /** The same of this host's own. Throws IllegalArgumentException when it cannot be read. */
    static String subject(Identity identity) {
        try {
            byte[] der = Base64.getDecoder().decode(identity.certificate());
            return subject((X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der)));
        } catch (CertificateException e) {
            throw new IllegalArgumentException("the certificate of host " + identity.name() + " cannot be read", e);
        }
    }

    /**
     * True when the certificate was given to the host at that address: it has the IP address if the configuration names one, else the
     * name that the configuration has. What a name resolves to proves nothing.
     */
    static boolean names(X509Certificate certificate, InetSocketAddress address) throws CertificateException {
        String wanted = address.getHostString();
        boolean number = wanted.indexOf(':') >= 0 || wanted.matches("[0-9.]+");
        Collection<List<?>> all = certificate.getSubjectAlternativeNames();
        if (all == null) return false;
        for (List<?> each : all) {
            if (number && each.get(0).equals(IP_ADDRESS) && same((String) each.get(1), address.getAddress())) return true;
            if (!number && each.get(0).equals(DNS_NAME) && wanted.equalsIgnoreCase((String) each.get(1))) return true;
        }
        return false;
    }

    /** @param literal an IP address in digits, so that this never asks a name server */
    private static boolean same(String literal, InetAddress address) {
        try {
            return InetAddress.getByName(literal).equals(address);
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
