// SPDX-License-Identifier: Apache-2.0
package org.violin.placement.message;

import java.util.Arrays;

/**
 * The question as terms of one and of two nodes, reduced exactly: nodes with one host left become part of what their neighbours cost,
 * and so do, again and again, nodes with one neighbour left (one message each). What remains is the core, on which messages are passed
 * to and fro. Every host is a label of every node; hosts that are not allowed cost {@link #far}.
 */
final class Field {
    /** An edge: nodes, weight of the matrix, and the pairs of hosts that are forbidden; null: none. */
    record Edge(int a, int b, double rate, Ban ban) {
        int other(int node) {
            return node == a ? b : a;
        }
    }

    final int nodes;
    final MinPlus matrix;
    final Edge[] edges;
    /** By node: indices of its edges. */
    final int[][] at;
    /** What breaking a rule costs; above the cost of a placement known, so that the bound of the softened question still rises to it. */
    final double far;
    /** By node: its only host, or -1. */
    final int[] pin;
    /** By node: what it costs at each host, with all that was folded into it; null: nothing anywhere. */
    final double[][] unary;
    /** Nodes of the core, and by node whether it is one. */
    final boolean[] core;
    /** Nodes that were folded, in this order, and by place in that order the edge to the one that took them; -1: it was alone. */
    final int[] folded;
    final int[] through;
    int foldedCount;
    /** Cost that no choice changes; each message's shift is in it. */
    double constant;

    /**
     * @param own by node what it costs by itself at each host; null entries: nothing; not changed
     * @param pin by node: its only host, or -1
     */
    Field(MinPlus matrix, Edge[] edges, int[][] at, double[][] own, int[] pin, double far) {
        this.matrix = matrix;
        this.edges = edges;
        this.at = at;
        this.far = far;
        this.pin = pin;
        nodes = at.length;
        unary = new double[nodes][];
        for (int i = 0; i < nodes; i++) if (own[i] != null && pin[i] < 0) unary[i] = own[i].clone();
        core = new boolean[nodes];
        folded = new int[nodes];
        through = new int[nodes];
        int[] degree = new int[nodes];
        for (int i = 0; i < nodes; i++) {
            if (pin[i] >= 0) {
                if (own[i] != null) constant += own[i][pin[i]];
                continue;
            }
            core[i] = true;
            for (int e : at[i]) if (pin[edges[e].other(i)] < 0) degree[i]++;
        }
        for (Edge e : edges) {
            if (pin[e.a] >= 0 && pin[e.b] >= 0) constant += pair(e, pin[e.a], pin[e.b]);
            else if (pin[e.a] >= 0) fixed(e, e.a);
            else if (pin[e.b] >= 0) fixed(e, e.b);
        }
        fold(degree);
    }

    /** What an edge costs. */
    double pair(Edge e, int p, int q) {
        return e.rate * matrix.weights[p * matrix.hosts + q] + (e.ban != null && e.ban.forbids(p, q) ? far : 0);
    }

    private double[] open(int node) {
        if (unary[node] == null) unary[node] = new double[matrix.hosts];
        return unary[node];
    }

    private void fixed(Edge e, int pinned) {
        double[] u = open(e.other(pinned));
        int p = pin[pinned];
        boolean from = e.a == pinned;
        for (int q = 0, row = p * matrix.hosts; q < matrix.hosts; q++) {
            u[q] += e.rate * matrix.weights[row + q];
            if (e.ban != null && e.ban.forbids(from ? p : q, from ? q : p)) u[q] += far;
        }
    }

