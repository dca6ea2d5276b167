// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Checks the groups of a draft against its nodes and against each other, as far as the file alone shows it, and keeps them as attributes
 * {@code placement.group.NAME} = {@code RULE LABEL PLACES node,node}.
 */
final class GroupCheck {
    static final String PREFIX = PlacementKeys.PREFIX + "group.";
    private static final int SHOWN = 3;

    /** @param nodes those of its members that exist, each once */
    record Checked(Draft.Group group, Set<String> nodes) {}

    private final Draft draft;
    private final Mistakes mistakes;
    private final List<Checked> groups = new ArrayList<>();

    GroupCheck(Draft draft, Mistakes mistakes) {
        this.draft = draft;
        this.mistakes = mistakes;
    }

    void check() {
        draft.groups.forEach(this::members);
        Closeness onHosts = new Closeness(of(GroupKeys.TOGETHER, GroupKeys.EACH_HOST));
        Set<String> labels = new LinkedHashSet<>(List.of(GroupKeys.EACH_HOST));
        groups.forEach(g -> labels.add(g.group().over()));
        for (String label : labels) {
            Closeness close = label.equals(GroupKeys.EACH_HOST) ? onHosts : onHosts.with(of(GroupKeys.TOGETHER, label));
            for (List<String> part : close.parts()) meet(part, label, close, onHosts);
            for (Checked group : groups) {
                if (group.group().over().equals(label) && !group.group().rule().equals(GroupKeys.TOGETHER)) apart(group, close);
            }
        }
    }

    private void members(Draft.Group group) {
        Set<String> nodes = new LinkedHashSet<>();
        boolean good = true;
        for (Draft.Member member : group.members()) {
            if (!draft.nodes.containsKey(member.node())) {
                mistakes.add(member.line(), member.node(), "no such node, in a group of '" + group.rule() + "'"
                        + Nearest.hint(member.node(), draft.nodes.keySet()));
                good = false;
            } else if (!nodes.add(member.node())) {
                mistakes.add(member.line(), member.node(), "given twice in a group of '" + group.rule() + "'");
                good = false;
            }
        }
        if (good && nodes.size() < 2) mistakes.add(group.line(), group.name(), "a group of '" + group.rule() + "' needs at least two nodes");
        if (good && group.places() > nodes.size()) {
            mistakes.add(group.line(), String.valueOf(group.places()), "more places than the group has nodes, " + nodes.size());
        }
        if (nodes.size() < 2) return;
        groups.add(new Checked(group, nodes));
        int places = !group.rule().equals(GroupKeys.SPREAD) ? 0 : group.places() == 0 ? nodes.size() : group.places();
        draft.attributes.put(PREFIX + group.name(), group.rule() + " " + group.over() + " " + places + " " + String.join(",", nodes));
    }

    private List<Checked> of(String rule, String over) {
        return groups.stream().filter(g -> g.group().rule().equals(rule) && g.group().over().equals(over)).toList();
    }

    /** Nodes that are together must have a host, or a value of the label, that all of them allow; on one host a value of every label. */
    private void meet(List<String> part, String label, Closeness close, Closeness onHosts) {
        Set<String> kinds = new LinkedHashSet<>(List.of(label));
        if (label.equals(GroupKeys.EACH_HOST)) {
            for (String node : part) {
                draft.nodes.get(node).attributes.keySet().stream().filter(k -> k.startsWith(PlacementKeys.LABEL))
                        .forEach(k -> kinds.add(k.substring(PlacementKeys.LABEL.length())));
            }
        }
        for (String kind : kinds) meetIn(kind, part, close, close == onHosts ? null : onHosts);
    }

