// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/**
 * What only the authority has: file {@code authority.pem}.
 *
 * @param labSecret 32 bytes that all admitted hosts share
 */
record AuthorityKeys(PrivateKey secret, X509Certificate certificate, byte[] labSecret) {
    static final String FILE = "authority.pem";
    private static final String CURE = "restore it from a backup; without one this lab is lost: move the folder away on every host and begin anew";
    private static final String[] TYPES = {"PRIVATE KEY", "CERTIFICATE", "VIOLIN LAB SECRET"};

    /** A new authority, in memory only. */
    static AuthorityKeys make(String name, long nowSeconds) {
        KeyPair keys = Crypto.ecKeys();
        return new AuthorityKeys(keys.getPrivate(), Certificates.authority(name, keys, nowSeconds), Crypto.random());
    }

    void save(KeyFolder folder) throws KeyFileException {
        try {
            folder.write(FILE, new Pem().add(TYPES[0], secret.getEncoded()).add(TYPES[1], certificate.getEncoded())
                    .add(TYPES[2], labSecret).text());
        } catch (CertificateException e) {
            throw new IllegalStateException(e);
        }
    }

    static Optional<AuthorityKeys> load(KeyFolder folder, Clock clock) throws KeyFileException {
        Optional<String> text = folder.read(FILE, CURE);
        if (text.isEmpty()) return Optional.empty();
        try {
            List<byte[]> parts = Pem.read(text.get(), TYPES);
            AuthorityKeys keys = new AuthorityKeys(Pem.ecKey(parts.get(0)), Anchor.parse(parts.get(1)), parts.get(2));
            new Anchor(keys.certificate, clock);
            if (!Crypto.pair(keys.secret, keys.certificate.getPublicKey())) throw new IllegalArgumentException("key and certificate do not match");
            if (keys.labSecret.length != Crypto.KEY_BYTES) throw new IllegalArgumentException("the lab secret is cut");
            return Optional.of(keys);
        } catch (IllegalArgumentException | CertificateException e) {
            throw new KeyFileException(folder.path(FILE) + ": is damaged (" + e.getMessage() + "); " + CURE);
        }
    }

    @Override
    public String toString() {
        return "keys of the authority";
    }
}
