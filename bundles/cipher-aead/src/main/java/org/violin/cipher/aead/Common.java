// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.violin.api.cluster.Identity;
import org.violin.api.dataplane.CipherLink;

/** What the parts of one tunnel's cipher share. Any thread. */
final class Common {
    final String host;
    final CipherLink link;
    final Identity identity;
    private final Supplier<Engines> engines;
    final AeadOptions options;
    final Timestamps timestamps;
    final Counters counters = new Counters();
    final Outbox outbox = new Outbox(counters);
    final SecureRandom random = new SecureRandom();
    /** Who owns an index: of a session or of an initiation under way. At most four for each association. */
    final Map<Integer, Association> indices = new ConcurrentHashMap<>();

    Common(String host, CipherLink link, Identity identity, Supplier<Engines> engines, AeadOptions options, Timestamps timestamps) {
        this.host = host;
        this.link = link;
        this.identity = identity;
        this.engines = engines;
        this.options = options;
        this.timestamps = timestamps;
    }

    /** Those chosen now: a better one may come later. */
    Engines engines() {
        return engines.get();
    }

    /** An index of this host that nobody can guess and nobody has. */
    int index(Association owner) {
        int index;
        do index = random.nextInt();
        while (index == 0 || indices.putIfAbsent(index, owner) != null);
        return index;
    }

    /** The keys of a session, whose arrays are its own from now on: {@code keys} holds the initiator's first. */
    Session session(int index, int remoteIndex, boolean initiator, Suite suite, long createdNanos, long peerEpoch, byte[][] keys) {
        byte[] sending = keys[initiator ? 0 : 1];
        byte[] receiving = keys[initiator ? 1 : 0];
        SendKey send = new SendKey(engines.get().key(suite, true, sending), sending);
        ReceiveKey receive = new ReceiveKey(engines.get().key(suite, false, receiving), receiving);
        return new Session(index, remoteIndex, initiator, suite, createdNanos, peerEpoch, send, receive);
    }
}
