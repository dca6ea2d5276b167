// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.violin.api.model.Names;

/**
 * The keys {@code host} and {@code placement} of one mapping of nodes, checked as they are read; {@link #apply} lays them over a node. A pin
 * stays the node's host; the rest becomes attributes {@code placement.hosts} (joined by commas), {@code placement.label.NAME} (values joined by
 * {@code |}), {@code placement.load} (cores) and {@code placement.size} (bytes).
 */
final class PlacementKeys {
    /** Attributes that begin so are made of keys of the file, so no label may. */
    static final String PREFIX = "placement.";
    static final String HOSTS = PREFIX + "hosts";
    static final String LABEL = PREFIX + "label.";
    static final int MAX_VALUES = 1000;
    private static final String HOST_RULE = "the name of an overlay host: " + Names.NODE_RULE;

    private final Mistakes mistakes;
    private final Map<String, String> attributes = new LinkedHashMap<>();
    private String pin;

    PlacementKeys(Fields fields, Mistakes mistakes) {
        this.mistakes = mistakes;
        fields.parsed("host", HOST_RULE, good(Names::nodeMistake)).ifPresent(host -> pin = host);
        fields.tree("placement").ifPresent(tree -> placement(Fields.of(tree, "'placement'", Keys.PLACEMENT, mistakes)));
    }

    private void placement(Fields placement) {
        placement.parsed("host", HOST_RULE, good(Names::nodeMistake)).ifPresent(host -> {
            if (pin != null && !pin.equals(host)) mistakes.add(placement.line("host"), host, "'host' already says '" + pin + "'");
            else pin = host;
        });
        Set<String> hosts = values(placement.tree("hosts").orElse(null), "hosts", HOST_RULE, Names::nodeMistake);
        if (pin != null && !hosts.isEmpty() && !hosts.contains(pin)) {
            mistakes.add(placement.line("hosts"), pin, "is the node's 'host', but not among its 'hosts' " + String.join(", ", hosts));
        }
        if (!hosts.isEmpty()) attributes.put(HOSTS, String.join(",", hosts));
        for (Tree.Entry label : placement.entries("labels")) label(label);
        placement.parsed("load", "a number of cores from 0 to 1024, such as 0.5", Quantity::load)
                .ifPresent(cores -> attributes.put(PREFIX + "load", Quantity.plain(cores)));
        placement.parsed("size", Quantity.SIZE_RULE, Quantity::size).ifPresent(bytes -> attributes.put(PREFIX + "size", String.valueOf(bytes)));
    }

    private void label(Tree.Entry label) {
        if (label.key().equals(GroupKeys.EACH_HOST)) {
            mistakes.add(label.line(), label.key(), "is no label of overlay hosts: name them by 'host:' or 'hosts:'");
            return;
        }
        Names.hostLabelMistake(label.key()).ifPresent(rule -> mistakes.add(label.line(), label.key(), "the name of an overlay host's label must be " + rule));
        Set<String> values = values(label.value(), label.key(), "values of an overlay host's label: " + Names.HOST_LABEL_RULE, Names::hostLabelMistake);
        if (!values.isEmpty()) attributes.put(LABEL + label.key(), String.join("|", values));
    }

    /** One value or a list of them; each once. Empty after a mistake, or for null. */
    private Set<String> values(Tree tree, String key, String rule, Function<String, Optional<String>> mistake) {
        Set<String> values = new LinkedHashSet<>();
        if (tree == null) return values;
        List<Tree> items = tree instanceof Tree.Sequence list ? list.items() : List.of(tree);
        if (items.isEmpty() || items.size() > MAX_VALUES) {
            mistakes.add(tree.line(), "", key + " must have 1 to " + MAX_VALUES + " values, not " + items.size());
            return values;
        }
        List<String> twice = new ArrayList<>();
        for (Tree item : items) {
            Fields.parsed(item, key, rule, good(mistake), mistakes).filter(value -> !values.add(value)).ifPresent(value -> {
                if (!twice.contains(value)) mistakes.add(item.line(), value, "given twice in '" + key + "'");
                twice.add(value);
            });
        }
        return values;
    }

    private static Function<String, String> good(Function<String, Optional<String>> mistake) {
        return text -> {
            if (mistake.apply(text).isPresent()) throw new IllegalArgumentException(text);
            return text;
        };
    }

    /** {@code host} and {@code hosts} overrule those further out together, each label, the load and the size by itself. */
    void apply(Draft.Node node) {
        if (pin != null || attributes.containsKey(HOSTS)) {
            node.host = Optional.ofNullable(pin);
            node.attributes.remove(HOSTS);
        }
        node.attributes.putAll(attributes);
    }
}
