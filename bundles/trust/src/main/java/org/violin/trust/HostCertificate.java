// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Collection;
import java.util.List;

/**
 * What a host's certificate says.
 *
 * @param name CN of the subject
 * @param serial hex
 * @param notBefore seconds since the epoch, by the authority's clock
 * @param notAfter seconds since the epoch
 * @param tunnelKey X25519 public key in hex, from the SAN {@code urn:violin:x25519:HEX}
 */
record HostCertificate(X509Certificate x509, String name, String serial, long notBefore, long notAfter, String tunnelKey) {
    static final String TUNNEL_URI = "urn:violin:x25519:";
    private static final int SAN_URI = 6;

    /** Reads it; says nothing on whether to believe it. */
    static HostCertificate of(X509Certificate x509) throws CertificateException {
        return new HostCertificate(x509, commonName(x509), x509.getSerialNumber().toString(16), x509.getNotBefore().getTime() / 1000,
                x509.getNotAfter().getTime() / 1000, tunnelKey(x509));
    }

    /** SHA-256 of the tunnel key. */
    String fingerprint() {
        return Crypto.fingerprint(Crypto.unhex(tunnelKey));
    }

    /** SHA-256 of the TLS key. */
    String tlsFingerprint() {
        return Crypto.fingerprint(x509.getPublicKey().getEncoded());
    }

    String base64() {
        try {
            return Base64.getEncoder().encodeToString(x509.getEncoded());
        } catch (CertificateException e) {
            throw new IllegalStateException(e);
        }
    }

    /** True when this one replaces that one of the same name. */
    boolean newerThan(HostCertificate other) {
        return notBefore != other.notBefore ? notBefore > other.notBefore : serial.compareTo(other.serial) > 0;
    }

    static String commonName(X509Certificate x509) throws CertificateException {
        String subject = x509.getSubjectX500Principal().getName();
        int end = subject.indexOf(',');
        String first = end < 0 ? subject : subject.substring(0, end);
        if (!first.startsWith("CN=")) throw new CertificateException("the subject has no name");
        return first.substring("CN=".length());
    }

    private static String tunnelKey(X509Certificate x509) throws CertificateException {
        try {
            Collection<List<?>> names = x509.getSubjectAlternativeNames();
            for (List<?> name : names == null ? List.<List<?>>of() : names) {
                if (name.get(0).equals(SAN_URI) && name.get(1) instanceof String uri && uri.startsWith(TUNNEL_URI)) {
                    return Crypto.hex(Crypto.unhex(uri.substring(TUNNEL_URI.length())));
                }
            }
        } catch (CertificateParsingException | IllegalArgumentException e) {
            throw new CertificateException("the certificate's names are not understood", e);
        }
        throw new CertificateException("the certificate has no tunnel key");
    }

    @Override
    public String toString() {
        return "certificate " + serial + " of " + name;
    }
}
