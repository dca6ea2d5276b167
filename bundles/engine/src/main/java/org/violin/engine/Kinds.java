// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * The plugins of one role by their word. Of two with the same word, the one with the higher {@code service.ranking} comes first, then the
 * older. One that was refused comes after all that were not, and not at all when it hung: each attempt would cost a thread. Any thread.
 */
final class Kinds<T> {
    private enum Standing {
        GOOD,
        FAILED,
        HUNG
    }

    private static final class Entry<T> {
        private final String kind;
        private final T plugin;
        private final int ranking;
        private final long age;
        private final String label;
        private Standing standing = Standing.GOOD;

        Entry(String kind, T plugin, int ranking, long age, String label) {
            this.kind = kind;
            this.plugin = plugin;
            this.ranking = ranking;
            this.age = age;
            this.label = label;
        }
    }

    private final List<Entry<T>> entries = new ArrayList<>();
    private long added;

    /** @param properties of the service */
    synchronized void add(String kind, T plugin, Map<String, ?> properties) {
        int ranking = properties.get("service.ranking") instanceof Integer i ? i : 0;
        long age = properties.get("service.id") instanceof Long l ? l : added++;
        String label = properties.get("component.name") instanceof String s ? s : plugin.getClass().getName();
        if (properties.get("service.bundleid") instanceof Long bundle) label += " of bundle " + bundle;
        entries.add(new Entry<>(kind, plugin, ranking, age, label));
        entries.sort(Comparator.<Entry<T>>comparingInt(e -> -e.ranking).thenComparingLong(e -> e.age));
    }

    synchronized void remove(T plugin) {
        entries.removeIf(e -> e.plugin == plugin);
    }

    /** All of that word that may be tried, the best first. */
    synchronized List<T> find(String kind) {
        List<T> list = new ArrayList<>(2);
        for (Standing standing : List.of(Standing.GOOD, Standing.FAILED)) {
            for (Entry<T> entry : entries) if (entry.kind.equals(kind) && entry.standing == standing) list.add(entry.plugin);
        }
        return list;
    }

    /** The best of that word; null: none. */
    T best(String kind) {
        List<T> list = find(kind);
        return list.isEmpty() ? null : list.get(0);
    }

    /** The words of those that were not refused, sorted. */
    synchronized List<String> words() {
        return entries.stream().filter(e -> e.standing == Standing.GOOD).map(e -> e.kind).distinct().sorted().toList();
    }

    synchronized boolean isGood(T plugin) {
        return entries.stream().anyMatch(e -> e.plugin == plugin && e.standing == Standing.GOOD);
    }

    /** True when it was not refused before. */
    synchronized boolean refuse(T plugin, boolean hung) {
        boolean news = false;
        for (Entry<T> entry : entries) {
            if (entry.plugin != plugin || entry.standing == Standing.HUNG) continue;
            news |= entry.standing == Standing.GOOD;
            entry.standing = hung ? Standing.HUNG : Standing.FAILED;
        }
        return news;
    }

    /** Those that failed may be tried again. Returns whether there are any. */
    synchronized boolean forgive() {
        boolean any = false;
        for (Entry<T> entry : entries) {
            if (entry.standing != Standing.FAILED) continue;
            entry.standing = Standing.GOOD;
            any = true;
        }
        return any;
    }

    synchronized boolean anyFailed() {
        return entries.stream().anyMatch(e -> e.standing == Standing.FAILED);
    }

    /** How people find it. */
    synchronized String label(T plugin) {
        for (Entry<T> entry : entries) if (entry.plugin == plugin) return entry.label;
        return plugin == null ? "none" : plugin.getClass().getName();
    }
}
