// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Which nodes are in one place because groups keep them together, directly or through others: a union-find over their names. */
final class Closeness {
    private final Map<String, String> parents;
    private final List<GroupCheck.Checked> together;

    Closeness(List<GroupCheck.Checked> together) {
        this(Map.of(), List.of(), together);
    }

    private Closeness(Map<String, String> parents, List<GroupCheck.Checked> before, List<GroupCheck.Checked> more) {
        this.parents = new HashMap<>(parents);
        this.together = new ArrayList<>(before);
        this.together.addAll(more);
        for (GroupCheck.Checked group : more) {
            String first = group.nodes().iterator().next();
            for (String node : group.nodes()) this.parents.put(root(node), root(first));
        }
    }

    /** These, and more groups. */
    Closeness with(List<GroupCheck.Checked> more) {
        return new Closeness(parents, together, more);
    }

    /** The same for two nodes that are kept together. */
    String root(String node) {
        String at = node;
        for (String up = parents.get(at); up != null && !up.equals(at); up = parents.get(at)) at = up;
        for (String step = node; !step.equals(at); ) {
            String next = parents.put(step, at);
            step = next == null ? at : next;
        }
        return at;
    }

    /** All nodes of groups, those that are kept together in one list, in the order of the groups. */
    Collection<List<String>> parts() {
        Map<String, Map<String, String>> parts = new LinkedHashMap<>();
        for (GroupCheck.Checked group : together) {
            for (String node : group.nodes()) parts.computeIfAbsent(root(node), k -> new LinkedHashMap<>()).put(node, node);
        }
        return parts.values().stream().map(part -> List.copyOf(part.keySet())).toList();
    }

    /** The fewest groups that keep these two together, from one to the other; they must have the same root. */
    List<Draft.Group> chain(String from, String to) {
        Map<String, String> before = new HashMap<>(Map.of(from, from));
        Map<String, Draft.Group> by = new HashMap<>();
        Map<String, List<GroupCheck.Checked>> byNode = new HashMap<>();
        for (GroupCheck.Checked group : together) for (String node : group.nodes()) byNode.computeIfAbsent(node, k -> new ArrayList<>()).add(group);
        Set<GroupCheck.Checked> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<String> queue = new ArrayDeque<>(List.of(from));
        while (!queue.isEmpty() && !before.containsKey(to)) {
            String at = queue.remove();
            for (GroupCheck.Checked group : byNode.getOrDefault(at, List.of())) {
                if (!seen.add(group)) continue;
                for (String next : group.nodes()) {
                    if (before.putIfAbsent(next, at) != null) continue;
                    by.put(next, group.group());
                    queue.add(next);
                }
            }
        }
        List<Draft.Group> chain = new ArrayList<>();
        for (String at = to; !at.equals(from); at = before.get(at)) chain.add(0, by.get(at));
        return chain;
    }

    /** {@code line 7}, or {@code lines 7, 9}. */
    static String lines(List<Draft.Group> groups) {
        return (groups.size() == 1 ? "line " : "lines ") + groups.stream().map(g -> String.valueOf(g.line())).collect(Collectors.joining(", "));
    }
}
