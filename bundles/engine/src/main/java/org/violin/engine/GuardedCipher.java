// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.dataplane.CipherLink;
import org.violin.api.dataplane.CipherProvider;
import org.violin.api.dataplane.HandOver;
import org.violin.api.dataplane.TunnelCipher;

/** A kind of cipher for one tunnel: a provider that throws or hangs is refused, and the next of its kind opened. */
final class GuardedCipher implements CipherProvider {
    private static final Logger LOG = LoggerFactory.getLogger(GuardedCipher.class);

    private final String kind;
    private final Kinds<CipherProvider> kinds;
    private final Guard guard;
    private final Role role;
    private final Announcer announcer;
    private volatile CipherProvider used;
    private volatile boolean failed;

    GuardedCipher(String kind, Kinds<CipherProvider> kinds, Guard guard, Role role, Announcer announcer) {
        this.kind = kind;
        this.kinds = kinds;
        this.guard = guard;
        this.role = role;
        this.announcer = announcer;
        used = kinds.best(kind);
    }

    @Override
    public String kind() {
        return kind;
    }

    /** The provider that was opened, or will be first. */
    CipherProvider used() {
        return used;
    }

    /** No provider of this kind could be opened. */
    boolean failed() {
        return failed;
    }

    @Override
    public TunnelCipher open(String host, CipherLink link, HandOver before) {
        for (CipherProvider provider = used; provider != null; provider = kinds.isGood(kinds.best(kind)) ? kinds.best(kind) : null) {
            CipherProvider asked = provider;
            try {
                // A provider that fails may have wiped what it was given: each gets a copy.
                TunnelCipher made = guard.call("cipher " + kind, () -> asked.open(host, link, Inheritance.copy(before)), TunnelCipher::release);
                if (made == null) throw new IllegalStateException("it opened nothing");
                used = provider;
                if (before != null) java.util.Arrays.fill(before.data(), (byte) 0);
                return made;
            } catch (Exception e) {
                refuse(provider, e);
            }
        }
        failed = true;
        throw new IllegalStateException("cipher " + kind + ": no provider could be opened");
    }

    private void refuse(CipherProvider provider, Exception e) {
        if (!kinds.refuse(provider, e instanceof Guard.Hung)) return;
        role.refused();
        String what = "cipher " + kind + ": " + kinds.label(provider) + " was refused: " + e;
        LOG.warn(what);
        announcer.tell(Announcer.REFUSED, "cipher " + kind, what);
    }
}
