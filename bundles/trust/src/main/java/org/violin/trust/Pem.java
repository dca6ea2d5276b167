// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;

/** Sections of a PEM file (RFC 7468) in a fixed order. */
final class Pem {
    private final StringWriter text = new StringWriter();

    Pem add(String type, byte[] content) {
        try (PemWriter writer = new PemWriter(text)) {
            writer.writeObject(new PemObject(type, content));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return this;
    }

    String text() {
        return text.toString();
    }

    /** The sections, which must have these types. Throws IllegalArgumentException, without the text, otherwise. */
    static List<byte[]> read(String text, String... types) {
        List<byte[]> found = new ArrayList<>();
        try (PemReader reader = new PemReader(new StringReader(text))) {
            for (PemObject next = reader.readPemObject(); next != null; next = reader.readPemObject()) {
                if (found.size() == types.length || !next.getType().equals(types[found.size()])) {
                    throw new IllegalArgumentException("unexpected section " + next.getType());
                }
                found.add(next.getContent());
            }
        } catch (IOException | RuntimeException e) {
            throw new IllegalArgumentException("not the sections that belong here");
        }
        if (found.size() != types.length) throw new IllegalArgumentException("a section is missing: " + types[found.size()]);
        return found;
    }

    /** PKCS 8. */
    static PrivateKey ecKey(byte[] der) {
        try {
            return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("not a private key");
        }
    }
}
