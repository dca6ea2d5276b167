// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.dataplane.CipherProvider;
import org.violin.api.dataplane.HandOver;
import org.violin.api.dataplane.TunnelStatus;

/** The ciphers of one tunnel: each is opened when the first peer names it, and released when the tunnel ends. Called under its lock. */
final class Ciphers {
    private static final Logger LOG = LoggerFactory.getLogger(Ciphers.class);
    /** What status calls the row of a cipher. No host can be called so. */
    private static final String ROW = "(cipher)";

    private final String host;
    private final List<CipherProvider> providers;
    private final Map<String, HandOver> before;
    private final Inbound inbound;

    Ciphers(String host, List<CipherProvider> providers, Map<String, HandOver> before, Inbound inbound) {
        this.host = host;
        this.providers = List.copyOf(providers);
        this.before = new HashMap<>(before);
        this.inbound = inbound;
    }

    /** The open cipher of that kind; null when there is none, or it does not open. */
    CipherEnd of(String kind, Port port) {
        for (CipherEnd end : inbound.ends) if (end.kind().equals(kind)) return end;
        for (CipherProvider provider : providers) {
            if (!provider.kind().equals(kind)) continue;
            HandOver left = before.remove(kind);
            try {
                CipherEnd end = CipherEnd.open(provider, host, port, inbound, left);
                if (taken(end)) LOG.warn("Cipher {}: its messages look like another cipher's of this tunnel", kind);
                CipherEnd[] more = Arrays.copyOf(inbound.ends, inbound.ends.length + 1);
                more[more.length - 1] = end;
                inbound.ends = more;
                return end;
            } catch (RuntimeException | LinkageError e) {
                LOG.error("Cipher {} does not open ({}): its peers cannot be reached", kind, e.toString());
                return null;
            }
        }
        return null;
    }

    private boolean taken(CipherEnd end) {
        for (CipherEnd other : inbound.ends) if (other.tag() == end.tag() && !other.cipher().clear() && !end.cipher().clear()) return true;
        return false;
    }

    /** A row for each cipher that counts anything. */
    void status(List<TunnelStatus> to) {
        for (CipherEnd end : inbound.ends) {
            Map<String, Long> counters = end.cipher().counters();
            if (counters.isEmpty()) continue;
            to.add(new TunnelStatus("udp", ROW, "", end.kind(), "*", true, 0, 0, 0, 0, 0, 0, 0, 0, counters, Map.of()));
        }
    }

    /** Ends all, and returns what they leave. */
    Map<String, HandOver> release() {
        Map<String, HandOver> left = new HashMap<>(before);
        for (CipherEnd end : inbound.ends) {
            try {
                HandOver one = end.cipher().release();
                if (one != null) left.put(end.kind(), one);
            } catch (RuntimeException | LinkageError e) {
                LOG.warn("Cipher {} failed when it was released: {}", end.kind(), e.toString());
            }
        }
        inbound.ends = new CipherEnd[0];
        before.clear();
        return left;
    }

    /** Ends all; nobody comes after. */
    void close() {
        for (HandOver one : new ArrayList<>(release().values())) Arrays.fill(one.data(), (byte) 0);
    }
}
