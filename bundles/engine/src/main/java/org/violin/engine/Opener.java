// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.io.IOException;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.dataplane.CipherProvider;
import org.violin.api.dataplane.HandOver;
import org.violin.api.dataplane.Tunnel;
import org.violin.api.dataplane.TunnelProvider;
import org.violin.api.dataplane.TunnelSettings;

/**
 * Opens a tunnel with the best plugin that works, with guarded ciphers and what the last tunnel left. Plugins that throw or hang are
 * refused. Guarded by its owner's lock, but for {@link #cipher}.
 */
final class Opener {
    private static final Logger LOG = LoggerFactory.getLogger(Opener.class);

    private final Kinds<TunnelProvider> tunnels;
    private final Kinds<CipherProvider> ciphers;
    private final Role tunnelRole;
    private final Role cipherRole;
    private final Inheritance inheritance;
    private final Guard guard;
    private final Announcer announcer;
    private final Complaint complaint;
    private final Supplier<TunnelSink> sinks;
    private final LongSupplier clock;
    private long failures;

    Opener(Kinds<TunnelProvider> tunnels, Kinds<CipherProvider> ciphers, Role tunnelRole, Role cipherRole, Inheritance inheritance, Guard guard,
            Announcer announcer, Complaint complaint, Supplier<TunnelSink> sinks, LongSupplier clock) {
        this.tunnels = tunnels;
        this.ciphers = ciphers;
        this.tunnelRole = tunnelRole;
        this.cipherRole = cipherRole;
        this.inheritance = inheritance;
        this.guard = guard;
        this.announcer = announcer;
        this.complaint = complaint;
        this.sinks = sinks;
        this.clock = clock;
    }

    /** Null when no plugin of that kind works, or there is none; people were told. */
    Opened open(String kind, TunnelSettings wanted) {
        List<TunnelProvider> candidates = tunnels.find(kind);
        if (candidates.isEmpty()) complaint.missing("tunnel", kind);
        for (TunnelProvider provider : candidates) {
            // Once more for each kind of cipher that turns out to be broken: that is not the tunnel's mistake.
            for (boolean again = true; again; ) {
                List<GuardedCipher> fresh = ciphers.words().stream().map(this::cipher).toList();
                try {
                    return open(provider, fresh, wanted);
                } catch (Exception e) {
                    again = fresh.stream().anyMatch(GuardedCipher::failed);
                    if (!again) refuse(kind, provider, e);
                }
            }
        }
        return null;
    }

    private GuardedCipher cipher(String kind) {
        return new GuardedCipher(kind, ciphers, guard.half(), cipherRole, announcer);
    }

    private Opened open(TunnelProvider provider, List<GuardedCipher> fresh, TunnelSettings wanted) throws Exception {
        TunnelSink sink = sinks.get();
        try {
            HandOver before = inheritance.copy();
            Tunnel made = guard.call("tunnel " + provider.getClass().getName(),
                    () -> provider.open(wanted, List.copyOf(fresh), sink, before), Tunnel::close);
            if (made == null) throw new IllegalStateException("it opened nothing");
            inheritance.wipe();
            return new Opened(provider, fresh, wanted, made, sink, clock.getAsLong());
        } catch (Exception e) {
            sink.close();
            // Whoever hangs may still hold the sessions: two that seal by the same keys would be worse than new keys.
            if (e instanceof Guard.Hung) inheritance.wipe();
            throw e;
        }
    }

    void refuse(String kind, TunnelProvider provider, Exception e) {
        failures++;
        String subject = "tunnel " + kind;
        complaint.say(subject + ": " + (e instanceof IOException ? e.getMessage() : e.toString()) + "; trying again");
        if (!tunnels.refuse(provider, e instanceof Guard.Hung)) return;
        tunnelRole.refused();
        String what = subject + ": " + tunnels.label(provider) + " was refused: " + e;
        LOG.warn(what);
        announcer.tell(Announcer.REFUSED, subject, what);
    }

    /** How often a plugin could not be opened, or failed when it heard of its peers. */
    long failures() {
        return failures;
    }
}
