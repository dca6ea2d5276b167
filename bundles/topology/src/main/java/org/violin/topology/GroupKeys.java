// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.violin.api.model.Names;

/**
 * The file's own {@code placement}: attributes {@code placement.strategy} and {@code placement.weight.NAME}, and the groups, which
 * {@link GroupCheck} checks when all nodes are known.
 */
final class GroupKeys {
    static final String APART = "apart";
    static final String SPREAD = "spread";
    static final String TOGETHER = "together";
    /** What a group is over when it names no label: each host is a place. */
    static final String EACH_HOST = "host";
    static final int MAX_GROUPS = 1000;
    /** Of all groups. */
    static final int MAX_MEMBERS = 40_000;
    private static final Set<String> STRATEGIES = Set.of("greedy", "message", "pack", "spread");
    private static final String GROUPS_RULE = " must be a list whose items are each a list of nodes such as [r1, r2], or {name, nodes, over}";

    private final Draft draft;
    private final Mistakes mistakes;
    private final Map<String, Integer> lineOfName = new HashMap<>();

    GroupKeys(Draft draft, Mistakes mistakes) {
        this.draft = draft;
        this.mistakes = mistakes;
    }

    void read(Tree tree) {
        Fields placement = Fields.of(tree, "'placement' of the file", Keys.FILE_PLACEMENT, mistakes);
        placement.parsed("strategy", "the word of a placement plugin such as greedy or message: small letters, digits, '-'", text -> {
            if (!text.matches("[a-z][a-z0-9-]{0,30}")) throw new IllegalArgumentException(text);
            return text;
        }).ifPresent(word -> {
            draft.attributes.put(PlacementKeys.PREFIX + "strategy", word);
            if (!STRATEGIES.contains(word)) Nearest.of(word, STRATEGIES).ifPresent(near -> mistakes.note("placement strategy '" + word
                    + "' (line " + placement.line("strategy") + ") is taken for a plugin; did you mean '" + near + "'?"));
        });
        placement.tree("weights").ifPresent(weights -> {
            Fields fields = Fields.of(weights, "'weights'", Keys.WEIGHTS, mistakes);
            for (String key : fields.keys()) {
                fields.parsed(key, "a weight: a number from 0 to 1000000000", Quantity::weight)
                        .ifPresent(weight -> draft.attributes.put(PlacementKeys.PREFIX + "weight." + key, Quantity.plain(weight)));
            }
        });
        List<Draft.Group> groups = new ArrayList<>();
        for (String rule : List.of(APART, SPREAD, TOGETHER)) groups(placement, rule, groups);
        int members = groups.stream().mapToInt(g -> g.members().size()).sum();
        if (groups.size() > MAX_GROUPS || members > MAX_MEMBERS) {
            mistakes.add(placement.line(), groups.size() + ", " + members, "a violin has at most " + MAX_GROUPS + " groups of " + MAX_MEMBERS
                    + " nodes in all");
            return;
        }
        named(groups);
    }

    private void groups(Fields placement, String rule, List<Draft.Group> into) {
        Tree tree = placement.tree(rule).orElse(null);
        if (tree == null) return;
        if (!(tree instanceof Tree.Sequence list) || !list.items().isEmpty() && list.items().stream().allMatch(Tree.Scalar.class::isInstance)) {
            mistakes.add(tree.line(), Fields.text(tree), "'" + rule + "'" + GROUPS_RULE);
            return;
        }
        for (Tree item : list.items()) group(rule, item).ifPresent(into::add);
    }

    private Optional<Draft.Group> group(String rule, Tree item) {
        if (item instanceof Tree.Sequence nodes) return Optional.of(new Draft.Group(item.line(), "", rule, EACH_HOST, 0, members(nodes.items())));
        if (!(item instanceof Tree.Mapping)) {
            mistakes.add(item.line(), Fields.text(item), "'" + rule + "'" + GROUPS_RULE);
            return Optional.empty();
        }
        Fields fields = Fields.of(item, "a group of '" + rule + "'", rule.equals(SPREAD) ? Keys.SPREAD_GROUP : Keys.GROUP, mistakes);
        String name = fields.parsed("name", Names.NODE_RULE, text -> {
            if (Names.nodeMistake(text).isPresent()) throw new IllegalArgumentException(text);
            return text;
        }).orElse("");
        String over = fields.parsed("over", "'host', or a label of overlay hosts such as site: " + Names.HOST_LABEL_RULE, text -> {
            if (Names.hostLabelMistake(text).isPresent()) throw new IllegalArgumentException(text);
            return text;
        }).orElse(EACH_HOST);
        int places = fields.parsed("places", "a number from 1 to " + ViolinFormat.MAX_NODES, t -> Quantity.whole(t, 1, ViolinFormat.MAX_NODES)).orElse(0);
        if (!fields.has("nodes")) mistakes.add(item.line(), name, "a group of '" + rule + "' needs 'nodes:', a list of nodes");
        Integer first = name.isEmpty() ? null : lineOfName.putIfAbsent(name, item.line());
        if (first != null) mistakes.add(fields.line("name"), name, "this name is already given to the group in line " + first);
        if (fields.has("nodes")) return Optional.of(new Draft.Group(item.line(), name, rule, over, places, members(fields.items("nodes"))));
        return Optional.empty();
    }

    private List<Draft.Member> members(List<Tree> items) {
        List<Draft.Member> members = new ArrayList<>();
        for (Tree item : items) {
            Fields.parsed(item, "a node of a group", "the name of a node", text -> text, mistakes)
                    .ifPresent(node -> members.add(new Draft.Member(node, item.line())));
        }
        return members;
    }

    /** Groups without a name get one of rule and number: {@code apart-1}. */
    private void named(List<Draft.Group> groups) {
        Map<String, Integer> numbers = new HashMap<>();
        for (Draft.Group group : groups) {
            String name = group.name();
            while (name.isEmpty() || group.name().isEmpty() && lineOfName.containsKey(name)) {
                name = group.rule() + "-" + numbers.merge(group.rule(), 1, Integer::sum);
            }
            draft.groups.add(new Draft.Group(group.line(), name, group.rule(), group.over(), group.places(), group.members()));
        }
    }
}
