// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.violin.api.model.Endpoint;

/**
 * The links that a timeline means: {@code a--b} all between these nodes, {@code a:eth1--b:eth2} that one, the name of a LAN or vSwitch all at
 * it. Node names may have {@code --} in them, so every place where a name can be cut is tried.
 */
final class LinkNames {
    static final String RULE = "links are named a--b (all between these nodes), a:eth1--b:eth2, or by a LAN's name";
    /** Links that all steps name together; each is kept as text. */
    private static final int MAX_NAMED = 200_000;

    private final Draft draft;
    private final boolean complete;
    private final Mistakes mistakes;
    private final Map<List<String>, List<Wiring.Wire>> byPair = new LinkedHashMap<>();
    private final Map<String, List<Wiring.Wire>> bySwitch = new HashMap<>();
    private long named;

    /** @param complete false when links have mistakes: then what is missing here is not a second one */
    LinkNames(Draft draft, List<Wiring.Wire> wires, boolean complete, Mistakes mistakes) {
        this.draft = draft;
        this.complete = complete;
        this.mistakes = mistakes;
        for (Wiring.Wire wire : wires) {
            byPair.computeIfAbsent(pair(wire.a().node(), wire.b().node()), k -> new ArrayList<>()).add(wire);
            for (Endpoint end : List.of(wire.a(), wire.b())) {
                if (!draft.nodes.get(end.node()).kind.isGuest()) bySwitch.computeIfAbsent(end.node(), k -> new ArrayList<>()).add(wire);
            }
        }
    }

    /** The wires of one name or a list of them, each once, in order; empty with a mistake when there is none. */
    List<Wiring.Wire> read(Tree tree) {
        Map<String, Wiring.Wire> all = new LinkedHashMap<>();
        List<Tree> items = tree instanceof Tree.Sequence list ? list.items() : List.of(tree);
        if (items.isEmpty()) mistakes.add(tree.line(), "", "no link is named; " + RULE);
        for (Tree item : items) {
            String text = Fields.text(item);
            List<Wiring.Wire> some = find(text);
            if (some.isEmpty() && complete) mistakes.add(item.line(), text, "no such link; " + RULE + Nearest.hint(text, names()));
            some.forEach(wire -> all.putIfAbsent(key(wire), wire));
        }
        named += all.size();
        if (named > MAX_NAMED) {
            mistakes.add(tree.line(), "", "the steps name at most " + MAX_NAMED + " links together");
            return List.of();
        }
        return List.copyOf(all.values());
    }

    /**
     * The ends at which the directions begin that {@code from} means, one for each wire and all of one node; empty with a mistake when a wire has no such end.
     */
    List<Endpoint> from(Tree tree, List<Wiring.Wire> wires) {
        String text = Fields.text(tree);
        List<Endpoint> ends = new ArrayList<>();
        for (Wiring.Wire wire : wires) {
            Endpoint end = is(text, wire.a()) ? wire.a() : is(text, wire.b()) ? wire.b() : null;
            if (end == null) {
                mistakes.add(tree.line(), text, "'from' must be an end, NODE or NODE:INTERFACE, of " + key(wire));
                return List.of();
            }
            ends.add(end);
        }
        return ends;
    }

    /** As {@link org.violin.api.model.LinkSpec#key()}. */
    static String key(Wiring.Wire wire) {
        return wire.a().compareTo(wire.b()) > 0 ? wire.b() + "--" + wire.a() : wire.a() + "--" + wire.b();
    }

    private List<Wiring.Wire> find(String text) {
        Draft.Node node = draft.nodes.get(text);
        if (node != null && !node.kind.isGuest()) return bySwitch.getOrDefault(text, List.of());
        List<Wiring.Wire> found = new ArrayList<>();
        for (int cut = text.indexOf("--"); cut >= 0; cut = text.indexOf("--", cut + 1)) {
            String left = text.substring(0, cut);
            String right = text.substring(cut + 2);
            for (Wiring.Wire wire : byPair.getOrDefault(pair(node(left), node(right)), List.of())) {
                if (is(left, wire.a()) && is(right, wire.b()) || is(left, wire.b()) && is(right, wire.a())) found.add(wire);
            }
        }
        return found;
    }

    private static boolean is(String text, Endpoint end) {
        return text.equals(end.node()) || text.equals(end.toString());
    }

    private static String node(String end) {
        int colon = end.indexOf(':');
        return colon < 0 ? end : end.substring(0, colon);
    }

    private static List<String> pair(String a, String b) {
        return a.compareTo(b) > 0 ? List.of(b, a) : List.of(a, b);
    }

    private List<String> names() {
        List<String> names = new ArrayList<>(bySwitch.keySet());
        byPair.keySet().forEach(pair -> names.add(String.join("--", pair)));
        return names;
    }
}