    private void fold(int[] degree) {
        MinPlus.Desk desk = new MinPlus.Desk(matrix.hosts);
        double[] message = new double[matrix.hosts];
        int[] stack = new int[nodes];
        int top = 0;
        for (int i = nodes - 1; i >= 0; i--) if (core[i] && degree[i] <= 1) stack[top++] = i;
        while (top > 0) {
            int s = stack[--top];
            if (!core[s]) continue;
            core[s] = false;
            int edge = -1;
            for (int e : at[s]) if (core[edges[e].other(s)]) edge = e;
            folded[foldedCount] = s;
            through[foldedCount++] = edge;
            if (edge < 0) {
                if (unary[s] != null) constant += Arrays.stream(unary[s]).min().orElse(0);
                continue;
            }
            int t = edges[edge].other(s);
            if (unary[s] != null || edges[edge].ban != null) {
                constant += send(edges[edge], s, open(s), message, desk);
                double[] u = open(t);
                for (int q = 0; q < u.length; q++) u[q] += message[q];
            }
            if (--degree[t] == 1) stack[top++] = t;
        }
    }

    /** The message of a node over an edge; see {@link MinPlus#send}. */
    double send(Edge e, int from, double[] in, double[] out, MinPlus.Desk desk) {
        if (e.ban == null) return matrix.send(in, e.rate, out, desk);
        int n = matrix.hosts;
        Arrays.fill(out, 0, n, Double.POSITIVE_INFINITY);
        double least = Double.POSITIVE_INFINITY;
        for (int p = 0; p < n; p++) least = Math.min(least, in[p]);
        double most = least + far + e.rate * matrix.largest();
        for (int p = 0; p < n; p++) {
            if (in[p] > most) continue;
            for (int q = 0, row = p * n; q < n; q++) {
                double v = in[p] + e.rate * matrix.weights[row + q];
                if (v < out[q] && (from == e.a ? e.ban.forbids(p, q) : e.ban.forbids(q, p))) v += far;
                if (v < out[q]) out[q] = v;
            }
        }
        double low = Double.POSITIVE_INFINITY;
        for (int q = 0; q < n; q++) low = Math.min(low, out[q]);
        for (int q = 0; q < n; q++) out[q] -= low;
        return low;
    }

    /** Adds to {@code out} what node i costs at each host with its neighbours of the core as placed. */
    void local(int i, int[] x, double[] out) {
        int n = matrix.hosts;
        if (unary[i] == null) Arrays.fill(out, 0, n, 0);
        else System.arraycopy(unary[i], 0, out, 0, n);
        for (int e : at[i]) {
            Edge edge = edges[e];
            int j = edge.other(i);
            if (core[j] && x[j] >= 0) lay(edge, i, x[j], out);
        }
    }

    /** Adds what an edge costs node i at each host, with its other end at q. */
    void lay(Edge edge, int i, int q, double[] out) {
        int n = matrix.hosts;
        double r = edge.rate;
        double[] w = matrix.weights;
        int row = q * n;
        for (int p = 0; p < n; p++) out[p] += r * w[row + p];
        if (edge.ban == null) return;
        boolean first = edge.a == i;
        for (int p = 0; p < n; p++) if (edge.ban.forbids(first ? p : q, first ? q : p)) out[p] += far;
    }

    /** Places the pinned and the folded, the core being placed: each where it costs least. */
    void unfold(int[] x, double[] scratch) {
        for (int i = 0; i < nodes; i++) if (pin[i] >= 0) x[i] = pin[i];
        for (int k = foldedCount - 1; k >= 0; k--) {
            int s = folded[k];
            if (unary[s] == null) Arrays.fill(scratch, 0);
            else System.arraycopy(unary[s], 0, scratch, 0, matrix.hosts);
            if (through[k] >= 0) lay(edges[through[k]], s, x[edges[through[k]].other(s)], scratch);
            int best = 0;
            if (unary[s] == null && through[k] >= 0 && edges[through[k]].ban == null) best = x[edges[through[k]].other(s)];
            for (int p = 0; p < scratch.length; p++) if (scratch[p] < scratch[best]) best = p;
            x[s] = best;
        }
    }

    /** What a placement of the core costs with all others at their best. */
    double cost(int[] x) {
        double sum = constant;
        for (int i = 0; i < nodes; i++) if (core[i] && unary[i] != null) sum += unary[i][x[i]];
        for (Edge e : edges) if (core[e.a] && core[e.b]) sum += pair(e, x[e.a], x[e.b]);
        return sum;
    }
}
