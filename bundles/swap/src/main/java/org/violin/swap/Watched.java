// SPDX-License-Identifier: Apache-2.0
package org.violin.swap;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.osgi.framework.Bundle;

/** One plugin bundle as the guardian sees it. Guarded by the guardian's thread, but for what {@code Plugins.list} reads. */
final class Watched {
    final Bundle bundle;
    volatile Role role;
    /** The words it had when it was trusted last. */
    volatile Set<String> kinds = Set.of();
    /** Of role routing: what each of the words is for, as seen last. */
    volatile Map<String, Set<Half>> halves = Map.of();
    /** Why it is not used; empty: nothing is known against it. */
    volatile String failure = "";
    /** Content that passed its trial. 0: none did. */
    long goodStamp;
    /** Content that we wrote back: there is nothing to fall back to behind it. */
    long ourStamp;
    /** Until when its provider must be there. */
    long dueNanos;
    boolean pending;
    /** Its component waits for what it needs; nothing is wrong with it. */
    volatile boolean waiting;
    boolean stopped;

    Watched(Bundle bundle, Role role) {
        this.bundle = bundle;
        this.role = role;
    }

    void trusted(Set<String> words, long stamp) {
        kinds = Set.copyOf(words);
        failure = "";
        waiting = false;
        goodStamp = stamp;
    }

    Set<Half> halves(String kind) {
        return halves.getOrDefault(kind, Set.of());
    }

    String name() {
        return bundle.getSymbolicName() + "/" + bundle.getVersion();
    }

    @Override
    public String toString() {
        return role.word() + (kinds.isEmpty() ? "" : " " + String.join(", ", new TreeSet<>(kinds)));
    }
}
