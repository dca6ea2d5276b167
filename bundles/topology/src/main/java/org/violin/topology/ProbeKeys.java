// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.violin.api.model.Timeline;

/** Reads the probes of a timeline; see {@link Timeline.Probe}. */
final class ProbeKeys {
    /** Nodes of a matrix: each pings each. */
    static final int MAX_MATRIX = 256;
    private static final String KINDS = String.join(", ", new TreeSet<>(Keys.PROBES.keySet()));
    private final Draft draft;
    private final Set<String> reachable;
    private final Mistakes mistakes;

    ProbeKeys(Draft draft, Set<String> reachable, Mistakes mistakes) {
        this.draft = draft;
        this.reachable = reachable;
        this.mistakes = mistakes;
    }

    /** Empty when it is no probe at all; the mistake is then reported. */
    Optional<Timeline.Probe> read(Tree tree) {
        Tree.Mapping mapping = Fields.mapping(tree, "a probe", mistakes);
        List<String> found = mapping.entries().stream().map(Tree.Entry::key).filter(Keys.PROBES::containsKey).toList();
        if (found.size() != 1) {
            if (tree instanceof Tree.Mapping) mistakes.add(tree.line(), String.join(", ", found), "a probe is exactly one of " + KINDS);
            return Optional.empty();
        }
        String kind = found.get(0);
        Fields fields = Fields.of(tree, "the probe '" + kind + "'", Keys.PROBES.get(kind), mistakes);
        Map<String, String> arguments = new TreeMap<>();
        long at = TimelineKeys.time(fields, "at", 0, mistakes).orElse(0L);
        long whole = TimelineKeys.time(fields, "for", 1, mistakes).orElse(0L);
        if (kind.equals("matrix")) matrix(fields, arguments);
        else ends(fields, kind, arguments);
        if (kind.equals("ping")) arguments.put("every", String.valueOf(TimelineKeys.time(fields, "every", 10, 60_000, mistakes).orElse(1000L)));
        if (kind.equals("iperf")) fields.parsed("rate", "bits per second such as 10M, for UDP", text -> TraceKeys.number("rate", text)).ifPresent(rate -> arguments.put("rate", rate));
        return Optional.of(new Timeline.Probe(tree.line(), kind, at, whole, arguments));
    }

    private void ends(Fields fields, String kind, Map<String, String> arguments) {
        List<Tree> ends = fields.items(kind);
        if (ends.size() != 2) {
            mistakes.add(fields.line(kind), "", "'" + kind + "' goes from one node to another: [FROM, TO]");
            return;
        }
        String from = Fields.text(ends.get(0));
        String to = Fields.text(ends.get(1));
        if (node(ends.get(0)) & node(ends.get(1)) && from.equals(to)) mistakes.add(ends.get(1).line(), to, "'" + kind + "' goes from one node to another");
        arguments.put("from", from);
        arguments.put("to", to);
    }

    private void matrix(Fields fields, Map<String, String> arguments) {
        List<String> nodes = new ArrayList<>();
        List<Tree> items = fields.items("matrix");
        if (items.size() == 1 && Fields.text(items.get(0)).equals("all")) {
            draft.nodes.values().stream().filter(node -> node.kind.isGuest() && reachable.contains(node.name)).forEach(node -> nodes.add(node.name));
        } else {
            for (Tree item : items) {
                String name = Fields.text(item);
                if (nodes.contains(name)) mistakes.add(item.line(), name, "given twice in 'matrix'");
                else nodes.add(name);
                node(item);
                if (nodes.size() > MAX_MATRIX) break;
            }
        }
        if (nodes.size() < 2 || nodes.size() > MAX_MATRIX) mistakes.add(fields.line("matrix"), String.valueOf(nodes.size()), "a matrix has 2 to " + MAX_MATRIX + " nodes with addresses");
        arguments.put("nodes", String.join(",", nodes));
    }

    private boolean node(Tree tree) {
        String name = Fields.text(tree);
        if (!StepKeys.guest(draft, name, tree.line(), mistakes)) return false;
        if (!reachable.contains(name) && mistakes.none()) mistakes.add(tree.line(), name, "has no address");
        return true;
    }
}
