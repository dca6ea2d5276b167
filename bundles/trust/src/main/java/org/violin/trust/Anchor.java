// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.violin.api.model.Names;

/** The authority's certificate, and whether another certificate is of a host that it admitted (RFC 5280 6). Any thread. */
final class Anchor {
    /** Certificates may begin this much in the future, as clocks differ. Their end is taken as it is. */
    static final long SKEW_SECONDS = 24 * 3600;
    private static final List<String> USES = List.of("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");

    private final X509Certificate authority;
    private final String authorityName;
    private final Clock clock;

    /** Throws when it is no certificate of an authority, or not signed by itself, or expired. */
    Anchor(X509Certificate authority, Clock clock) throws CertificateException {
        this.authority = authority;
        this.clock = clock;
        this.authorityName = HostCertificate.commonName(authority);
        try {
            authority.verify(authority.getPublicKey());
            if (authority.getBasicConstraints() < 0) throw new CertificateException("it is no authority's");
            authority.checkValidity(new Date(Math.max(clock.millis(), authority.getNotBefore().getTime())));
        } catch (GeneralSecurityException e) {
            throw new CertificateException("the authority's certificate is not usable: " + e.getMessage(), e);
        }
    }

    X509Certificate x509() {
        return authority;
    }

    /** Name of the host that holds the authority's key. */
    String authorityName() {
        return authorityName;
    }

    /** Throws unless the authority made it for a host and it is valid now. Says nothing on expulsion. */
    HostCertificate verify(X509Certificate x509) throws CertificateException {
        try {
            long now = clock.millis();
            long begin = x509.getNotBefore().getTime();
            PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(authority, null)));
            parameters.setRevocationEnabled(false);
            parameters.setDate(new Date(begin > now && begin - now <= SKEW_SECONDS * 1000 ? begin : now));
            CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(List.of(x509)), parameters);
        } catch (GeneralSecurityException e) {
            throw new CertificateException("not a valid certificate of this lab's authority: " + e.getMessage(), e);
        }
        if (x509.getBasicConstraints() >= 0 || x509.getExtendedKeyUsage() == null || !x509.getExtendedKeyUsage().containsAll(USES)
                || !Crypto.p256(x509.getPublicKey())) {
            throw new CertificateException("not a certificate of a host");
        }
        HostCertificate host = HostCertificate.of(x509);
        if (Names.nodeMistake(host.name()).isPresent()) throw new CertificateException("the certificate's name is not a host's");
        return host;
    }

    long nowSeconds() {
        return clock.millis() / 1000;
    }

    boolean expired(HostCertificate host) {
        return clock.millis() / 1000 > host.notAfter();
    }

    static X509Certificate parse(byte[] der) throws CertificateException {
        return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
    }

    /** DER in base64. */
    static X509Certificate parse(String base64) throws CertificateException {
        try {
            return parse(Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException e) {
            throw new CertificateException("not base64", e);
        }
    }
}
