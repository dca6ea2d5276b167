// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.kernel;

import java.util.Arrays;

/**
 * Dijkstra's algorithm from a subnet backwards, so that one run gives every vertex its next hop towards that subnet. Plain arrays, reused
 * between runs. Each next hop is settled before those that use it: the routes of one run can form no loop, also with weights of 0.
 */
final class ShortestPaths {
    final double[] distance;
    final int[] links;
    /** Index of the next hop's address; for a switch vertex that of the router its LAN should use. */
    final int[] gateway;
    /** Index of the interface's name; only for routers. */
    final int[] nic;

    private final Layer3 net;
    private final boolean[] pinned;
    private final int[] heap;
    private final int[] place;
    private int size;

    ShortestPaths(Layer3 net) {
        this.net = net;
        int n = net.vertices;
        distance = new double[n];
        links = new int[n];
        gateway = new int[n];
        nic = new int[n];
        pinned = new boolean[n];
        heap = new int[n];
        place = new int[n];
    }

    boolean reached(int vertex) {
        return distance[vertex] != Double.POSITIVE_INFINITY;
    }

    /** Paths to one subnet: the routers in it are the sources and deliver directly, whatever other way they may have. */
    void toSubnet(int destination) {
        clear();
        for (Layer3.Attached a : net.attached.get(destination)) {
            pinned[a.router()] = true;
            if (a.weight() < distance[a.router()]) relax(a.router(), a.weight(), 1);
        }
        run();
    }

    /** Paths from each switch to the router nearest to it. */
    void toNearestRouter() {
        clear();
        for (int r = 0; r < net.routers.size(); r++) {
            pinned[r] = true;
            relax(r, 0, 0);
        }
        run();
    }

    /** Paths to the nearest of some routers, which are vertices. */
    void toNearestOf(Iterable<Integer> routers) {
        clear();
        for (int r : routers) {
            pinned[r] = true;
            relax(r, 0, 0);
        }
        run();
    }

    private void clear() {
        Arrays.fill(distance, Double.POSITIVE_INFINITY);
        Arrays.fill(pinned, false);
        Arrays.fill(place, -1);
        Arrays.fill(gateway, -1);
        Arrays.fill(nic, -1);
        size = 0;
    }

    private void run() {
        while (size > 0) {
            int u = heap[0];
            int last = heap[--size];
            if (size > 0) down(0, last);
            place[u] = -2;
            for (int e = net.first[u]; e < net.first[u + 1]; e++) {
                int v = net.to[e];
                double d = distance[u] + net.weight[e];
                int l = links[u] + 1;
                if (pinned[v] || place[v] == -2 || !(d < distance[v] || d == distance[v] && l < links[v])) continue;
                gateway[v] = net.gateway[e] >= 0 ? net.gateway[e] : gateway[u];
                nic[v] = net.nic[e];
                relax(v, d, l);
            }
        }
    }

    private void relax(int v, double d, int l) {
        distance[v] = d;
        links[v] = l;
        if (place[v] < 0) place[v] = size++;
        int i = place[v];
        while (i > 0 && before(v, heap[(i - 1) / 2])) {
            heap[i] = heap[(i - 1) / 2];
            place[heap[i]] = i;
            i = (i - 1) / 2;
        }
        heap[i] = v;
        place[v] = i;
    }

    private void down(int from, int v) {
        int i = from;
        for (int child = 2 * i + 1; child < size; child = 2 * i + 1) {
            if (child + 1 < size && before(heap[child + 1], heap[child])) child++;
            if (!before(heap[child], v)) break;
            heap[i] = heap[child];
            place[heap[i]] = i;
            i = child;
        }
        heap[i] = v;
        place[v] = i;
    }

    private boolean before(int a, int b) {
        if (distance[a] != distance[b]) return distance[a] < distance[b];
        return links[a] != links[b] ? links[a] < links[b] : a < b;
    }
}
