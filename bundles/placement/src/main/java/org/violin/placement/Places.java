// SPDX-License-Identifier: Apache-2.0
package org.violin.placement;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.violin.api.placement.Demand;

/**
 * The groups of a question in numbers: which place each host is in, by the group's label. A host without the label is a place of its
 * own. Immutable; shared by ledgers of one question.
 */
final class Places {
    final Demand.Rule[] rule;
    /** By group: how many places a SPREAD wants. */
    final int[] wanted;
    /** By group: how many entities. */
    final int[] size;
    /** By group, by host. */
    final int[][] place;
    /** By group: how many places there are. */
    final int[] places;
    /** By entity: its groups. */
    final int[][] groups;
    /** By group: its entities, ascending. */
    final int[][] entities;

    Places(Problem p) {
        int n = p.demand.groups().size();
        rule = new Demand.Rule[n];
        wanted = new int[n];
        size = new int[n];
        place = new int[n][];
        places = new int[n];
        entities = new int[n][];
        groups = new int[p.entities][0];
        Map<String, int[]> byLabel = new HashMap<>();
        for (int g = 0; g < n; g++) {
            Demand.Group group = p.demand.groups().get(g);
            rule[g] = group.rule();
            wanted[g] = group.places();
            place[g] = byLabel.computeIfAbsent(group.label(), l -> places(p, l));
            places[g] = Arrays.stream(place[g]).max().orElse(-1) + 1;
            entities[g] = group.entities().stream().mapToInt(p::entity).sorted().distinct().toArray();
            size[g] = entities[g].length;
            for (int i : entities[g]) {
                groups[i] = Arrays.copyOf(groups[i], groups[i].length + 1);
                groups[i][groups[i].length - 1] = g;
            }
        }
    }

    private static int[] places(Problem p, String label) {
        int[] of = new int[p.hosts];
        Map<String, Integer> known = new HashMap<>();
        int next = 0;
        for (int h = 0; h < p.hosts; h++) {
            String value = label.isEmpty() ? null : p.host(h).labels().get(label);
            Integer at = value == null ? null : known.get(value);
            if (at == null) {
                at = next++;
                if (value != null) known.put(value, at);
            }
            of[h] = at;
        }
        return of;
    }
}
