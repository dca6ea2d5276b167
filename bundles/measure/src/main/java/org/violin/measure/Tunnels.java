// SPDX-License-Identifier: Apache-2.0
package org.violin.measure;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.violin.api.dataplane.TunnelStatus;

/** Learns from the counters of this host's tunnels, row by row, what the path to each host is like. One thread. */
final class Tunnels {
    private final double slowSeconds;
    private final double windowSeconds;
    private final Map<String, Row> rows = new HashMap<>();
    private final Map<String, Target> targets = new HashMap<>();
    private long refused;

    Tunnels(double slowSeconds, double windowSeconds) {
        this.slowSeconds = slowSeconds;
        this.windowSeconds = windowSeconds;
    }

    /** One other host. */
    static final class Target {
        final PathMeter meter;
        final PeakRate rate;
        long probes;
        long answers;
        boolean used;

        Target(double slowSeconds, double windowSeconds) {
            meter = new PathMeter(slowSeconds);
            rate = new PeakRate(windowSeconds);
        }
    }

    /** A row as it was last time. */
    private record Row(long probes, long answers, long lost, long datagrams, long bytes, boolean wasUp) {}

    /** What is seen of one host in one turn. */
    private static final class Seen {
        boolean up;
        boolean wasUp;
        boolean used;
        double rttSum;
        int rtts;
        long lost;
        long datagrams;
        long bytes;
    }

    /** Takes the tunnels' counters as they are now; rows of others than these hosts are left out, and hosts that went are forgotten. */
    void take(List<TunnelStatus> status, Set<String> hosts, long nowNanos) {
        Map<String, Seen> seen = new HashMap<>();
        Set<String> keys = new HashSet<>();
        for (TunnelStatus row : status) {
            if (!hosts.contains(row.peer())) continue;
            String key = row.peer() + '/' + row.violin() + '/' + row.cipher();
            keys.add(key);
            Seen one = seen.computeIfAbsent(row.peer(), h -> new Seen());
            Target target = targets.computeIfAbsent(row.peer(), h -> new Target(slowSeconds, windowSeconds));
            rows.put(key, row(row, rows.get(key), one, target));
        }
        rows.keySet().retainAll(keys);
        targets.keySet().retainAll(hosts);
        targets.forEach((host, target) -> learn(target, seen.getOrDefault(host, new Seen()), nowNanos));
    }

    private Row row(TunnelStatus now, Row before, Seen seen, Target target) {
        Map<String, Long> counters = now.counters();
        // A tunnel of another kind may not count round trips: then its smoothed one counts as a new one each time.
        boolean counts = counters.containsKey("answers-in");
        Row row = new Row(counters.getOrDefault("probes-out", 0L), counters.getOrDefault("answers-in", 0L), counters.getOrDefault("lost", 0L),
                now.datagramsOut(), now.bytesOut(), before != null && before.wasUp || now.up());
        seen.up |= now.up();
        seen.wasUp |= row.wasUp;
        seen.used |= !now.violin().isEmpty();
        boolean anew = before == null || row.probes < before.probes || row.answers < before.answers || row.lost < before.lost
                || row.datagrams < before.datagrams || row.bytes < before.bytes;
        if (counts ? row.answers > (anew ? 0 : before.answers) : now.up() && now.rttMicros() > 0) {
            seen.rttSum += counts ? counters.getOrDefault("rtt-last-micros", now.rttMicros()) : now.rttMicros();
            seen.rtts++;
        }
        if (anew) return row;
        target.probes += row.probes - before.probes;
        target.answers += row.answers - before.answers;
        long datagrams = row.datagrams - before.datagrams;
        seen.datagrams += datagrams;
        seen.lost += counters.containsKey("lost") ? row.lost - before.lost : datagrams * counters.getOrDefault("loss-ppm", 0L) / 1_000_000;
        seen.bytes += row.bytes - before.bytes;
        return row;
    }

    private void learn(Target target, Seen seen, long nowNanos) {
        target.used = seen.used;
        if (seen.rtts > 0 && !target.meter.rtt(seen.rttSum / seen.rtts, nowNanos)) refused++;
        // Reports come later than what they are about, so more can be missed than was sent since.
        if (seen.up && seen.datagrams + seen.lost > 0) {
            if (!target.meter.loss(seen.lost, Math.max(seen.lost, seen.datagrams), nowNanos)) refused++;
        } else if (!seen.up && seen.wasUp && target.meter.known()) {
            target.meter.silent(nowNanos);
        }
        target.rate.add(seen.bytes, 1 - target.meter.lossFast(), nowNanos);
    }

    /** By host. */
    Map<String, Target> targets() {
        return targets;
    }

    /** Values that cannot be. */
    long refused() {
        return refused;
    }
}
