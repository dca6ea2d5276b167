// SPDX-License-Identifier: Apache-2.0
package org.violin.measure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.violin.api.measure.PathFigure;
import org.violin.api.measure.PathFigure.Source;
import org.violin.api.placement.Distances;

/** All that is known of the paths between hosts, by who said it, and the estimate made of it. Bounded by the joined hosts. Any thread. */
final class Matrix {
    /** Round-trip time when nothing at all is known, ms. */
    static final double UNKNOWN_MILLIS = 1;

    private static final long SEED = 20040830;
    private static final long ESTIMATE_NANOS = 5_000_000_000L;

    private final Map<String, Map<String, Entry>> said = new HashMap<>();
    private Estimate estimate;
    private long estimatedNanos;
    private long changes;
    private long estimatedAtChange = -1;
    private long estimates;

    /** What a host says, replacing what it said of the same paths before. */
    synchronized void put(String from, Map<String, Entry> entries) {
        said.computeIfAbsent(from, h -> new HashMap<>()).putAll(entries);
        changes++;
    }

    /** Forgets all hosts but these. */
    synchronized void retain(Collection<String> hosts) {
        boolean changed = said.keySet().retainAll(hosts);
        for (Map<String, Entry> one : said.values()) changed |= one.keySet().retainAll(hosts);
        if (changed) changes++;
    }

    /** Forgets what a host said, as it was started anew. */
    synchronized void forget(String host) {
        if (said.remove(host) != null) changes++;
    }

    /** How many estimates were computed. */
    synchronized long estimates() {
        return estimates;
    }

    /** Null: nobody measured that path lately. */
    private Entry fresh(String from, String to, long nowNanos, long staleNanos) {
        Map<String, Entry> entries = said.get(from);
        Entry entry = entries == null ? null : entries.get(to);
        return entry == null || nowNanos - entry.atNanos() > staleNanos ? null : entry;
    }

    /** See {@link org.violin.api.measure.Measurements#figures}. */
    synchronized List<PathFigure> figures(List<String> hosts, long nowNanos, long staleNanos) {
        Estimate guess = estimate(nowNanos, staleNanos);
        List<PathFigure> all = new ArrayList<>(hosts.size() * Math.max(0, hosts.size() - 1));
        for (String from : hosts) {
            for (String to : hosts) if (!from.equals(to)) all.add(figure(from, to, guess, nowNanos, staleNanos));
        }
        return all;
    }

    private PathFigure figure(String from, String to, Estimate guess, long nowNanos, long staleNanos) {
        Entry there = fresh(from, to, nowNanos, staleNanos);
        Entry back = fresh(to, from, nowNanos, staleNanos);
        Entry entry = there != null ? there : back;
        if (entry == null) {
            if (!guess.knows(from) || !guess.knows(to)) return new PathFigure(from, to, 0, 0, 0, 0, 0, 0, 0, -1, Source.NONE);
            double micros = guess.micros(from, to);
            return new PathFigure(from, to, micros, micros, guess.loss(from, to), guess.loss(from, to), 0, 0, 0, -1, Source.ESTIMATED);
        }
        return new PathFigure(from, to, entry.fastMicros(), entry.slowMicros(), entry.lossFast(), entry.lossSlow(),
                there == null ? 0 : there.megabits(), entry.sent(), entry.lost(), Math.max(0, nowNanos - entry.atNanos()) / 1_000_000,
                Source.MEASURED);
    }

    /** See {@link org.violin.api.measure.Measurements#distances}. */
    synchronized Distances distances(List<String> hosts, long nowNanos, long staleNanos) {
        Estimate guess = estimate(nowNanos, staleNanos);
        int n = hosts.size();
        double[] millis = new double[n * n];
        double[] loss = new double[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                String from = hosts.get(i);
                String to = hosts.get(j);
                if (from.equals(to)) continue;
                Entry there = fresh(from, to, nowNanos, staleNanos);
                Entry entry = there != null ? there : fresh(to, from, nowNanos, staleNanos);
                millis[i * n + j] = (entry != null ? entry.slowMicros() : guess.micros(from, to)) / 1000;
                loss[i * n + j] = entry != null ? Math.max(entry.lossSlow(), entry.lossFast() == 1 ? 1 : 0) : guess.loss(from, to);
            }
        }
        return new Distances(n, millis, loss);
    }

    /** Computed anew when there is news, but not all the time. */
    private Estimate estimate(long nowNanos, long staleNanos) {
        boolean soon = estimate != null && nowNanos - estimatedNanos < ESTIMATE_NANOS;
        boolean same = estimatedAtChange == changes && estimate != null && nowNanos - estimatedNanos < staleNanos / 4;
        if (soon || same) return estimate;
        Map<String, Integer> index = new HashMap<>();
        Map<Long, double[]> pairs = new java.util.TreeMap<>();
        for (String from : new java.util.TreeSet<>(said.keySet())) {
            for (String to : new java.util.TreeSet<>(said.get(from).keySet())) {
                Entry entry = fresh(from, to, nowNanos, staleNanos);
                if (entry == null) continue;
                int i = index.computeIfAbsent(from, h -> index.size());
                int j = index.computeIfAbsent(to, h -> index.size());
                double[] sum = pairs.computeIfAbsent((long) Math.min(i, j) << 32 | Math.max(i, j), k -> new double[3]);
                sum[0] += entry.slowMicros();
                sum[1] += entry.lossSlow();
                sum[2]++;
            }
        }
        estimate = new Estimate(index, pairs, SEED);
        estimatedNanos = nowNanos;
        estimatedAtChange = changes;
        estimates++;
        return estimate;
    }
}
