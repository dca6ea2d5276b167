// SPDX-License-Identifier: Apache-2.0
package org.violin.placement.greedy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.violin.api.cluster.HostInfo;
import org.violin.api.control.PlacementStrategy;
import org.violin.api.model.Limits;
import org.violin.api.model.NodeKind;
import org.violin.api.model.NodeSpec;

/**
 * One node after the other to the host that cuts fewest of its links, then to the least loaded: pinned nodes, then those that are placed
 * already, then guests with explicit limits (biggest first), then the rest outwards from what is placed. Afterwards new nodes move while
 * that joins more links than it cuts. Stateless.
 */
@Component
public final class GreedyPlacement implements PlacementStrategy {
    /** Rounds of moving new nodes; each is linear in nodes and links. */
    private static final int ROUNDS = 4;

    @Activate
    public GreedyPlacement() {}

    @Override
    public String kind() {
        return "greedy";
    }

    @Override
    public Answer place(Question question) {
        Ledger ledger = new Ledger(question);
        Map<String, String> refusals = new TreeMap<>();
        List<NodeSpec> open = new ArrayList<>();
        List<NodeSpec> stay = new ArrayList<>();
        for (NodeSpec node : bySize(question.spec().nodes())) {
            if (node.host().isPresent()) {
                pinned(node, ledger, refusals);
            } else if (ledger.host(question.current().get(node.name())) != null) {
                stay.add(node);
            } else {
                open.add(node);
            }
        }
        for (NodeSpec node : stay) {
            HostInfo host = ledger.host(question.current().get(node.name()));
            if (lends(host, node) && ledger.fits(node, host)) {
                ledger.put(node, host);
            } else {
                open.add(node);
            }
        }
        Set<String> movable = grow(open, question, ledger, refusals);
        settle(movable, question, ledger);
        return new Answer(new TreeMap<>(ledger.placement()), refusals);
    }

    private static void pinned(NodeSpec node, Ledger ledger, Map<String, String> refusals) {
        HostInfo host = ledger.host(node.host().get());
        if (host == null) {
            refusals.put(node.name(), node.name() + ": there is no overlay host '" + node.host().get() + "'; joined are "
                    + names(ledger.hosts()));
        } else if (!lends(host, node)) {
            refusals.put(node.name(), node.name() + ": overlay host " + host.name() + " does not lend the runtime '" + node.provider()
                    + "', only " + String.join(", ", host.runtimes()));
        } else if (!ledger.fits(node, host)) {
            refusals.put(node.name(), node.name() + " asks for " + Ledger.text(node.limits()) + "; " + ledger.left(host));
        } else {
            ledger.put(node, host);
        }
    }

    /** Places the open nodes and returns those that found a place. */
    private static Set<String> grow(List<NodeSpec> open, Question question, Ledger ledger, Map<String, String> refusals) {
        Map<String, NodeSpec> waiting = new TreeMap<>();
        open.forEach(n -> waiting.put(n.name(), n));
        Set<String> placed = new HashSet<>();
        List<NodeSpec> refused = new ArrayList<>();
        PriorityQueue<Turn> queue = new PriorityQueue<>(Turn.ORDER);
        open.forEach(n -> queue.add(Turn.of(n, ledger)));
        while (!waiting.isEmpty()) {
            Turn turn = queue.remove();
            NodeSpec node = waiting.get(turn.node);
            if (node == null || turn.neighbours != ledger.placedNeighbours(turn.node)) continue;
            waiting.remove(turn.node);
            HostInfo host = ledger.best(node, question.hosts().stream().filter(h -> lends(h, node)).toList());
            if (host == null) {
                refused.add(node);
                continue;
            }
            ledger.put(node, host);
            placed.add(node.name());
            for (String n : ledger.neighbours(node.name()).keySet()) if (waiting.containsKey(n)) queue.add(Turn.of(waiting.get(n), ledger));
        }
        refused.forEach(n -> refusals.put(n.name(), nowhere(n, ledger)));
        return placed;
    }

    private static void settle(Set<String> movable, Question question, Ledger ledger) {
        List<NodeSpec> nodes = question.spec().nodes().stream().filter(n -> movable.contains(n.name()))
                .sorted(Comparator.comparing(NodeSpec::name)).toList();
        boolean moved = true;
        for (int round = 0; moved && round < ROUNDS; round++) {
            moved = false;
            for (NodeSpec node : nodes) {
                moved |= ledger.improve(node, question.hosts().stream().filter(h -> lends(h, node)).toList());
            }
        }
    }

    private static String nowhere(NodeSpec node, Ledger ledger) {
        List<HostInfo> hosts = ledger.hosts();
        if (hosts.isEmpty()) return node.name() + ": no overlay host is joined";
        List<HostInfo> lending = hosts.stream().filter(h -> lends(h, node)).toList();
        if (lending.isEmpty()) {
            String what = hosts.stream().map(h -> h.name() + " (" + String.join(", ", h.runtimes()) + ")")
                    .collect(Collectors.joining(", "));
            return node.name() + ": no overlay host lends the runtime '" + node.provider() + "'; joined are " + what;
        }
        String left = lending.stream().map(ledger::left).collect(Collectors.joining("; "));
        return node.name() + " asks for " + Ledger.text(node.limits()) + " and fits nowhere; " + left;
    }

    private static boolean lends(HostInfo host, NodeSpec node) {
        return node.kind() == NodeKind.VSWITCH || host.runtimes().contains(node.provider());
    }

    private static String names(List<HostInfo> hosts) {
        return hosts.isEmpty() ? "none" : hosts.stream().map(HostInfo::name).collect(Collectors.joining(", "));
    }

    private static List<NodeSpec> bySize(List<NodeSpec> nodes) {
        return nodes.stream().sorted(Comparator.comparingDouble((NodeSpec n) -> -size(n.limits())).thenComparing(NodeSpec::name)).toList();
    }

    /** One figure for the demand: cores and GiB added up. Only used to order. */
    static double size(Limits limits) {
        return limits.cpus() + limits.memoryBytes() / (double) (1L << 30);
    }

    /** When a node is due: the biggest, then the one with most placed neighbours, then the best connected, then by name. */
    private record Turn(String node, double size, int neighbours, int degree) {
        static final Comparator<Turn> ORDER = Comparator.comparingDouble((Turn t) -> -t.size)
                .thenComparingInt(t -> -t.neighbours).thenComparingInt(t -> -t.degree).thenComparing(Turn::node);

        static Turn of(NodeSpec node, Ledger ledger) {
            return new Turn(node.name(), GreedyPlacement.size(node.limits()), ledger.placedNeighbours(node.name()),
                    ledger.degree(node.name()));
        }
    }
}
