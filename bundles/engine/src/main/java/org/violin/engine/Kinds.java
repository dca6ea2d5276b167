// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The plugins of one role by their word; of two with the same word, the one that came first is used. Guarded by its owner's lock. */
final class Kinds<T> {
    private record Entry<T>(String kind, T plugin) {}

    private final List<Entry<T>> entries = new ArrayList<>();

    void add(String kind, T plugin) {
        entries.add(new Entry<>(kind, plugin));
    }

    void remove(T plugin) {
        entries.removeIf(e -> e.plugin == plugin);
    }

    Optional<T> find(String kind) {
        for (Entry<T> entry : entries) {
            if (entry.kind.equals(kind)) return Optional.of(entry.plugin);
        }
        return Optional.empty();
    }
}
