// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.Map;
import java.util.TreeMap;
import org.apache.sshd.client.keyverifier.ServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.FileKeyPairProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the server is the overlay host it should be. Good is the host key that this host has itself (the hosts of a lab share one), or
 * the one seen when the host was first reached, kept in a file of lines {@code ADDRESS FINGERPRINT}. A host that shows another key is
 * refused.
 */
final class KnownHostKeys implements ServerKeyVerifier {
    /** Why a server was refused, for the message to the person. */
    static final AttributeKey<String> REFUSAL = new AttributeKey<>();
    private static final Logger LOG = LoggerFactory.getLogger(KnownHostKeys.class);

    private final Path ownKey;
    private final Path file;

    KnownHostKeys(Path ownKey, Path file) {
        this.ownKey = ownKey;
        this.file = file;
    }

    @Override
    public synchronized boolean verifyServerKey(ClientSession session, SocketAddress address, PublicKey shown) {
        String fingerprint = KeyUtils.getFingerPrint(shown);
        String host = address.toString().replaceFirst("^.*/", "");
        if (own(shown)) return true;
        try {
            Map<String, String> known = read();
            String before = known.get(host);
            if (before != null && !before.equals(fingerprint)) {
                session.setAttribute(REFUSAL, "it shows host key " + fingerprint + ", not " + before
                        + " as before; if it was made anew, remove its line from "
                        + file);
                return false;
            }
            if (before == null) {
                known.put(host, fingerprint);
                write(known);
                LOG.info("Overlay host at {} is reached for the first time; its host key {} is kept in {}", host, fingerprint, file);
            }
            return true;
        } catch (IOException e) {
            session.setAttribute(REFUSAL, "its host key cannot be checked: " + e);
            return false;
        }
    }

    private boolean own(PublicKey shown) {
        if (!Files.isReadable(ownKey)) return false;
        try {
            for (KeyPair pair : new FileKeyPairProvider(ownKey).loadKeys(null)) {
                if (KeyUtils.compareKeys(pair.getPublic(), shown)) return true;
            }
        } catch (RuntimeException e) {
            LOG.debug("Own host key {} cannot be read", ownKey, e);
        }
        return false;
    }

    private Map<String, String> read() throws IOException {
        Map<String, String> known = new TreeMap<>();
        if (!Files.exists(file)) return known;
        for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
            int space = line.indexOf(' ');
            if (space > 0) known.put(line.substring(0, space), line.substring(space + 1).strip());
        }
        return known;
    }

    private void write(Map<String, String> known) throws IOException {
        StringBuilder s = new StringBuilder();
        known.forEach((host, fingerprint) -> s.append(host).append(' ').append(fingerprint).append('\n'));
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(fresh, s, StandardCharsets.UTF_8);
        Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
