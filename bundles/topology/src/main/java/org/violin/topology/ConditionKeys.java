// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.violin.api.model.ConditionText;
import org.violin.api.model.Conditions;

/** Reads the words of {@link Conditions} of one mapping: a link's, a LAN's, an end's, a step's. Values become canonical. */
final class ConditionKeys {
    private final Fields fields;
    private final Mistakes mistakes;

    /** One canonical value and the line that gives it. */
    record Setting(String value, int line) {}

    private ConditionKeys(Fields fields, Mistakes mistakes) {
        this.fields = fields;
        this.mistakes = mistakes;
    }

    static Map<String, Setting> read(Fields fields, Mistakes mistakes) {
        ConditionKeys keys = new ConditionKeys(fields, mistakes);
        Map<String, Setting> settings = new LinkedHashMap<>();
        for (String word : ConditionText.WORDS) {
            Tree tree = fields.tree(word).orElse(null);
            String value = tree == null ? null : keys.value(word, tree);
            if (value != null) settings.put(word, new Setting(value, tree.line()));
        }
        return settings;
    }

    /** As {@link #read}, of one direction: a link without carrier has none at both ends. */
    static Map<String, Setting> ofDirection(Fields fields, Mistakes mistakes) {
        Map<String, Setting> settings = read(fields, mistakes);
        Setting state = settings.get(Conditions.STATE);
        if (state != null && state.value().equals("down")) mistakes.add(state.line(), "down", "of one direction state must be up or cut: without carrier are both");
        return settings;
    }

    static Map<String, String> values(Map<String, Setting> settings) {
        return settings.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().value()));
    }

    /** Null when it is a mistake. */
    private String value(String word, Tree tree) {
        String text = text(word, tree);
        if (text == null) return null;
        try {
            return ConditionText.value(word, text);
        } catch (IllegalArgumentException e) {
            mistakes.add(tree.line(), text, e.getMessage());
            return null;
        }
    }

    private String text(String word, Tree tree) {
        if (tree instanceof Tree.Scalar scalar) return scalar.value();
        if (tree instanceof Tree.Sequence list && word.equals("samples")) return list.items().stream().map(Fields::text).collect(Collectors.joining(","));
        if (tree instanceof Tree.Mapping && word.equals("loss")) return loss(Fields.of(tree, "'loss'", Keys.LOSS, mistakes));
        if (tree instanceof Tree.Mapping && word.equals("discipline")) return discipline(Fields.of(tree, "'discipline'", Keys.DISCIPLINE, mistakes));
        mistakes.add(tree.line(), "", ConditionText.rule(word) + ", not " + tree.word());
        return null;
    }

    private String loss(Fields model) {
        if (model.has("every") == model.has("p") || model.has("every") && model.keys().size() > 1) {
            mistakes.add(model.line(), "", "'loss' must be a percentage, {every: N}, or {p, r, bad, good} with 'p'");
            return null;
        }
        return model.has("every") ? "every " + plain(model, "every") : "ge" + named(model, Keys.LOSS);
    }

    private String discipline(Fields model) {
        if (model.keys().size() != 1) {
            mistakes.add(model.line(), "", "'discipline' must be tail, codel, {codel: {target, interval}} or {red: {min, max, probability}}");
            return null;
        }
        String kind = model.keys().iterator().next();
        Set<String> known = kind.equals("codel") ? Keys.CODEL : Keys.RED;
        return kind + named(Fields.of(model.tree(kind).orElseThrow(), "'" + kind + "'", known, mistakes), known);
    }

    private static String named(Fields fields, Set<String> keys) {
        return keys.stream().sorted().filter(fields::has).map(key -> " " + key + " " + plain(fields, key)).collect(Collectors.joining());
    }

    /** One word: a space inside must not become two. */
    private static String plain(Fields fields, String key) {
        String text = fields.tree(key).map(Fields::text).orElse("").strip().replace(' ', '_');
        return text.isEmpty() ? "?" : text;
    }
}
