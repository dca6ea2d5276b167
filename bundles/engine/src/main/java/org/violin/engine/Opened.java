// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.violin.api.dataplane.CipherProvider;
import org.violin.api.dataplane.Tunnel;
import org.violin.api.dataplane.TunnelProvider;
import org.violin.api.dataplane.TunnelSettings;

/** A tunnel and all that it was opened with. @param since when, by the engine's clock, ns */
record Opened(TunnelProvider provider, List<GuardedCipher> ciphers, TunnelSettings settings, Tunnel tunnel, TunnelSink sink, long since) {
    boolean has(String cipher) {
        return ciphers.stream().anyMatch(c -> c.kind().equals(cipher) && !c.failed());
    }

    boolean uses(CipherProvider provider) {
        return ciphers.stream().anyMatch(c -> c.used() == provider);
    }

    /** The ciphers that it has. */
    Set<String> kinds() {
        return ciphers.stream().filter(c -> !c.failed()).map(GuardedCipher::kind).collect(Collectors.toSet());
    }

    /** A cipher of it could not be opened: its failure need not be its own. */
    boolean lacksACipher() {
        return ciphers.stream().anyMatch(GuardedCipher::failed);
    }
}
