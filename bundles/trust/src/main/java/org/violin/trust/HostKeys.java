// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

import java.io.IOException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.crypto.util.PrivateKeyInfoFactory;

/**
 * What makes this host one of the lab: file {@code host.pem}, one file so that it changes whole or not at all.
 *
 * @param secret ECDSA P-256, for TLS
 * @param tunnel X25519
 * @param authority the authority's certificate
 * @param labSecret 32 bytes that all admitted hosts share
 */
record HostKeys(PrivateKey secret, X25519PrivateKeyParameters tunnel, X509Certificate certificate, X509Certificate authority, byte[] labSecret) {
    static final String FILE = "host.pem";
    private static final String CURE = "restore it from a backup, or remove this host from the lab, move the file away and join with a new token";
    private static final String[] TYPES = {"PRIVATE KEY", "PRIVATE KEY", "CERTIFICATE", "CERTIFICATE", "VIOLIN LAB SECRET"};

    void save(KeyFolder folder) throws KeyFileException {
        try {
            folder.write(FILE, new Pem().add(TYPES[0], secret.getEncoded())
                    .add(TYPES[1], PrivateKeyInfoFactory.createPrivateKeyInfo(tunnel).getEncoded())
                    .add(TYPES[2], certificate.getEncoded()).add(TYPES[3], authority.getEncoded()).add(TYPES[4], labSecret).text());
        } catch (CertificateException | IOException e) {
            throw new IllegalStateException("the keys cannot be encoded");
        }
    }

    /** Throws when anything does not fit together, or is of another host than the one named. An expired certificate throws, too. */
    static Optional<HostKeys> load(KeyFolder folder, String name, Clock clock) throws KeyFileException {
        Optional<String> text = folder.read(FILE, CURE);
        if (text.isEmpty()) return Optional.empty();
        String found;
        try {
            List<byte[]> parts = Pem.read(text.get(), TYPES);
            HostKeys keys = new HostKeys(Pem.ecKey(parts.get(0)), tunnelKey(parts.get(1)), Anchor.parse(parts.get(2)),
                    Anchor.parse(parts.get(3)), parts.get(4));
            found = keys.check(new Anchor(keys.authority, clock)).name();
            if (found.equals(name)) return Optional.of(keys);
        } catch (IllegalArgumentException | CertificateException e) {
            throw new KeyFileException(folder.path(FILE) + ": is damaged or expired (" + e.getMessage() + "); " + CURE);
        }
        throw new KeyFileException(folder.path(FILE) + ": is of host '" + found + "', but etc/org.violin.trust.cfg names this host '" + name
                + "'; put that name back, or move the file away and join with a new token");
    }

    /** Throws IllegalArgumentException or CertificateException when the parts do not fit together. */
    HostCertificate check(Anchor anchor) throws CertificateException {
        HostCertificate host = anchor.verify(certificate);
        if (!Crypto.pair(secret, certificate.getPublicKey())) throw new IllegalArgumentException("TLS key and certificate do not match");
        if (!host.tunnelKey().equals(Crypto.hex(tunnelKey()))) throw new IllegalArgumentException("tunnel key and certificate do not match");
        if (labSecret.length != Crypto.KEY_BYTES) throw new IllegalArgumentException("the lab secret is cut");
        return host;
    }

    byte[] tunnelKey() {
        return tunnel.generatePublicKey().getEncoded();
    }

    HostKeys renewed(X509Certificate fresh) {
        return new HostKeys(secret, tunnel, fresh, authority, labSecret);
    }

    private static X25519PrivateKeyParameters tunnelKey(byte[] der) {
        try {
            if (PrivateKeyFactory.createKey(der) instanceof X25519PrivateKeyParameters key) return key;
        } catch (IOException | RuntimeException e) {
            throw new IllegalArgumentException("not a tunnel key");
        }
        throw new IllegalArgumentException("not a tunnel key");
    }

    @Override
    public String toString() {
        return "keys of this host";
    }
}
