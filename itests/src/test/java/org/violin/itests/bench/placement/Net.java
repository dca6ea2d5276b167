// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.bench.placement;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A network of a public collection: nodes and links between them, and the demands between nodes where the collection has any.
 *
 * @param latitude of each node, degrees; NaN where the file has none
 * @param links two node indices each, the smaller one first; parallel ones are merged
 * @param demands from node to node, in the file's unit; null: the collection has none
 * @param note what was done to the network as the file has it; empty: nothing
 */
public record Net(String name, List<String> nodes, double[] latitude, double[] longitude, List<int[]> links, double[][] demands, String note) {
    /** The biggest part that hangs together, this network itself when it does; merges parallel links and drops loops. */
    public static Net connected(String name, List<String> nodes, double[] latitude, double[] longitude, List<int[]> edges, double[][] demands) {
        int[] part = new int[nodes.size()];
        Arrays.fill(part, -1);
        List<List<Integer>> near = near(nodes.size(), edges);
        int best = 0;
        int most = 0;
        int parts = 0;
        for (int i = 0; i < part.length; i++) {
            if (part[i] >= 0) continue;
            List<Integer> queue = new ArrayList<>(List.of(i));
            part[i] = parts;
            for (int k = 0; k < queue.size(); k++) {
                for (int j : near.get(queue.get(k))) {
                    if (part[j] >= 0) continue;
                    part[j] = parts;
                    queue.add(j);
                }
            }
            if (queue.size() > most) {
                most = queue.size();
                best = parts;
            }
            parts++;
        }
        int[] index = new int[part.length];
        int n = 0;
        for (int i = 0; i < part.length; i++) index[i] = part[i] == best ? n++ : -1;
        List<String> kept = new ArrayList<>();
        double[] north = new double[n];
        double[] east = new double[n];
        double[][] between = demands == null ? null : new double[n][n];
        for (int i = 0; i < part.length; i++) {
            if (index[i] < 0) continue;
            kept.add(nodes.get(i));
            north[index[i]] = latitude[i];
            east[index[i]] = longitude[i];
            for (int j = 0; j < part.length && demands != null; j++) if (index[j] >= 0) between[index[i]][index[j]] = demands[i][j];
        }
        Set<List<Integer>> links = new LinkedHashSet<>();
        for (int[] e : edges) {
            int a = index[e[0]];
            int b = index[e[1]];
            if (a >= 0 && b >= 0 && a != b) links.add(List.of(Math.min(a, b), Math.max(a, b)));
        }
        List<int[]> simple = new ArrayList<>();
        for (List<Integer> link : links) simple.add(new int[] {link.get(0), link.get(1)});
        String note = parts > 1 ? "biggest of " + parts + " parts, " + n + " of " + part.length + " nodes" : "";
        return new Net(name, kept, north, east, simple, between, note);
    }

    public int size() {
        return nodes.size();
    }

    /** What each link carries when demands take a way of the fewest hops; of several such ways that over the nodes that come first. */
    public double[] loads(double[][] between) {
        List<List<Integer>> near = near(size(), links);
        double[][] load = new double[size()][];
        for (int i = 0; i < load.length; i++) load[i] = new double[size()];
        for (int from = 0; from < size(); from++) {
            int[] back = new int[size()];
            Arrays.fill(back, -1);
            List<Integer> queue = new ArrayList<>(List.of(from));
            back[from] = from;
            for (int k = 0; k < queue.size(); k++) {
                for (int j : near.get(queue.get(k))) {
                    if (back[j] >= 0) continue;
                    back[j] = queue.get(k);
                    queue.add(j);
                }
            }
            double[] through = between[from].clone();
            for (int k = queue.size() - 1; k > 0; k--) {
                int j = queue.get(k);
                load[Math.min(j, back[j])][Math.max(j, back[j])] += through[j];
                through[back[j]] += through[j];
            }
        }
        double[] each = new double[links.size()];
        for (int e = 0; e < each.length; e++) each[e] = load[links.get(e)[0]][links.get(e)[1]];
        return each;
    }

    private static List<List<Integer>> near(int n, List<int[]> edges) {
        List<List<Integer>> near = new ArrayList<>();
        for (int i = 0; i < n; i++) near.add(new ArrayList<>());
        for (int[] e : edges) {
            near.get(e[0]).add(e[1]);
            near.get(e[1]).add(e[0]);
        }
        near.forEach(java.util.Collections::sort);
        return near;
    }
}
