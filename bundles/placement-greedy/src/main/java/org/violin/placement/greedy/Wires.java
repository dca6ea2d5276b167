// SPDX-License-Identifier: Apache-2.0
package org.violin.placement.greedy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.violin.api.placement.Substrate;
import org.violin.placement.Problem;

/** The substrate's wires and what they have left; shortest paths among those wide enough, of equal ones the widest. One thread. */
final class Wires {
    private static final double SLACK = 1e-9;

    /** What each wire has left. */
    final double[] left;
    private long steps;
    private final int[] first;
    private final int[] to;
    private final int[] wire;
    private final int[] dist;
    private final int[] via;
    private final int[] from;
    private final double[] width;
    private final int[] queue;

    Wires(Problem p) {
        List<int[]> ends = new ArrayList<>();
        List<Substrate.Wire> wires = p.substrate.wires();
        left = new double[wires.size()];
        first = new int[p.hosts + 1];
        for (int w = 0; w < left.length; w++) {
            left[w] = wires.get(w).megabits();
            int a = p.host(wires.get(w).a());
            int b = p.host(wires.get(w).b());
            if (a == Problem.NOWHERE || b == Problem.NOWHERE) {
                throw new IllegalArgumentException("wire " + wires.get(w).a() + " -- " + wires.get(w).b() + " ends at no host");
            }
            ends.add(new int[] {a, b});
            first[a + 1]++;
            first[b + 1]++;
        }
        for (int h = 0; h < p.hosts; h++) first[h + 1] += first[h];
        to = new int[2 * left.length];
        wire = new int[2 * left.length];
        int[] at = Arrays.copyOf(first, p.hosts);
        for (int w = 0; w < left.length; w++) {
            int[] e = ends.get(w);
            to[at[e[0]]] = e[1];
            wire[at[e[0]]++] = w;
            to[at[e[1]]] = e[0];
            wire[at[e[1]]++] = w;
        }
        dist = new int[p.hosts];
        via = new int[p.hosts];
        from = new int[p.hosts];
        width = new double[p.hosts];
        queue = new int[p.hosts];
    }

    /**
     * Number of wires from a host to each, over wires that have so much left; -1: no way. The array is lent until the next call.
     *
     * @param target stop when its level is done; -1: all
     */
    int[] spread(int source, double rate, int target) {
        Arrays.fill(dist, -1);
        steps += dist.length;
        int head = 0;
        int tail = 0;
        queue[tail++] = source;
        dist[source] = 0;
        width[source] = Double.POSITIVE_INFINITY;
        while (head < tail) {
            int u = queue[head++];
            steps += first[u + 1] - first[u];
            if (target >= 0 && dist[target] >= 0 && dist[u] >= dist[target]) break;
            for (int k = first[u]; k < first[u + 1]; k++) {
                double has = left[wire[k]];
                if (has < rate - SLACK) continue;
                int v = to[k];
                double wide = Math.min(width[u], has);
                if (dist[v] < 0) {
                    dist[v] = dist[u] + 1;
                    queue[tail++] = v;
                } else if (dist[v] != dist[u] + 1 || wide <= width[v]) {
                    continue;
                }
                width[v] = wide;
                via[v] = wire[k];
                from[v] = u;
            }
        }
        return dist;
    }

    /** Books a shortest path and gives its wires from the far end back; null: there is none. */
    int[] route(int a, int b, double rate) {
        int n = spread(a, rate, b)[b];
        if (n < 0) return null;
        int[] path = new int[n];
        for (int h = b, k = 0; h != a; h = from[h]) path[k++] = via[h];
        book(path, rate);
        return path;
    }

    /** Hosts and wires looked at so far. */
    long steps() {
        return steps;
    }

    void book(int[] path, double rate) {
        for (int w : path) left[w] -= rate;
    }

    /** Room left around a host: of all its wires. */
    double around(int h) {
        double sum = 0;
        for (int k = first[h]; k < first[h + 1]; k++) sum += left[wire[k]];
        return sum;
    }
}
