// SPDX-License-Identifier: Apache-2.0
package org.violin.measure;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.CRC32;

/**
 * Which pairs of hosts watch each other. Up to a bound all do. Beyond, the hosts lie on a ring in the order of their names' CRC-32, and each
 * watches those that are so many steps away, either way round, for {@link #steps} distances; the distances change from turn to turn until
 * each pair had its turn. All hosts compute the same, so both ends of a pair want it.
 */
final class Pairs {
    private Pairs() {}

    /** Distances for each turn: half of log2 n, rounded up. So at most n ceil(log2(n) / 2) pairs, which is at most n log2 n from four hosts on. */
    static int steps(int hosts) {
        if (hosts < 2) return 0;
        int log = 32 - Integer.numberOfLeadingZeros(hosts - 1);
        return Math.min(hosts / 2, (log + 1) / 2);
    }

    /** After so many turns each pair had one. */
    static int turns(int hosts) {
        int steps = steps(hosts);
        return steps == 0 ? 1 : (hosts / 2 + steps - 1) / steps;
    }

    /**
     * Whom a host watches; empty when it is not among the hosts.
     *
     * @param all up to so many hosts, all others
     * @param turn any number, the same on all hosts; the next one is one more
     */
    static Set<String> of(String self, List<String> hosts, int all, long turn) {
        Set<String> chosen = new TreeSet<>();
        if (!hosts.contains(self)) return chosen;
        if (hosts.size() <= all) {
            chosen.addAll(hosts);
            chosen.remove(self);
            return chosen;
        }
        List<String> ring = new ArrayList<>(hosts);
        ring.sort(Comparator.comparingLong(Pairs::spot).thenComparing(Comparator.naturalOrder()));
        int at = ring.indexOf(self);
        int n = ring.size();
        int most = n / 2;
        int steps = steps(n);
        int stride = stride(most);
        for (int i = 0; i < steps; i++) {
            long k = Math.floorMod(turn * steps + i, (long) most);
            int step = (int) (k * stride % most) + 1;
            chosen.add(ring.get((at + step) % n));
            chosen.add(ring.get((at + n - step) % n));
        }
        return chosen;
    }

    /** Prime to the number of distances, and about .618 of it: near and far ones in each turn. */
    private static int stride(int most) {
        int stride = Math.max(1, (int) (most * 0.618));
        while (gcd(stride, most) != 1) stride++;
        return stride;
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    private static long spot(String name) {
        CRC32 crc = new CRC32();
        crc.update(name.getBytes(StandardCharsets.UTF_8));
        return crc.getValue();
    }
}
