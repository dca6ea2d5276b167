// SPDX-License-Identifier: Apache-2.0
package org.violin.control;

import java.util.Set;
import java.util.TreeSet;
import org.violin.api.cluster.SharedState;
import org.violin.api.cluster.StateException;
import org.violin.api.model.Refused;

/** The overlay hosts that are taken out, in the shared state at {@code /drained/HOST}; they stay out until somebody lets them in again. */
final class Drained {
    private static final String ROOT = "/drained";
    private final SharedState state;

    Drained(SharedState state) {
        this.state = state;
    }

    /** Throws when the shared state is out of reach: nothing may be placed then. */
    Set<String> hosts() throws StateException {
        return new TreeSet<>(state.children(ROOT));
    }

    /** The same for showing; empty when the shared state is out of reach. */
    Set<String> known() {
        try {
            return hosts();
        } catch (StateException e) {
            return Set.of();
        }
    }

    void add(String host) throws StateException {
        if (!hosts().contains(host)) state.write(ROOT + "/" + host, new byte[0], SharedState.ANY);
    }

    void remove(String host) throws Refused {
        try {
            if (!hosts().contains(host)) throw new Refused("drain --undo", host, "this overlay host is not taken out");
            state.delete(ROOT + "/" + host);
        } catch (StateException e) {
            throw new Refused("drain --undo", host, "the shared state is out of reach: " + e.getMessage());
        }
    }
}