    /** Leaves out a node that does not fit, and goes on. {@code known}: of what was said already; null: nothing was. */
    private void meetIn(String kind, List<String> part, Closeness close, Closeness known) {
        Map<String, Set<String>> before = new LinkedHashMap<>();
        Set<String> common = null;
        for (String node : part) {
            Set<String> allowed = allowed(node, kind);
            if (allowed.isEmpty()) continue;
            Set<String> rest = new TreeSet<>(allowed);
            if (common != null) rest.retainAll(common);
            if (!rest.isEmpty()) {
                common = rest;
                before.put(node, allowed);
                continue;
            }
            String other = before.keySet().stream().filter(n -> before.get(n).stream().noneMatch(allowed::contains)).findFirst().orElse(null);
            String from = other == null ? before.keySet().iterator().next() : other;
            if (known != null && known.root(from).equals(known.root(node))) continue;
            List<Draft.Group> chain = close.chain(from, node);
            int line = chain.get(chain.size() - 1).line();
            String by = chain.size() == 1 ? "" : " (" + Closeness.lines(chain) + ")";
            if (other == null) mistakes.add(line, shown(before.keySet()) + ", " + node, "cannot be together" + by + ": no " + kind + " is allowed for all of them");
            else mistakes.add(line, other + ", " + node, "cannot be together" + by + ": " + other + " allows " + kind + " " + shown(before.get(other)) + ", "
                    + node + " allows " + shown(allowed));
        }
    }

    /** Whether enough of the group's nodes can be in different places: those that are together, or allow only the same one, cannot. */
    private void apart(Checked checked, Closeness close) {
        Draft.Group group = checked.group();
        boolean all = group.rule().equals(GroupKeys.APART);
        int need = Math.min(checked.nodes().size(), all || group.places() == 0 ? Integer.MAX_VALUE : group.places());
        Map<String, String> firstWith = new HashMap<>();
        List<String> clashes = new ArrayList<>();
        int clashing = 0;
        for (String node : checked.nodes()) {
            List<String> clash = new ArrayList<>();
            boolean shown = clashes.size() < SHOWN;
            String together = firstWith.putIfAbsent("together " + close.root(node), node);
            if (together != null) clash.add(shown ? together + " and " + node + " are kept together, " + Closeness.lines(close.chain(together, node)) : "");
            for (String kind : new LinkedHashSet<>(List.of(GroupKeys.EACH_HOST, group.over()))) {
                Set<String> allowed = allowed(node, kind);
                if (allowed.size() != 1) continue;
                String place = kind + " " + allowed.iterator().next();
                String first = firstWith.putIfAbsent(place, node);
                if (first != null) clash.add(first + " and " + node + " allow only " + place);
            }
            if (clash.isEmpty()) continue;
            clashing++;
            if (shown) clashes.add(clash.get(0));
        }
        String value = String.join(",", checked.nodes());
        if (checked.nodes().size() - clashing < need) {
            mistakes.add(group.line(), value, what(group, need) + ": " + String.join("; ", clashes) + (clashing > SHOWN ? "; and more" : ""));
            return;
        }
        Set<String> union = new TreeSet<>();
        for (String node : checked.nodes()) {
            Set<String> allowed = allowed(node, group.over());
            if (allowed.isEmpty()) return;
            union.addAll(allowed);
        }
        if (union.size() < need) mistakes.add(group.line(), value, what(group, need) + ": they allow only " + group.over() + " " + shown(union));
    }

    private static String what(Draft.Group group, int need) {
        String over = group.over();
        if (group.rule().equals(GroupKeys.APART)) return "cannot be apart, each on another " + over;
        return over.equals(GroupKeys.EACH_HOST) ? "cannot be on " + need + " hosts" : "cannot have " + need + " values of " + over;
    }

    /** Hosts, or values of that label, that the node allows; empty: all. */
    private Set<String> allowed(String node, String kind) {
        Draft.Node n = draft.nodes.get(node);
        boolean hosts = kind.equals(GroupKeys.EACH_HOST);
        if (hosts && n.host.isPresent()) return Set.of(n.host.get());
        String text = n.attributes.get(hosts ? PlacementKeys.HOSTS : PlacementKeys.LABEL + kind);
        return text == null ? Set.of() : new LinkedHashSet<>(List.of(text.split(hosts ? "," : "\\|")));
    }

    private static String shown(Set<String> values) {
        return String.join(", ", values.stream().limit(SHOWN).toList()) + (values.size() > SHOWN ? " and " + (values.size() - SHOWN) + " more" : "");
    }
}
